"""From a site to its feeds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dedup.edges.discover import discover
from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parse import parse
from dedup.nouns.errors import FetchError, ParseError
from dedup.nouns.feed import Response, Validators
from dedup.reading.discovery import COMMON_PATHS, announced_feeds
from tests.origin import Origin, running_origin

FEED = b"<rss version='2.0'><channel><item><title>One</title></item></channel></rss>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def found(url: str) -> tuple[str, ...]:
    with Fetcher(FetchSettings(allow_networks=("127.0.0.1",))) as fetcher:
        return discover(fetcher.fetch, parse, url)


def test_a_feed_is_its_own_feed(origin: Origin) -> None:
    url = origin.serve("/feed", FEED)
    assert found(url) == (url,)


def test_a_page_announces_feeds(origin: Origin) -> None:
    page = b"""<!doctype html><html><head><base href="/news/">
      <link rel=stylesheet href=style.css><link rel="icon alternate" type="application/rss+xml" href="a.xml">
      <LINK REL=ALTERNATE TYPE="application/atom+xml; charset=utf-8" HREF="http://other.example/b">
      <link rel=alternate type=text/html href=/mobile>
      <link rel=alternate type=application/rss+xml href="http://[broken">
      <link rel=alternate type=application/feed+json href="javascript:x">
      <link rel=alternate type=application/rss+xml href=a.xml></head><body>"""
    url = origin.serve("/", page)
    assert found(url) == (origin.url("/news/a.xml"), "http://other.example/b")
    assert len(origin.requests) == 1


def test_a_site_without_a_word_of_it(origin: Origin) -> None:
    url = origin.serve("/blog", b"<!doctype html><p>hello")
    origin.serve("/rss", b"<!doctype html><p>no feed here either")
    place = origin.serve("/feed.xml", FEED)
    assert found(url) == (place,)
    assert [exchange.path for exchange in origin.requests] == ["/blog", "/feed", "/rss", "/feed.xml"]


def test_a_page_of_the_internet_announces_nothing_of_an_intranet() -> None:
    page = b"""<link rel=alternate type=application/rss+xml href="http://127.0.0.1:6379/">
      <link rel=alternate type=application/rss+xml href="http://router/feed">
      <link rel=alternate type=application/rss+xml href="http://news.example/feed">"""

    def fetch(url: str, validators: Validators) -> Response:
        return Response(url, page, "text/html")

    assert discover(fetch, parse, "http://site.example/") == ("http://news.example/feed",)
    assert len(discover(fetch, parse, "http://10.0.0.1/")) == 3


def test_no_feed_anywhere(origin: Origin) -> None:
    with pytest.raises(ParseError, match="announces no feed"):
        found(origin.serve("/", b"<!doctype html>"))
    assert len(origin.requests) == 1 + len(COMMON_PATHS)
    with pytest.raises(FetchError, match="404"):
        found(origin.url("/nothing"))


def test_pages_beyond_all_measure() -> None:
    assert announced_feeds(b"", "http://h.example/") == ()
    assert announced_feeds(b"\xff\x00<link", "http://h.example/") == ()
    links = b"".join(b"<link rel=alternate type=application/rss+xml href=/%d>" % n for n in range(1_000))
    assert len(announced_feeds(links, "http://h.example/")) == 20
