"""Hostile documents end where they cannot hurt: within two seconds of a processor and 64 MB."""

from __future__ import annotations

import json
import re
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dedup.edges.document import Document
from dedup.edges.parse import parse
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Feed, Response

FEED = Feed("https://h.example/feed", source="Harbour")
NOW = 1_750_000_000
MIB = 1024 * 1024


def rss(inside: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>".encode()


def item(text: str, guid: str = "1") -> str:
    return f"<item><guid>{guid}</guid><title>Ferry late</title><description>{text}</description></item>"


GOOD = rss(item("The ferry left an hour late."))


def laughs(levels: int = 10) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'.encode() + rss(f"<item><title>&l{levels - 1};</title></item>")


HOSTILE = {
    "billion laughs": laughs(),
    "external entity": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + rss(item("&f;")),
    "nested elements": rss("<a>" * 100_000),
    "nested and closed": rss(item("<b>" * 100_000 + "</b>" * 100_000)),
    "nested divs": rss(item("<div>" * 100_000)),
    "author": rss(f"<item><title>x</title><author>{'a@' * 500_000}</author></item>"),
    "a giant item": rss(item("hello world " * 870_000)),
    "a giant CDATA": rss(item(f"<![CDATA[{'x' * 10_000_000}]]>")),
    "many items": rss("".join(item("hello world " * 100, str(n)) for n in range(8_000))),
    "ill-formed": rss("".join(item("hello & world " * 100, str(n)) for n in range(7_000))),
    "attributes": rss("<item " + " ".join(f'a{n}="1"' for n in range(300_000)) + "></item>"),
    "brackets": b"<" * 10_000_000,
    "comments": rss("<!--" * 2_000_000),
    "references": rss("&" * 10_000_000),
    "nested JSON": b'{"items":[' + b"[" * 1_000_000,
    "much JSON": b'{"items":[' + b",".join(b'{"id":"%d"}' % n for n in range(300_000)) + b"]}",
}


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(ParserSettings(processes=1)) as running:
        yield running


def test_the_same_as_without_a_process(parsers: Parsers) -> None:
    documents = {
        "text/xml": GOOD.replace(b"<title>T", b"<ttl>90</ttl><skipHours><hour>3</hour></skipHours><title>T\xc3\xa9"),
        "application/feed+json": json.dumps({"title": "T\ud800", "items": [{"id": 1}, {"id": 1}], "hubs": []}).encode(),
    }
    for kind, body in documents.items():
        response = Response("https://h.example/f", body, kind)
        assert parsers.parse(response, FEED, NOW) == parse(response, FEED, NOW)
    with pytest.raises(ParseError, match="not a feed: an HTML page"):
        parsers.parse(Response("https://h.example/f", b"<!doctype html><html>"), FEED, NOW)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents(name: str) -> None:
    before = _children_cpu_s()
    with Parsers(ParserSettings(processes=1)) as parsers:
        parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW)
        idle, started = _peak_bytes(parsers), _children_cpu_s()
        document = _parsed(parsers, HOSTILE[name])
        if isinstance(document, ParseError):
            assert re.search("not a feed|no entries|broken JSON|memory|processor|more than|none of", document.reason)
        else:
            assert all("root:" not in entry.content + entry.summary for entry in document.entries)
            assert _peak_bytes(parsers) - idle <= 64 * MIB
        assert len(parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW).entries) == 1
    assert started == before  # a process counts when it has ended
    assert _children_cpu_s() - started < 2 + 2 * 1  # the document, and the start of two processes


def test_others_are_parsed_in_the_meantime() -> None:
    with Parsers(ParserSettings(processes=2, cpu_s=1)) as parsers, ThreadPoolExecutor(1) as pool:
        parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW)
        stuck = pool.submit(parsers.parse, Response("https://h.example/f", HOSTILE["nested divs"]), FEED, NOW)
        for _ in range(20):
            parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW)
        assert not stuck.done()
        with pytest.raises(ParseError, match="more than 1 s of a processor"):
            stuck.result(20)


def test_a_process_that_hangs_is_ended() -> None:
    with Parsers(ParserSettings(processes=1, cpu_s=60, wall_s=1)) as parsers:
        began = time.monotonic()
        with pytest.raises(ParseError, match="not parsed after 1 s"):
            parsers.parse(Response("https://h.example/f", HOSTILE["nested divs"]), FEED, NOW)
        assert time.monotonic() - began < 5


def test_processes_are_replaced_now_and_then() -> None:
    with Parsers(ParserSettings(processes=1, documents=2)) as parsers:
        for _ in range(5):
            assert parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW).entries


def test_whoever_asks_after_the_end_is_told() -> None:
    with Parsers(ParserSettings(processes=1)) as parsers, ThreadPoolExecutor(4) as pool:
        parsers.parse(Response("https://h.example/f", GOOD), FEED, NOW)
        parsers.close()
        asked = [pool.submit(parsers.parse, Response("https://h.example/f", GOOD), FEED, NOW) for _ in range(8)]
        for each in asked:
            with pytest.raises(ParseError, match="dedup is stopping"):
                each.result(10)
        assert parsers.pids() == ()


def test_whoever_waits_for_a_process_when_they_end_is_told() -> None:
    began = time.monotonic()
    with Parsers(ParserSettings(processes=1, cpu_s=60)) as parsers, ThreadPoolExecutor(3) as pool:
        nested = Response("https://h.example/f", HOSTILE["nested divs"])
        asked = [pool.submit(parsers.parse, nested, FEED, NOW) for _ in range(3)]
        while not parsers.pids():
            time.sleep(0.01)
        parsers.close()
        for each in asked:
            with pytest.raises(ParseError, match="dedup is stopping"):
                each.result(10)
        assert parsers.pids() == ()
    assert time.monotonic() - began < 20


def _parsed(parsers: Parsers, body: bytes) -> Document | ParseError:
    try:
        return parsers.parse(Response("https://h.example/f", body), FEED, NOW)
    except ParseError as error:
        return error


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_bytes(parsers: Parsers) -> int:
    """The most memory that the processes ever had."""
    peaks = []
    for pid in parsers.pids():
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        peaks.append(1024 * int(found[1]) if found else 0)
    return max(peaks, default=0)
