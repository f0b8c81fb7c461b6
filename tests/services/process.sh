# shellcheck shell=bash
# Sourced: starting a process of our own on a free port, waiting for it, and stopping just it.
# A process is remembered in a file as "PID START", START being its start time as the kernel counts it,
# so that a number that was given to another process meanwhile is never signalled.

# A port on 127.0.0.1 where nobody listens, below the range that the kernel gives to clients.
free_port() {
  local port
  while :; do
    port=$((20000 + SRANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# A password or cookie.
random_word() {
  od -An -N 16 -t x1 /dev/urandom | tr -d ' \n'
}

# remember FILE PID
remember() {
  echo "$2 $(cut -d' ' -f22 "/proc/$2/stat")" >"$1"
}

# runs FILE: whether the process remembered in FILE is still there.
runs() {
  local pid start
  [[ -f $1 ]] && read -r pid start <"$1" || return 1
  [[ $(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null) == "$start" ]]
}

# stop FILE SIGNAL SECONDS: signals the process remembered in FILE, and kills it if it is still there after SECONDS.
stop() {
  local pid start
  if runs "$1"; then
    read -r pid start <"$1"
    kill "-$2" "$pid" 2>/dev/null || true
    if ! wait_until "$3" gone "$1"; then
      kill -KILL "$pid" 2>/dev/null || true
      wait_until 5 gone "$1"
    fi
  fi
  rm -f "$1"
}

# signal FILE SIGNAL: signals the process remembered in FILE and, after it, all that it has started.
signal() {
  local pid start
  runs "$1" && read -r pid start <"$1" || return 1
  signal_tree "$pid" "$2"
}

signal_tree() {
  local child
  kill "-$2" "$1" 2>/dev/null || return 0
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    signal_tree "$child" "$2"
  done
}

gone() {
  ! runs "$1"
}

# wait_until SECONDS COMMAND…: runs COMMAND until it succeeds; fails when the time is over.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_for_port SECONDS PORT FILE: until PORT answers, while the process remembered in FILE runs.
wait_for_port() {
  local end=$((SECONDS + $1))
  until answers "$2"; do
    if gone "$3" || ((SECONDS >= end)); then
      return 1
    fi
    sleep 0.1
  done
  runs "$3"
}

# tail_of FILE…: the last lines of logs, for whoever has to find out what went wrong.
tail_of() {
  local file
  for file in "$@"; do
    if [[ -s $file ]]; then
      echo "--- the end of $file" >&2
      tail -n 25 "$file" >&2
    fi
  done
}
