"""The articles that are fed, and a host that offers some of them as feeds with their pages."""

import gzip
import html
import http.server
import json
import pathlib
import re
import threading

# Entries of one feed.
ENTRIES = 100
# A feed's content may stand for an article from 800 characters on (ingest/src/feeds/entry.rs).
LONG = 1_000


def load(place):
    """The articles of a .jsonl file, or of all .jsonl.gz files in a folder; each as the api takes it."""
    if place.is_dir():
        lines = [line for file in sorted(place.glob("*.jsonl.gz")) for line in gzip.open(file, "rt", encoding="utf-8")]
    else:
        lines = place.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def halves(articles):
    """Which are posted, and which are read from feeds: every second one that is long enough."""
    read = [article for article in articles[1::2] if len(article["text"]) >= LONG]
    known = {article["id"] for article in read}
    return [article for article in articles if article["id"] not in known], read


class FeedHost:
    """Serves articles on a port of `address`: feeds with their full text, and a page for two of three."""

    def __init__(self, address, articles):
        self.articles = articles
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, body = host.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.base = f"http://{address}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def feeds(self):
        """The addresses of the feeds."""
        return [f"{self.base}/feeds/{number}" for number in range(-(-len(self.articles) // ENTRIES))]

    def urls(self):
        """The addresses of the articles."""
        return [f"{self.base}/articles/{number}" for number in range(len(self.articles))]

    def close(self):
        """Serves no more."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        match re.fullmatch(r"/(feeds|articles)/(\d+)", path):
            case None:
                return "text/plain", b""
            case found if found[1] == "feeds":
                return "application/rss+xml", self.feed(int(found[2]))
            # Without its page, an article is what its feed holds of it.
            case found if int(found[2]) % 3 == 0 or int(found[2]) >= len(self.articles):
                return "text/plain", b""
            case found:
                return "text/html; charset=utf-8", page(self.articles[int(found[2])])

    def feed(self, number):
        entries = range(number * ENTRIES, min((number + 1) * ENTRIES, len(self.articles)))
        items = "".join(self.item(entry) for entry in entries)
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            f"<channel><title>Feed {number}</title><link>{self.base}/</link><description>News</description>{items}</channel></rss>"
        ).encode()

    def item(self, number):
        article = self.articles[number]
        return (
            f"<item><title>{plain(article['title'])}</title><link>{self.base}/articles/{number}</link>"
            f"<guid>{self.base}/articles/{number}</guid><content:encoded>{plain(paragraphs(article))}</content:encoded></item>"
        )


def page(article):
    title = plain(article["title"])
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>{paragraphs(article)}</article></body></html>"
    ).encode()


def paragraphs(article):
    return "".join(f"<p>{plain(paragraph)}</p>" for paragraph in article["text"].split("\n\n"))


def plain(text):
    """As text stands in HTML and XML, without the characters that XML forbids."""
    return html.escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text or ""))
