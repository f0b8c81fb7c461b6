"""Brings the deployment up, feeds it, and checks what its operators rely on: tests/compose runs this."""

import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import signal
import sys
import time
import urllib.parse

import news
from deployment import OURS, SECRETS, Deployment, Failed, get, until

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
# Posts under way at once.
POSTS = 16
# What an image may add to its base.
IMAGE_LIMIT = 120_000_000
# The share of a processor that each extract has while its speed is measured, so that the machine's processors do not decide.
SHARE = 0.25
# Articles read for a measurement of speed.
MEASURED = 600
# Seconds until the whole trial is given up.
LIMIT = 90 * 60


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compose", required=True)
    parser.add_argument("--images", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    signal.alarm(LIMIT)
    images = dict(line.split("=", 1) for line in options.images.read_text().split())
    trial = Trial(Deployment(options.compose, images, options.work))
    try:
        trial.run(build=not options.no_build)
    except Failed as why:
        trial.say("FAILED", "the trial", f"went no further: {why}")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.alarm(0)
        trial.end()
    print(f"{trial.passed} checks passed, {trial.failed} failed", flush=True)
    sys.exit(1 if trial.failed else 0)


class Trial:
    """The checks, in the order in which they are made."""

    def __init__(self, deployment):
        self.deployment = deployment
        self.passed = self.failed = 0
        self.posted, self.host, self.key = {}, None, None

    def say(self, outcome, what, detail=None):
        """Prints the line of a check and counts it."""
        self.passed += outcome == "passed"
        self.failed += outcome == "FAILED"
        print(f"{outcome}  {what}{f': {detail}' if detail else ''}", flush=True)

    def check(self, what, question, *arguments):
        """Makes a check, which gives what it found or fails; the others are made nevertheless."""
        try:
            self.say("passed", what, question(*arguments))
        except (Failed, AssertionError, KeyError, IndexError, ValueError) as why:
            self.say("FAILED", what, str(why) or repr(why))

    def run(self, build):
        self.check("nothing starts without secrets", self.refuses_without_secrets)
        self.deployment.make_secrets()
        if build:
            self.build()
        self.check("images are small", self.image_sizes)
        self.key = self.deployment.make_key()
        articles = news.load(news_place())
        to_post, to_read = news.halves(articles)
        self.come_up(to_post[0])
        self.check("confined", self.confined)
        self.check("published", self.published)
        self.check("nobody posts without a key", self.refuses_without_key, to_post[0])
        self.feed(to_post, to_read)
        self.check("every article is in the ledger once", self.complete)
        self.check("the api's lists", self.lists)
        self.check("pages", self.pages)
        self.check("the command line", self.command_line)
        self.check("Prometheus has every target", self.targets)
        self.check("every dashboard's expression is answered", self.dashboards)
        self.check("every alert is loaded and answered", self.alerts)
        self.check("four extracts are faster than one", self.scaled, list(itertools.islice(itertools.cycle(to_post), MEASURED)))
        self.check("logs hold no secret", self.logs)

    def end(self):
        """Takes everything down, whatever came before; what went wrong is told with the services' last words."""
        if self.failed:
            for container in self.deployment.containers():
                print(f"--- the last of {container['Name']}", file=sys.stderr)
                print(self.deployment.logs(container, "--tail", "15"), file=sys.stderr)
        if self.host:
            self.host.close()
        self.check("taken down, nothing is left", self.gone)

    def refuses_without_secrets(self):
        try:
            self.deployment.compose("config", "--quiet")
        except Failed as why:
            assert any(secret in str(why) for secret in SECRETS) and ".env.example" in str(why), why
            return None
        raise Failed("the compose file is accepted without .env")

    def refuses_without_key(self, article):
        status, answer = get(f"{self.deployment.api}/v1/articles", article)
        assert status == 401, f"a post without a key is answered with {status}: {answer}"

    def build(self):
        began = time.monotonic()
        # The profile's image as well.
        self.deployment.compose("--profile", "operate", "build", limit=45 * 60)
        self.say("passed", "built", f"in {time.monotonic() - began:.0f} s")

    def image_sizes(self):
        def layers(image):
            found = json.loads(self.deployment.docker("image", "inspect", image))[0]
            return found["RootFS"]["Layers"], found["Size"]

        runtime = self.deployment.settings.get("RUNTIME_IMAGE") or first(r"^ARG RUNTIME_IMAGE=(.*)$", "deploy/Dockerfile")
        base_layers, base = layers(runtime)
        added = {}
        for name in (*OURS, "gainsay"):
            image_layers, size = layers(f"{self.deployment.settings['IMAGE_PREFIX']}{name}")
            assert image_layers[: len(base_layers)] == base_layers, f"{name} is not made from {runtime}"
            added[name] = size - base
        told = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in added.items())
        assert max(added.values()) < IMAGE_LIMIT, told
        return f"beside their base, {told}"

    def come_up(self, article):
        """Starts everything and posts an article as soon as it is taken."""
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            up = pool.submit(self.deployment.compose, "up", "--detach", *self.deployment.services, limit=300)
            until(300, "an article taken", lambda: self.post(article) or (up.done() and up.result() is None))
            (article_id,) = self.posted
            seen = until(60, "the first article queryable", lambda: get(f"{self.deployment.api}/v1/articles/{article_id}")[0] == 200)
            took = time.monotonic() - began
            up.result()
        self.say("passed" if seen else "FAILED", "first article queryable", f"{took:.1f} s after `up`")
        for service in self.deployment.services:
            until(120, f"{service} healthy", lambda service=service: self.deployment.healthy(service))
        self.say("passed", "every container is healthy", f"{time.monotonic() - began:.1f} s after `up`")

    def post(self, article):
        """Posts an article; whether it was taken."""
        status, answer = get(f"{self.deployment.api}/v1/articles", article, self.key)
        if status not in (0, 201, 202, 429, 503):
            raise Failed(f"the api answers a post with {status}: {answer}")
        if status in (201, 202):
            self.posted[json.loads(answer)["id"]] = article
        return status in (201, 202)

    def confined(self):
        """As the engine set it up, and as the kernel holds it for the first process."""
        for container in self.deployment.containers():
            name, host = container["Name"], container["HostConfig"]
            assert host["ReadonlyRootfs"] and not host["Privileged"], f"{name} may write its root file system"
            assert host["CapDrop"] == ["ALL"] and not host["CapAdd"], f"{name} has capabilities"
            assert "no-new-privileges:true" in host["SecurityOpt"], f"{name} may gain privileges"
            assert host["Memory"] > 0, f"{name} has no memory limit"
            assert host["RestartPolicy"]["Name"] == "unless-stopped", f"{name} is not restarted"
            status = dict(re.findall(r"^(\w+):\s*(.*)$", self.deployment.docker("exec", container["Id"], "cat", "/proc/1/status"), re.M))
            assert "0" not in status["Uid"].split(), f"{name} runs as root"
            assert int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0, f"{name} has capabilities"
            assert status["NoNewPrivs"] == "1", f"{name} may gain privileges"
            mounts = self.deployment.docker("exec", container["Id"], "cat", "/proc/1/mounts").splitlines()
            root = next(mount.split()[3] for mount in mounts if mount.split()[1] == "/")
            assert "ro" in root.split(","), f"{name} has a root file system that can be written"
        return "read-only, not root, no capabilities, no new privileges, limited memory"

    def published(self):
        found = {}
        for container in self.deployment.containers():
            service = container["Config"]["Labels"]["com.docker.compose.service"]
            for inner, outer in container["NetworkSettings"]["Ports"].items():
                for binding in outer or []:
                    found[f"{service} {inner}"] = f"{binding['HostIp']}:{binding['HostPort']}"
        ports = self.deployment.ports
        inner = {"api": "8080", "rabbitmq": "15672", "grafana": "3000"}
        expected = {f"{name} {inner[name]}/tcp": f"127.0.0.1:{ports[name]}" for name in ports if name in self.deployment.services}
        assert found == expected, f"{found} in place of {expected}"
        return ", ".join(sorted(found))

    def feed(self, to_post, to_read):
        """Half over the api, half through feeds, while three services crash."""
        address = self.deployment.gateway("outside")
        self.host = news.FeedHost(address, to_read)
        self.deployment.configure(
            GAINSAY_INGEST__FEEDS=json.dumps(self.host.feeds()),
            GAINSAY_INGEST__ALLOW_PRIVATE=json.dumps([f"{address}/32"]),
            GAINSAY_INGEST__HOST_PAUSE_MS=0,
        )
        # As an operator adds feeds.
        self.deployment.compose("up", "--detach", "--no-deps", "ingest")
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            posting = pool.submit(self.post_all, to_post)
            for service in ("extract", "store", "ingest"):
                time.sleep(3)
                self.check(f"{service} crashed under load is back", self.crashed, service)
            posting.result()
        self.began = began

    def post_all(self, articles):
        """Posts articles, several at once, each until it is taken."""
        with concurrent.futures.ThreadPoolExecutor(POSTS) as pool:
            list(pool.map(lambda article: until(120, "a post taken", lambda: self.post(article)), articles))

    def crashed(self, service):
        began = time.monotonic()
        self.deployment.crash(service)

        def back():
            (container,) = self.deployment.containers(service)
            return container["RestartCount"] >= 1 and self.deployment.healthy(service)

        until(60, "healthy again", back)
        return f"healthy again after {time.monotonic() - began:.1f} s"

    def complete(self):
        expected = len(self.posted) + len(self.host.articles)
        until(600, f"{expected} articles in the ledger", lambda: len(self.listed()) >= expected)
        took = time.monotonic() - self.began
        rows = self.listed()
        assert len(rows) == len({row["id"] for row in rows}), "an article is listed twice"
        missing = set(self.posted) - {row["id"] for row in rows}
        assert not missing, f"{len(missing)} posted articles are missing, such as {min(missing)}"
        urls = [row["url"] for row in rows]
        astray = [url for url in self.host.urls() if urls.count(url) != 1]
        assert not astray, f"{len(astray)} articles of feeds are not there just once, such as {astray[0]}"
        assert len(rows) == expected, f"{len(rows)} articles in place of {expected}"
        return f"{len(self.posted)} posted, {len(self.host.articles)} from {len(self.host.feeds())} feeds, {expected / took:.0f} a second"

    def listed(self):
        """Every row of the list of articles."""
        rows, cursor = [], ""
        while cursor is not None:
            page = json.loads(self.asked(f"/v1/articles?limit=200{cursor and f'&cursor={urllib.parse.quote(cursor)}'}"))
            rows += page["items"]
            cursor = page.get("next")
        return rows

    def asked(self, path):
        """What the api answers at `path`, with 200."""
        status, text = get(self.deployment.api + path)
        if status != 200:
            raise Failed(f"{path} is answered with {status}: {text[:300]}")
        return text

    def lists(self):
        told = []
        for path in ("/v1/articles?q=said", "/v1/claims?stance=deny", "/v1/claims?act=say", "/v1/sources"):
            items = json.loads(self.asked(path))["items"]
            assert items, f"{path} is empty"
            told.append(f"{path} {len(items)}")
        assert json.loads(self.asked("/openapi.json"))["openapi"].startswith("3.1")
        return ", ".join(told)

    def pages(self):
        article_id, article = next(iter(self.posted.items()))
        for path, title in (("/", "Gainsay"), ("/claims", "Claims"), ("/sources", "Sources"), (f"/articles/{article_id}", article["title"])):
            text = self.asked(path)
            found = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
            assert found and news.plain(title)[:40] in found[1], f"{path} has the title {found and found[1]!r}"
        return "articles, claims, sources, an article"

    def command_line(self):
        """Over the deployment, as its operators run it."""
        said = {command: self.deployment.compose("run", "--rm", "-T", "gainsay", command) for command in ("queue", "doctor")}
        assert "article.fetched" in said["queue"], said["queue"]
        assert json.loads(said["doctor"])["state"] != "wrong", said["doctor"]
        return "queue, doctor"

    def prometheus(self, path, **parameters):
        """What Prometheus answers."""
        (container,) = self.deployment.containers("prometheus")
        url = f"http://{self.deployment.address(container)}:9090/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        status, text = get(url)
        if status != 200:
            raise Failed(f"Prometheus answers {parameters or path} with {status}: {text[:300]}")
        return json.loads(text)["data"]

    def targets(self):
        wanted = {*OURS, "rabbitmq", "prometheus"}

        def up():
            targets = self.prometheus("targets")["activeTargets"]
            return {target["labels"]["service"] for target in targets if target["health"] == "up"} == wanted

        until(60, f"{len(wanted)} targets up", up)
        return ", ".join(sorted(wanted))

    def dashboards(self):
        empty, count = [], 0
        for file in sorted((CHECKOUT / "deploy/grafana/dashboards").glob("*.json")):
            for panel in panels(json.loads(file.read_text())):
                for target in panel.get("targets", []):
                    count += 1
                    if not self.prometheus("query", query=spelt(target["expr"]))["result"]:
                        empty.append(f"{file.stem}/{panel['title']}")
        assert not empty, f"no data for {', '.join(empty)}"
        return f"{count} expressions"

    def alerts(self):
        rules = [rule for group in self.prometheus("rules")["groups"] for rule in group["rules"]]
        for rule in rules:
            assert rule["health"] in ("ok", "unknown"), f"{rule['name']}: {rule.get('lastError')}"
            self.prometheus("query", query=rule["query"])
        written = sum(file.read_text().count("- alert:") for file in (CHECKOUT / "deploy/prometheus").glob("*.yml"))
        assert len([rule for rule in rules if rule["type"] == "alerting"]) == written, f"{len(rules)} rules are loaded, {written} written"
        return f"{len(rules)} rules"

    def scaled(self, articles):
        """Reads the same articles with one extract and with four, each held to a share of a processor."""
        rates = {count: self.rate(count, articles) for count in (1, 4)}
        told = f"{rates[1]:.1f} articles a second with one, {rates[4]:.1f} with four, each on {SHARE} of a processor"
        assert rates[4] > 1.5 * rates[1], told
        return told

    def rate(self, count, articles):
        self.deployment.compose("up", "--detach", "--no-recreate", "--scale", f"extract={count}", *self.deployment.services)
        until(120, f"{count} extracts healthy", lambda: self.deployment.healthy("extract", count))
        for container in self.deployment.containers("extract"):
            self.deployment.docker("update", f"--cpus={SHARE}", container["Id"])
        handled = r'gainsay_bus_handled_total\{outcome="\w+",queue="article.fetched"\}'
        before, began = self.deployment.metric("extract", handled), time.monotonic()
        self.post_all(articles)
        until(300, "all articles read", lambda: self.deployment.metric("extract", handled) - before >= len(articles))
        return len(articles) / (time.monotonic() - began)

    def logs(self):
        text = "".join(self.deployment.logs(container) for container in self.deployment.containers())
        for secret in SECRETS:
            assert self.deployment.settings[secret] not in text, f"{secret} is in the logs"
        return None

    def gone(self):
        try:
            self.deployment.down()
        finally:
            left = self.deployment.remove_left()
        assert not left, f"still there: {' '.join(left)}"


def news_place():
    """Where the articles are."""
    given = os.environ.get("GAINSAY_TEST_NEWS")
    beside = CHECKOUT.parent / "shared/data/news"
    return pathlib.Path(given) if given else beside if beside.is_dir() else CHECKOUT / "gainsay/demo/news.jsonl"


def first(pattern, path):
    return re.search(pattern, (CHECKOUT / path).read_text(), re.MULTILINE)[1]


def panels(dashboard):
    """Its panels, those in rows as well."""
    for panel in dashboard.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def spelt(expression):
    """An expression as Grafana would ask it, all values of its variables chosen."""
    expression = re.sub(r"\$\{?__(rate_interval|interval|range)\}?", "1m", expression)
    return re.sub(r"\$\{?\w+(:\w+)?\}?", ".*", expression)


if __name__ == "__main__":
    main()
