"""A web origin on loopback that serves the sample's feeds, so that the daemon can show its main job without a network.

    /            a page that lists the feeds
    /feeds.opml  the same list for programs
    /feeds/NAME  a feed, with ETag and Last-Modified; an unchanged one is answered with 304

A feed with a second edition (see `editions`) serves it from the second GET of its URL on: whoever polls twice sees
articles revised. Each origin counts for itself, so a new one starts with the first editions again.
"""

from __future__ import annotations

import html
import threading
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree

from dedup.nouns.feed import Feed
from dedup.sample.editions import Document, document, editions

_OPML = Path(__file__).parent / "feeds.opml"
_STOP_CHECK_S = 0.05
"""How often the server looks whether it should stop."""


class SampleOrigin:
    """Serves the sample on 127.0.0.1 while the `with` block lasts; `port` 0 means any free one.

    Dates in the feeds count back from `now` (default: when the origin was made). Raises OSError if the port is taken.
    """

    def __init__(self, port: int = 0, now: datetime | None = None) -> None:
        self._server = _Server(port, now or datetime.now(UTC))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_CHECK_S,), name="sample-origin", daemon=True
        )

    @property
    def url(self) -> str:
        """Where the page that lists the feeds is, without a slash at the end."""
        return self._server.url

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds as the list names them; `source` is the name of the paper, for they all share one host."""
        return self._server.feeds

    @property
    def urls(self) -> tuple[str, ...]:
        """The URL of every feed."""
        return tuple(feed.url for feed in self.feeds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Knows what each path answers with, and how often it was asked for."""

    daemon_threads = False  # so that closing waits for answers that are under way

    def __init__(self, port: int, now: datetime) -> None:
        super().__init__(("127.0.0.1", port), _Exchange)
        self.url = f"http://127.0.0.1:{self.server_port}"
        opml = _OPML.read_bytes().replace(b"{{origin}}", self.url.encode("ascii"))
        self.feeds = _listed(opml)
        self._pages = {
            "/": (document(_index(self.feeds), "text/html; charset=utf-8", now),),
            "/feeds.opml": (document(opml, "text/x-opml; charset=utf-8", now),),
        } | {f"/feeds/{name}": documents for name, documents in editions(now).items()}
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def answer(self, path: str, *, counts: bool) -> Document | None:
        """The edition of `path` whose turn it is; None if there is no such page."""
        pages = self._pages.get(path)
        if pages is None:
            return None
        with self._lock:
            turn = self._asked[path]
            self._asked[path] += counts
        return pages[min(turn, len(pages) - 1)]


class _Exchange(BaseHTTPRequestHandler):
    """One request and its answer."""

    server: _Server
    server_version = "dedup-sample"

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        found = self.server.answer(self.path.partition("?")[0], counts=with_body)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND, "there is no such page in the sample")
            return
        unchanged = self._holds(found)
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
        self.send_header("ETag", found.etag)
        self.send_header("Last-Modified", format_datetime(found.modified.astimezone(UTC), usegmt=True))
        if not unchanged:
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if with_body and not unchanged:
            self.wfile.write(found.body)

    def _holds(self, found: Document) -> bool:
        """Whether the client says that it has `found` already; its entity tag outweighs its date (RFC 9110, 13.2.2)."""
        tags = self.headers["If-None-Match"]
        if tags is not None:
            return found.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        try:
            since = parsedate_to_datetime(self.headers["If-Modified-Since"] or "")
        except ValueError:
            return False
        return since.tzinfo is not None and since >= found.modified.replace(microsecond=0)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: who polls already logs what it asks for."""


def _listed(opml: bytes) -> tuple[Feed, ...]:
    outlines = ElementTree.fromstring(opml).iterfind("body/outline")
    return tuple(
        Feed(url=item.attrib["xmlUrl"], title=item.attrib["text"], source=item.attrib["text"]) for item in outlines
    )


def _index(feeds: tuple[Feed, ...]) -> bytes:
    rows = "\n".join(f'<li><a href="{html.escape(feed.url)}">{html.escape(feed.title)}</a></li>' for feed in feeds)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The sample feeds of dedup</title>
<h1>The sample feeds of dedup</h1>
<p>Invented papers with invented news, written for this project: wire stories as several papers print them, excerpts,
revisions, translations, and look-alikes that are no copies. The same list as <a href="/feeds.opml">OPML</a>.</p>
<ul>
{rows}
</ul>
</html>
""".encode()
