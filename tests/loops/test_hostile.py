"""Hostile servers and documents end where they cannot hurt, and the other feeds are polled meanwhile.

The poller runs in a process of its own, where its processor time and memory are measured; this process is the origin.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path
from typing import IO

import brotli
import pytest

from tests.origin import Exchange, Origin, running_origin

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured in /proc")

MIB = 1024 * 1024
OTHERS = 3
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Fate:
    """What a poll of a hostile feed, and of the others beside it, came to."""

    cpu_s: float
    wall_s: float
    grown_bytes: int
    others_s: float | None
    error: str
    entries: int
    articles: list[tuple[str, str | None, str]]


@dataclass
class Rig:
    origin: Origin
    questions: IO[str]
    answers: IO[str]

    def poll(self, path: str) -> Fate:
        others = [self.origin.serve(f"/good{n}", rss(item(f"Report {n}"))) for n in range(OTHERS)]
        urls = [self.origin.url(path), *(url.replace("127.0.0.1", "localhost") for url in others)]
        self.questions.write(" ".join(urls) + "\n")
        self.questions.flush()
        return Fate(**json.loads(self.answers.readline()))


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with (
        running_origin() as origin,
        subprocess.Popen(
            [sys.executable, "-m", "tests.loops.hostile_poller"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        running = Rig(origin, process.stdin, process.stdout)
        origin.serve("/warm", rss(item("Warm")))
        assert running.poll("/warm").entries == 1  # loads what is needed, and starts the parsers
        yield running
        origin.closing.set()
        process.stdin.close()


def item(title: str, more: str = "", link: str = "https://h.example/1") -> str:
    return (
        f"<item><guid isPermaLink='false'>{escape(title)}</guid><link>{escape(link)}</link>"
        f"<title>{escape(title)}</title>"
        f"<description>The ferry left the harbour an hour late because of the tide. {more}</description></item>"
    )


def rss(inside: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>".encode()


Page = Callable[[Rig, Exchange], None]


def flood(head: bytes, part: bytes) -> Page:
    """Sends one thing and then the other for as long as somebody listens."""

    def page(rig: Rig, exchange: Exchange) -> None:
        exchange.handler.close_connection = True
        exchange.raw(head)
        while not rig.origin.closing.is_set():
            exchange.raw(part)

    return page


def slow(head: bytes, part: bytes, every_s: float = 0.05) -> Page:
    """Sends a little now and then, for ever."""

    def page(rig: Rig, exchange: Exchange) -> None:
        exchange.handler.close_connection = True
        exchange.raw(head)
        while not rig.origin.closing.wait(every_s):
            exchange.raw(part)

    return page


def packed(body: bytes, *encodings: str) -> Page:
    """Says how the body is packed, in one header or in several."""
    head = OK + b"".join(b"Content-Encoding: %s\r\n" % each.encode() for each in encodings)
    return lambda rig, exchange: exchange.raw(head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


def redirect(to: str, status: int = 301, body: bytes = b"") -> Page:
    """Leads on, to a place that is new each time if `to` says so."""
    return lambda rig, exchange: exchange.reply(body, status, Location=to.replace("NEXT", f"{exchange.path}?"))


def bare_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


ZEROS = bytes(100 * MIB)
GZIP = gzip.compress(ZEROS, 1)
NUMBERS = count()

PACKED = OK + b"Content-Encoding: "
SERVERS: dict[str, tuple[Page, str]] = {
    "a giant header": (flood(OK + b"X: ", b"x" * MIB), "headers have no end|too long"),
    "a giant reason": (flood(b"HTTP/1.1 200 ", b"x" * MIB), "headers have no end|too long"),
    "endless header lines": (flood(OK, b"X-Y: z\r\n" * 1_000), "headers have no end|too long"),
    "a header that drips": (slow(OK + b"X: ", b"x"), "not done after 3 s"),
    "hints without end": (flood(b"", b"HTTP/1.1 103 \r\n\r\n" * 100), "headers have no end"),
    "a body that drips": (slow(OK + b"Content-Length: 1000\r\n\r\n", b"x"), "not done after 3 s"),
    "silence": (slow(b"", b""), "no answer|not done"),
    "a body without end": (flood(OK + b"\r\n", b"x" * MIB), "larger than"),
    "crumbs": (flood(CHUNKED, b"1\r\nx\r\n" * 1_000), "crumbs"),
    "crumbs behind extensions": (flood(CHUNKED, b"1;" + b"e" * 60_000 + b"\r\nx\r\n"), "much more is sent"),
    "a giant chunk size": (flood(CHUNKED, b"1" * 60_000), "broke down"),
    "trailers without end": (flood(CHUNKED + b"0\r\n", b"X-Y: z\r\n" * 1_000), "broke down|much more"),
    "a gzip bomb": (packed(GZIP, "gzip"), "a bomb|larger than"),
    "a deflate bomb": (packed(zlib.compress(ZEROS, 9), "deflate"), "a bomb|larger than"),
    "a bare deflate bomb": (packed(bare_deflate(ZEROS), "deflate"), "a bomb|larger than"),
    "a br bomb": (packed(brotli.compress(ZEROS, quality=5), "br"), "a bomb|larger than"),
    "a chain": (packed(gzip.compress(GZIP), "gzip, gzip"), "more than once"),
    "a chain in two headers": (packed(gzip.compress(GZIP), "gzip", "br"), "more than once"),
    "a long chain": (packed(b"x", ", ".join(["gzip"] * 1_000)), "more than once"),
    "gzip in gzip": (packed(gzip.compress(GZIP), "gzip"), "not a feed: gzip data"),
    "gzip that goes on": (flood(PACKED + b"gzip\r\n\r\n" + gzip.compress(b"x"), bytes(MIB)), "larger than"),
    "empty blocks": (flood(PACKED + b"deflate\r\n\r\nx\x9c", b"\0\0\0\xff\xff" * 9_999), "larger than"),
    "redirects without end": (redirect("NEXT"), "redirects"),
    "redirects with bodies": (redirect("NEXT", 302, bytes(4 * MIB)), "redirects"),
    "a redirect inwards": (redirect("http://169.254.169.254/latest/meta-data"), "not public"),
    "a giant redirect": (redirect("/" + "x" * 90_000), "URL"),
}  # fmt: skip


@pytest.mark.parametrize("name", SERVERS)
def test_servers(rig: Rig, name: str) -> None:
    page, error = SERVERS[name]
    path = f"/server{next(NUMBERS)}"

    def answer(exchange: Exchange) -> None:
        page(rig, exchange)

    rig.origin.pages |= {f"{path}{'?' * hop}": answer for hop in range(8)}
    fate = rig.poll(path)
    assert_harmless(fate)
    assert any(each in fate.error for each in error.split("|")), fate.error


def assert_harmless(fate: Fate) -> None:
    assert fate.cpu_s < 2
    assert fate.grown_bytes < 64 * MIB
    assert fate.wall_s < 8
    assert fate.others_s is not None
    assert fate.others_s < 2.5


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENTS: dict[str, bytes] = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'.encode() + rss(item("&l9;", "&l9;")),
    "an external entity": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + rss(item("F", "&f;")),
    "nested elements": rss("<a>" * 100_000),
    "nested markup": rss(item("N", escape("<div>" * 100_000))),
    "an author": rss(f"<item><title>A</title><author>{'a@' * 500_000}</author></item>"),
    "a giant": rss(item("G", "hello world " * 1_000_000)),
    "many entries": rss("".join(item(f"Report {n}") for n in range(60_000))),
    "marks of entries": rss("<item><!--" * 200_000),
    "half of an entry": rss("<item>" * 200_000),
    "start tags": b"<rss " * 1_000_000,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(rig: Rig, name: str) -> None:
    path = f"/document{next(NUMBERS)}"
    rig.origin.serve(path, DOCUMENTS[name], Content_Type="application/rss+xml")
    fate = rig.poll(path)
    assert_harmless(fate)
    assert fate.error or fate.entries
    assert not any("root:" in text for _, _, text in fate.articles)


TITLES = [
    "<script>alert(1)</script>Ferry late",
    "&lt;script&gt;alert(1)&lt;/script&gt;Ferry late",
    "Ferry <img src=x onerror=alert(1)> late",
    "Ferry <svg/onload=alert(1)> late",
    "&amp;lt;iframe src=javascript:alert(1)&amp;gt; Ferry late",
    "<scr<script>ipt>alert(1)</scr</script>ipt> Ferry late",
]
LINKS = [
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//h.example/fine",
    "blob:https://h.example/1",
]


def test_neither_markup_nor_links_are_stored_live(rig: Rig) -> None:
    items = [item(title, escape(title)) for title in TITLES]
    items += [item(f"Report number {n}", link=link) for n, link in enumerate(LINKS)]
    rig.origin.serve("/live", rss("".join(items)), Content_Type="application/rss+xml")
    fate = rig.poll("/live")
    assert_harmless(fate)
    assert len(fate.articles) == len(items)
    for title, url, text in fate.articles:
        for stored in (title, text):
            assert not any(f"<{tag}" in stored.lower() for tag in ("script", "img", "svg", "iframe", "/script")), stored
        assert url is None or url.startswith(("http://", "https://")), url


def test_the_poller_is_as_it_was(rig: Rig) -> None:
    rig.origin.serve("/after", rss(item("After all that")))
    fate = rig.poll("/after")
    assert (fate.entries, fate.error) == (1, "")
    assert fate.wall_s < 2
