//! Runs the built binary and looks at what it said.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

/// The sample news, one article a line.
pub(crate) const NEWS: &str = include_str!("../../demo/news.jsonl");

/// No test may touch the data folder of whoever runs it.
static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// What a run of the binary came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Checks that it was done, wholly, and returns what it printed.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.stdout
    }

    /// Checks that it ended with `status` and one line that holds each of `words`, and printed nothing.
    pub(crate) fn failed(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        self.complained_once(words);
    }

    /// Checks that standard error is one line that holds each of `words`.
    pub(crate) fn complained_once(&self, words: &[&str]) {
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {self:?}");
        }
        assert!(!self.stderr.contains("panicked") && !self.stderr.contains("os error"), "{self:?}");
    }
}

/// A command of the binary that touches nothing of the user's.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.args(arguments).env("HOME", HOME.path()).env("XDG_DATA_HOME", HOME.path()).env_remove("NO_COLOR").current_dir(HOME.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end with nothing on standard input.
pub(crate) fn gainsay(arguments: &[&str]) -> Run {
    finish(command(arguments).spawn().unwrap())
}

/// Runs it to its end with `input` on standard input.
pub(crate) fn gainsay_with(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A reader that stops early is no failure of the test.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let run = finish(child);
    feeder.join().unwrap();
    run
}

/// Waits for a running child.
pub(crate) fn finish(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A server of the binary that is killed when the test ends.
pub(crate) struct Server {
    child: Child,
    log: File,
    pub(crate) line: String,
}

impl Server {
    /// Starts it and waits for the line with its address.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let log = tempfile::tempfile().unwrap();
        let mut child = command(arguments).stderr(log.try_clone().unwrap()).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        let mut byte = [0];
        while stdout.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            line.push(byte[0].into());
        }
        Self { child, log, line }
    }

    /// "127.0.0.1:40123".
    pub(crate) fn address(&self) -> &str {
        self.line.split_once("http://").unwrap().1.trim_end_matches('/')
    }

    /// The status line and the rest of the answer to a GET of `path`.
    pub(crate) fn get(&self, path: &str) -> (String, String) {
        self.ask(&format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address()))
    }

    /// The same for a POST of JSON; both empty where the server ends without an answer.
    pub(crate) fn post(&self, path: &str, json: &str) -> (String, String) {
        let length = json.len();
        let head = format!("Host: {}\r\nContent-Type: application/json\r\nContent-Length: {length}", self.address());
        self.ask(&format!("POST {path} HTTP/1.0\r\n{head}\r\n\r\n{json}"))
    }

    /// The same with an API key.
    pub(crate) fn post_with_key(&self, path: &str, json: &str, key: &str) -> (String, String) {
        let length = json.len();
        let head = format!("Host: {}\r\nContent-Type: application/json\r\nContent-Length: {length}", self.address());
        self.ask(&format!("POST {path} HTTP/1.0\r\n{head}\r\nAuthorization: Bearer {key}\r\n\r\n{json}"))
    }

    fn ask(&self, request: &str) -> (String, String) {
        let mut stream = std::net::TcpStream::connect(self.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (status, rest) = answer.split_once("\r\n").unwrap_or_default();
        (status.to_owned(), rest.to_owned())
    }

    /// Waits until it ends by itself.
    pub(crate) fn ended(mut self) -> Run {
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        let mut stderr = String::new();
        self.log.rewind().unwrap();
        self.log.read_to_string(&mut stderr).unwrap();
        Run { status, stdout: std::mem::take(&mut self.line), stderr }
    }

    /// Sends SIGTERM and waits; the exit status.
    pub(crate) fn terminate(mut self) -> i32 {
        signal(self.child.id(), "TERM");
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_waited = self.child.wait();
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

/// The path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A value from JSON.
pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A data folder with the sample news.
pub(crate) fn ledger() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let news = data.path().join("news.jsonl");
    std::fs::write(&news, NEWS).unwrap();
    gainsay(&["import", text(&news), "--data", text(data.path()), "--quiet"]).done();
    data
}
