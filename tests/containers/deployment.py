"""A deployment by docker-compose.yml under a name of its own: brought up, looked into, and taken down."""

import json
import os
import pathlib
import re
import secrets
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

# What of the environment the commands need; all else comes from the .env file alone.
PASSED = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "http_proxy", "https_proxy", "no_proxy")
SECRETS = ("RABBITMQ_PASSWORD", "POSTGRES_PASSWORD", "GRAFANA_PASSWORD")
OURS = ("ingest", "extract", "store", "api")


class Deployment:
    """The compose file of a copy of the checkout, so that neither's .env and keys get into the other's way."""

    def __init__(self, compose, images, folder):
        self.compose_command = shlex.split(compose)
        self.folder = folder
        self.project = f"gainsay-test-{secrets.token_hex(3)}"
        self.settings = dict(images, IMAGE_PREFIX="gainsay-test/", COMPOSE_PROJECT_NAME=self.project)
        # What is made without Grafana's image.
        self.services = [*OURS, "rabbitmq", "postgres", "prometheus"] + ([] if images else ["grafana"])
        self.environment = {name: value for name, value in os.environ.items() if name in PASSED or name.startswith("DOCKER_")}
        copy_checkout(folder)

    def configure(self, **settings):
        """Writes .env, with what is given besides what it says already."""
        self.settings.update(settings)
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))

    def make_secrets(self):
        """Random secrets, and ports that are free; the api is at `self.api`."""
        api, management, grafana = free_ports(3)
        self.ports = {"api": api, "rabbitmq": management, "grafana": grafana}
        self.api = f"http://127.0.0.1:{api}"
        self.configure(
            API_PUBLISH=f"127.0.0.1:{api}",
            GRAFANA_PUBLISH=f"127.0.0.1:{grafana}",
            RABBITMQ_MANAGEMENT_PORT=management,
            **{name: secrets.token_hex(24) for name in SECRETS},
        )

    def make_key(self):
        """A key that may post, as `gainsay key` makes it; its line stands where the api's container finds it."""
        image = f"{self.settings['IMAGE_PREFIX']}gainsay"
        command = ["docker", "run", "--rm", "--network=none", image, "key", "trial", "--scope=write", "--quiet"]
        made = run(command, 60, env=self.environment, both=True).splitlines()
        line = next(text for text in made if text.startswith("trial "))
        (self.folder / "deploy/keys/api.keys").write_text(f"{line}\n")
        self.configure(GAINSAY_API__KEYS="/etc/gainsay/keys/api.keys")
        return next(text for text in made if text != line)

    def compose(self, *arguments, limit=300):
        """Runs the compose command; its output."""
        return run([*self.compose_command, *arguments], limit, cwd=self.folder, env=self.environment)

    def docker(self, *arguments, limit=60):
        """Runs docker; its output."""
        return run(["docker", *arguments], limit, env=self.environment)

    def containers(self, service=None):
        """What the engine knows of each container, by inspection."""
        chosen = ["--filter", f"label=com.docker.compose.project={self.project}"]
        if service:
            chosen += ["--filter", f"label=com.docker.compose.service={service}"]
        ids = self.docker("ps", "--all", "--quiet", *chosen).split()
        return json.loads(self.docker("inspect", *ids)) if ids else []

    def logs(self, container, *options):
        """What a container has written, to either of its streams."""
        return run(["docker", "logs", *options, container["Id"]], 60, env=self.environment, both=True)

    def healthy(self, service, count=1):
        """Whether just `count` containers of a service run and are healthy."""
        states = [container["State"] for container in self.containers(service)]
        return len(states) == count and all(state.get("Health", {}).get("Status") == "healthy" for state in states)

    def address(self, container, network="inside"):
        """The address of a container on a network of the project, which this machine reaches."""
        return container["NetworkSettings"]["Networks"][f"{self.project}_{network}"]["IPAddress"]

    def gateway(self, network):
        """This machine's address on a network of the project."""
        return json.loads(self.docker("network", "inspect", f"{self.project}_{network}"))[0]["IPAM"]["Config"][0]["Gateway"]

    def metric(self, service, pattern):
        """The sum of the samples that match, over a service's containers."""
        texts = [get(f"http://{self.address(container)}:9100/metrics")[1] for container in self.containers(service)]
        return sum(float(value) for text in texts for value in re.findall(rf"^{pattern} (\S+)$", text, re.MULTILINE))

    def crash(self, service):
        """Kills the first process of a service, as the kernel would: after `docker kill`, the engine would not start it again."""
        command = ["kill", "-KILL", str(self.containers(service)[0]["State"]["Pid"])]
        run(command if os.geteuid() == 0 else ["sudo", *command], 30)

    def down(self):
        """Takes everything down, volumes too; two at a time, as an engine that removes ten at once may miscount who uses a network."""
        self.environment["COMPOSE_PARALLEL_LIMIT"] = "2"
        self.compose("--profile", "operate", "down", "--volumes", "--remove-orphans", limit=180)

    def left(self, *kind):
        """What the engine still has of the project, of a kind of thing such as ("network", "ls")."""
        return self.docker(*kind, "--quiet", "--filter", f"label=com.docker.compose.project={self.project}").split()

    def remove_left(self):
        """Removes what taking down has left: containers, networks, volumes; what there was."""
        containers = self.left("ps", "--all")
        if containers:
            self.docker("rm", "--force", "--volumes", *containers)
        others = {kind: self.left(kind, "ls") for kind in ("network", "volume")}
        for kind, names in others.items():
            if names:
                self.docker(kind, "rm", *names)
        return [*containers, *others["network"], *others["volume"]]


class Failed(Exception):
    """A check that did not pass, or a command that failed."""


def run(command, limit, both=False, **options):
    """Runs a command to its end, for at most `limit` seconds; its standard output, or `both` of its streams."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT if both else subprocess.PIPE}
    # With a session of its own, so that the commands that it runs end with it.
    with subprocess.Popen(command, **streams, text=True, stdin=subprocess.DEVNULL, start_new_session=True, **options) as process:
        try:
            out, errors = process.communicate(timeout=limit)
        except BaseException as why:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(why, subprocess.TimeoutExpired):
                raise Failed(f"{shlex.join(command)} did not end within {limit} s") from None
            raise
    if process.returncode != 0:
        said = f"{out}\n{errors or ''}".strip()[-2_000:]
        raise Failed(f"{shlex.join(command)} ended with status {process.returncode}: {said}")
    return out


def get(url, body=None, key=None):
    """Asks `url`, or posts `body` as JSON, with an api key if one is given: status and text. Status 0 where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def until(seconds, what, question):
    """Asks until the answer is true, and gives it; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        if time.monotonic() > end:
            raise Failed(f"not {what} within {seconds} s")
        time.sleep(0.2)


def free_ports(count):
    """Ports of 127.0.0.1 where nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def copy_checkout(folder):
    """Copies what git knows or would know, with the authorities and the cargo settings of this machine for the build."""
    checkout = pathlib.Path(__file__).resolve().parents[2]
    names = run(["git", "-C", str(checkout), "ls-files", "-z", "--cached", "--others", "--exclude-standard"], 60).split("\0")
    for name in filter(None, names):
        source, target = checkout / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    if authorities := own_authorities():
        (folder / "deploy/certificates/machine.crt").write_text(authorities)
    settings = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo")) / "config.toml"
    if settings.is_file():
        (folder / "deploy/cargo/config.toml").write_bytes(settings.read_bytes())


def own_authorities():
    """The certificates that this machine trusts and Debian's packages do not hold."""
    bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
    common = {found for file in pathlib.Path("/usr/share/ca-certificates").rglob("*.crt") for found in certificates(file)}
    return "".join(found for found in certificates(bundle) if found not in common)


def certificates(file):
    text = file.read_text() if file.is_file() else ""
    return re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.DOTALL)
