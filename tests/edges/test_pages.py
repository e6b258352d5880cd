"""Full text from pages of a real origin; whatever goes wrong, the entry stays."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from dedup.edges.extract import is_installed
from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.pages import Pages
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.nouns.feed import Entry
from tests.origin import Origin, running_origin

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs dedup[fulltext]: trafilatura and protego")

STORY = " ".join(
    f"The ferry left the harbour {n} minutes late because of the tide, said the captain." for n in range(20)
)
PAGE = f"""<!doctype html><html><head><title>Ferry</title></head><body><nav>Home Sport</nav>
<article><h1>Ferry late</h1><p>{STORY}</p><p>{STORY[::-1][:300]}</p></article>
<footer>Imprint</footer></body></html>""".encode()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture(scope="module")
def extractors() -> Iterator[Parsers]:
    with Parsers(ParserSettings(processes=1, kind="pages")) as running:
        yield running


@pytest.fixture
def pages(extractors: Parsers) -> Iterator[Pages]:
    with Fetcher(FetchSettings(allow_networks=("127.0.0.1",))) as fetcher:
        yield Pages(fetcher.fetch, extractors.text_of, "dedup/0.1", pause_s=0.05)


def entry(url: str | None, summary: str = "The ferry was late.") -> Entry:
    return Entry("Harbour", url=url, summary=summary)


def test_the_page_has_more_to_say(origin: Origin, pages: Pages) -> None:
    got = pages.complete(entry(origin.serve("/story", PAGE, Content_Type="text/html")))
    assert "said the captain" in got.content
    assert "<" not in got.content
    assert got.summary == "The ferry was late."
    assert [exchange.path for exchange in origin.requests] == ["/robots.txt", "/story"]


def test_robots_are_heard_and_remembered(origin: Origin, pages: Pages) -> None:
    origin.serve("/robots.txt", b"User-agent: dedup\nDisallow: /private\n\nUser-agent: *\nAllow: /\n")
    private = entry(origin.serve("/private/story", PAGE))
    assert pages.complete(private) == private
    assert pages.complete(entry(origin.serve("/story", PAGE))).content
    assert [exchange.path for exchange in origin.requests] == ["/robots.txt", "/story"]


def test_a_site_whose_robots_cannot_be_read_is_left_alone(origin: Origin, pages: Pages) -> None:
    origin.pages["/robots.txt"] = lambda exchange: exchange.reply(status=503)
    given = entry(origin.serve("/story", PAGE))
    assert pages.complete(given) == given
    assert not origin.asked("/story")


def test_no_failure_loses_the_entry(origin: Origin, pages: Pages) -> None:
    origin.serve("/nested", b"<html><body>" + b"<div>" * 200_000 + b"text")
    origin.serve("/picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 1_000)
    origin.serve("/empty", b"")
    for url in (
        None,
        origin.url("/missing"),
        origin.url("/nested"),
        origin.url("/picture"),
        origin.url("/empty"),
        "http://10.0.0.1/",
        "http://[broken",
    ):
        given = entry(url)
        assert pages.complete(given) == given
    full = entry(origin.serve("/story", PAGE), summary=STORY * 3)
    assert pages.complete(full) == full


def test_a_site_is_asked_with_pauses(origin: Origin, pages: Pages) -> None:
    url = origin.serve("/story", PAGE)
    began = time.monotonic()
    for _ in range(3):
        pages.complete(entry(url))
    assert time.monotonic() - began >= 3 * 0.05


def test_a_site_that_refuses_a_page_is_left_in_peace(origin: Origin, extractors: Parsers) -> None:
    now = 1_000.0
    with Fetcher(FetchSettings(allow_networks=("127.0.0.1",))) as fetcher:
        pages = Pages(fetcher.fetch_found, extractors.text_of, "dedup/0.1", 0, clock=lambda: now, sleep=lambda s: None)
        origin.pages["/busy"] = lambda exchange: exchange.reply(status=429, Retry_After="900")
        given = [entry(origin.url("/busy")), entry(origin.serve("/story", PAGE))]
        assert [pages.complete(each) for each in given] == given
        assert not origin.asked("/story")
        now += 901
        assert pages.complete(given[1]).content


def test_a_page_on_this_machine_is_not_fetched_because_a_feed_names_it(origin: Origin, extractors: Parsers) -> None:
    given = entry(origin.serve("/story", PAGE))
    with Fetcher(FetchSettings(feeds_here=True)) as fetcher:
        assert fetcher.fetch(origin.url("/story"))  # a feed that is listed there may be
        assert Pages(fetcher.fetch_found, extractors.text_of, "dedup/0.1", 0).complete(given) == given
    assert [exchange.path for exchange in origin.requests] == ["/story"]
