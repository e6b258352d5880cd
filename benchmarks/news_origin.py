"""The origin of `benchmarks.workers`: feeds of made-up news at its full length. Prints its port, serves until ended."""

from __future__ import annotations

import gzip
import sys
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from xml.sax.saxutils import escape

from benchmarks.corpus import Corpus
from dedup.nouns.feed import Entry

ENTRIES = 50
"""In each feed."""


class News(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    documents: ClassVar[list[bytes]] = []

    def do_GET(self) -> None:  # as http.server calls it
        body = self.documents[int(self.path[1:])]
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def document(entries: list[Entry]) -> bytes:
    items = "".join(
        f"<item><guid>{entry.id}</guid><link>{entry.url}</link><title>{escape(entry.title)}</title>"
        f"<pubDate>{formatdate(time.time() - 3_600)}</pubDate><description>{escape(entry.content)}</description></item>"
        for entry in entries
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


def serve(feeds: int) -> None:
    corpus = Corpus().take(feeds * ENTRIES)
    News.documents = [
        gzip.compress(document(corpus[start : start + ENTRIES]), 1) for start in range(0, len(corpus), ENTRIES)
    ]
    server = ThreadingHTTPServer(("0.0.0.0", 0), News)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
