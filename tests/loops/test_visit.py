"""A visit ends in an outcome, whatever happens; when we are to stop, it may end in none, and nothing is noted."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from dedup.edges.document import Document
from dedup.following.outcomes import Failed
from dedup.loops.harvest import Complete
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Fetch, Parse, PollSummary, Stages, visit
from dedup.nouns.errors import FetchError, ParseError, StoppedError
from dedup.nouns.feed import Entry, Feed, NotModified, Response, Validators
from dedup.nouns.schedule import FeedState
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox

FEED = Feed("https://h.example/feed", source="Harbour", full_text=True)
NOW = 1_750_000_000
TEXT = "The ferry left the harbour an hour late because of the tide."


def fetched(url: str, validators: Validators) -> Response | NotModified:
    return Response(url, b"a document")


def five_entries(response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
    entries = (Entry(feed.url, url=f"https://h.example/{n}", title=f"Ferry {n}", content=TEXT) for n in range(5))
    return Document("Harbour", tuple(entries))


def stages(fetch: Fetch = fetched, parse: Parse = five_entries, complete: Complete | None = None) -> Stages:
    return Stages(fetch, parse, partial(read, settings=ReadingSettings()), fingerprint, complete)


def test_whatever_the_harvest_raises_is_the_feeds_failure(caplog: pytest.LogCaptureFixture) -> None:
    def unknown_print(response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
        return Document("Harbour", (), prints=("never seen",), cut=frozenset({"never seen"}))

    ended = visit(stages(parse=unknown_print), FeedState(FEED), Validators(), NOW, threading.Event())
    assert isinstance(ended.outcome, Failed)
    assert ended.summary == PollSummary(feeds=1, broken=1)


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_feed_whose_pages_are_being_fetched_is_left_when_we_stop(at: int) -> None:
    stop, asked = threading.Event(), []

    def complete(entry: Entry) -> Entry:
        asked.append(entry.url)
        if len(asked) > at:
            stop.set()
        return entry

    assert _left_as_it_was(stages(complete=complete), stop)
    assert len(asked) == at + 1


def test_what_breaks_down_because_we_stop_is_not_the_feeds_failure() -> None:
    stop = threading.Event()

    def closed(response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
        stop.set()
        raise ParseError(feed.url, "dedup is stopping")

    def cut_off(url: str, validators: Validators) -> Response | NotModified:
        stop.set()
        raise FetchError(url, "the exchange broke down")

    assert _left_as_it_was(stages(parse=closed), stop)
    stop.clear()
    assert _left_as_it_was(stages(fetch=cut_off), stop)


def test_a_server_that_refuses_is_heard_also_when_we_stop() -> None:
    stop = threading.Event()
    stop.set()

    def busy(url: str, validators: Validators) -> Response | NotModified:
        raise FetchError(url, "HTTP 429", status=429, retry_after_s=900, answered_by=url)

    ended = visit(stages(fetch=busy), FeedState(FEED), Validators(), NOW, stop)
    assert ended.outcome == Failed("HTTP 429", 429, 900)


def test_a_feed_without_pages_is_finished_when_we_stop() -> None:
    stop = threading.Event()
    stop.set()
    assert visit(stages(), FeedState(FEED), Validators(), NOW, stop).summary.sent == 5
    with pytest.raises(StoppedError):
        visit(stages(complete=lambda entry: entry), FeedState(FEED), Validators(), NOW, stop)


def _left_as_it_was(stages: Stages, stop: threading.Event) -> bool:
    """Whether a poller that polls the feed until it is stopped leaves nothing behind but a lease."""
    feeds, inbox = MemoryFeedBook(), MemoryInbox()
    feeds.follow([FEED])
    before = feeds.feeds()
    poller = Poller(feeds, inbox, stages, PollerSettings(threads=1, idle_s=0.01, host_pause_s=0), lambda: NOW, stop)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(poller.run).result(10)
    return feeds.feeds() == before == feeds.claim(NOW + 900, 1, 1) and not inbox.waiting()
