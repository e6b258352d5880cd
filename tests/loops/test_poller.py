"""The poller against a real origin: from due feeds to submissions in an inbox."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from dedup.edges.document import Document
from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parse import parse
from dedup.loops.harvest import Read
from dedup.loops.patience import FIRST_WAIT_S
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Parse, PollSummary, Stages
from dedup.nouns.article import Article
from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Entry, Feed, Response, Skipped
from dedup.nouns.record import Submission
from dedup.nouns.schedule import FeedState, Health
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox
from tests.origin import Exchange, Origin, running_origin

ALLOWED = FetchSettings(read_timeout_s=2, total_timeout_s=4, allow_networks=("127.0.0.0/8", "::1"))
READ: Read = partial(read, settings=ReadingSettings())


def rss(*titles: str, text: str = "The ferry left the harbour an hour late because of the tide.") -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{title}</guid><title>{title}</title><description>{text}</description></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>Harbour News</title>{items}</channel></rss>".encode()


class Crowded:
    """A page that knows how many asked for it, or for another one of its kind, at the same time."""

    def __init__(self, world: World, busy_s: float = 0) -> None:
        self.most = 0
        self._world, self._busy_s = world, busy_s
        self._lock, self._in_flight = threading.Lock(), 0

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            self._in_flight += 1
            self.most = max(self.most, self._in_flight)
        self._world.origin.closing.wait(self._busy_s)
        with self._lock:
            self._in_flight -= 1
        exchange.reply(rss(exchange.path))


@dataclass
class World:
    """A poller and all that it works with; the clock stands still until a test moves it."""

    origin: Origin
    fetcher: Fetcher
    feeds: MemoryFeedBook = field(default_factory=MemoryFeedBook)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    stop: threading.Event = field(default_factory=threading.Event)
    now: int = 1_750_000_000
    parse: Parse = parse

    def poller(self, read: Read = READ, settings: PollerSettings | None = None) -> Poller:
        settings = settings or PollerSettings(threads=4, idle_s=0.01, host_pause_s=0)
        stages = Stages(self.fetcher.fetch, self.parse, read, fingerprint)
        return Poller(self.feeds, self.inbox, stages, settings, lambda: self.now, self.stop)

    def follow(self, *urls: str) -> None:
        self.feeds.follow([Feed(url) for url in urls])

    def poll(self, read: Read = READ) -> PollSummary:
        """Let every feed fall due, and poll."""
        self.now = max([self.now, *(state.next_poll for state in self.feeds.feeds() if not state.gone)])
        return self.poller(read).run_once()

    def submitted(self) -> list[Submission]:
        taken = self.inbox.take("test", 100_000, 0)
        self.inbox.done([delivery.receipt for delivery in taken])
        return [delivery.submission for delivery in taken]

    def titles(self) -> list[str]:
        return [submission.article.title for submission in self.submitted()]


@pytest.fixture
def world() -> Iterator[World]:
    with running_origin() as origin, Fetcher(ALLOWED) as fetcher:
        yield World(origin, fetcher)


def eventually(condition: Callable[[], bool], deadline_s: float = 10) -> None:
    ends = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.005)


class TestOnePoll:
    def test_entries_become_submissions(self, world: World) -> None:
        url = world.origin.serve("/feed", rss("Ferry late", "Bridge open"), ETag='"1"')
        world.follow(url)
        assert world.poll() == PollSummary(feeds=1, entries=2, fresh=2, sent=2)
        first, second = world.submitted()
        assert (first.article.title, second.article.title) == ("Ferry late", "Bridge open")
        assert (first.article.feed, first.article.source, first.article.seen) == (url, "127.0.0.1", world.now)
        assert first.fingerprint == fingerprint(first.article)
        state = world.feeds.feed(url)
        assert (state.entries, state.feed.title, state.validators.etag) == (2, "Harbour News", '"1"')
        assert (state.last_poll, state.last_success) == (world.now, world.now)
        assert state.next_poll > world.now

    def test_nothing_is_due_twice(self, world: World) -> None:
        world.follow(world.origin.serve("/feed", rss("Ferry late")))
        world.poll()
        assert world.poller().run_once() == PollSummary()
        assert len(world.origin.asked("/feed")) == 1

    def test_the_server_says_not_modified(self, world: World) -> None:
        world.origin.pages["/feed"] = lambda exchange: (
            exchange.reply(status=304) if "If-None-Match" in exchange.headers else exchange.reply(rss("A"), ETag='"1"')
        )
        world.follow(world.origin.url("/feed"))
        world.poll()
        assert world.poll() == PollSummary(feeds=1, unchanged=1)
        assert len(world.submitted()) == 1

    def test_the_same_bytes_are_not_parsed(self, world: World) -> None:
        world.follow(world.origin.serve("/feed", rss("Ferry late")))
        world.poll()

        def unparsed(response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
            raise AssertionError("parsed")

        world.now += 100_000
        world.parse = unparsed
        assert world.poller().run_once() == PollSummary(feeds=1, unchanged=1)

    def test_only_news_goes_on(self, world: World) -> None:
        url = world.origin.serve("/feed", rss("One", "Two"))
        world.follow(url)
        world.poll()
        world.submitted()
        world.origin.serve("/feed", rss("Three", "One", "Two"))
        assert world.poll() == PollSummary(feeds=1, entries=3, fresh=1, sent=1)
        assert world.titles() == ["Three"]
        world.origin.serve("/feed", rss("Three", "One", text="A corrected report says that the ferry left on time."))
        assert world.poll().sent == 2
        assert sorted(world.titles()) == ["One", "Three"]
        assert world.feeds.feed(url).entries == 5

    def test_a_moved_feed_is_still_read(self, world: World) -> None:
        world.origin.serve("/new", rss("One"))
        world.follow(world.origin.redirect("/old", "/new", 301))
        assert world.poll().sent == 1

    def test_large_documents_go_in_batches(self, world: World) -> None:
        world.follow(world.origin.serve("/feed", rss(*(f"Story number {n}" for n in range(250)))))
        poller = world.poller(settings=PollerSettings(batch=100, host_pause_s=0))
        assert poller.run_once().sent == 250
        assert len(set(world.titles())) == 250


class TestEveryEntryIsAccountedFor:
    def test_skipped_failed_repeated_and_sent(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        def moody(entry: Entry) -> Article | Skipped:
            if entry.title == "Broken":
                raise ZeroDivisionError("by chance")
            return Skipped("too_short", name=entry.title) if entry.title == "Short" else READ(entry)

        body = rss("Good", "Broken", "Short", "Good", "Fine")
        world.follow(world.origin.serve("/feed", body))
        assert world.poll(moody) == PollSummary(feeds=1, entries=4, fresh=4, sent=2, skipped=2, failed=1)
        assert world.titles() == ["Good", "Fine"]
        assert [(one.reason, one.name) for one in world.inbox.skipped] == [
            ("too_short", "Short"),
            ("repeated_in_feed", "Good"),
        ]
        assert [(dead.name, dead.error) for dead in world.inbox.dead] == [("Broken", "ZeroDivisionError: by chance")]
        counts = world.inbox.counts()
        assert counts["accepted"] == 5 == counts["clustered"] + counts["skipped"] + counts["failed"]
        reasons = {"skipped.too_short": 1, "skipped.repeated_in_feed": 1, "failed.ZeroDivisionError": 1}
        assert reasons.items() <= counts.items()
        (state,) = world.feeds.feeds()
        assert (state.entries, state.sent) == (4, 2)
        assert state.skipped == {"too_short": 1, "repeated_in_feed": 1}
        assert state.failed == {"ZeroDivisionError": 1}

        world.origin.serve("/feed", body + b"<!-- touched -->")
        assert world.poll(moody) == PollSummary(feeds=1, entries=4)  # told once, not with every poll
        assert world.inbox.counts() == counts

    def test_every_poll_is_accounted_for(self, world: World) -> None:
        one, two = rss("One"), rss("Two", "One")
        answers = iter([(200, one), (304, b""), (304, b""), (200, one), (500, b""), (500, b""), (200, two)])

        def page(exchange: Exchange) -> None:
            status, body = next(answers)
            exchange.reply(body, status, ETag='"1"')

        world.origin.pages["/feed"] = page
        url = world.origin.url("/feed")
        world.follow(url)
        for _ in range(7):
            world.poll()
        state = world.feeds.feed(url)
        assert state.polls == {"updated": 2, "not_modified": 2, "same_bytes": 1, "failed": 2}
        assert (state.entries, state.sent, state.skipped, state.failed) == (2, 2, {}, {})
        assert state.health is Health.FINE

    def test_entries_that_have_not_changed_by_a_byte_are_not_parsed_again(self, world: World) -> None:
        parsed: list[int] = []

        def counting(response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
            document = parse(response, feed, now, known=known)
            parsed.append(len(document.entries))
            return document

        world.parse = counting
        url = world.origin.serve("/feed", rss("Two", "One"))
        world.follow(url)
        world.poll()
        world.origin.serve("/feed", rss("Three", "Two", "One"))
        assert world.poll() == PollSummary(feeds=1, entries=3, fresh=1, sent=1)
        world.origin.serve("/feed", rss("Three", "Two", "One") + b"<!-- touched -->")
        assert world.poll() == PollSummary(feeds=1, entries=3)
        world.now += 86_400  # once a day, nothing is taken for granted
        world.origin.serve("/feed", rss("Three", "Two", "One") + b"<!-- touched again -->")
        assert world.poll() == PollSummary(feeds=1, entries=3)
        assert parsed == [2, 1, 0, 3]
        assert world.titles() == ["Two", "One", "Three"]


class TestTrouble:
    def test_errors_are_remembered_and_backed_off(self, world: World) -> None:
        pages: dict[str, tuple[bytes, int]] = {
            "/missing": (b"", 404),
            "/gone": (b"", 410),
            "/html": (b"<!doctype html><html></html>", 200),
        }
        for path in pages:
            world.origin.pages[path] = lambda exchange: exchange.reply(*pages[exchange.path])
            world.follow(world.origin.url(path))
        world.follow(world.origin.serve("/good", rss("One")))
        assert world.poll() == PollSummary(feeds=4, broken=3, entries=1, fresh=1, sent=1)
        state = {path: world.feeds.feed(world.origin.url(path)) for path in pages}
        assert "404" in state["/missing"].error
        assert state["/html"].error.startswith("not a feed: an HTML page")
        assert state["/gone"].gone
        assert not state["/missing"].gone
        assert all(one.failures == 1 and one.last_success == 0 for one in state.values())
        assert world.poll().feeds == 3

    def test_a_server_may_ask_for_a_pause(self, world: World) -> None:
        world.origin.pages["/feed"] = lambda exchange: exchange.reply(status=429, Retry_After="7200")
        world.follow(world.origin.url("/feed"))
        world.poll()
        (state,) = world.feeds.feeds()
        assert 7_200 <= state.next_poll - world.now <= 8_000

    def test_a_feed_recovers(self, world: World) -> None:
        world.follow(world.origin.url("/feed"))
        for _ in range(20):
            world.poll()
        world.origin.serve("/feed", rss("One"))
        assert world.poll().sent == 1
        (state,) = world.feeds.feeds()
        assert (state.failures, state.error) == (0, "")

    def test_a_bug_in_a_stage_is_the_feeds_trouble_only(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        world.follow(world.origin.serve("/feed", rss("One")))
        world.parse = lambda response, feed, now, known: 1 / 0  # type: ignore[assignment]
        assert world.poller().run_once() == PollSummary(feeds=1, broken=1)
        assert world.feeds.feeds()[0].error == "unexpected ZeroDivisionError: division by zero"

    def test_one_line_of_log_a_poll(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        url = world.origin.serve("/feed", rss("One", "Two"))
        world.follow(url)
        with caplog.at_level(logging.INFO, "dedup.poller"):
            world.poll()
        assert [record.getMessage() for record in caplog.records] == [
            f"{url}: 2 entries, 2 fresh: 2 sent, 0 skipped, 0 failed (first read: every 1 h)"
        ]


class TestManners:
    def test_one_refusal_holds_all_feeds_of_the_host_also_after_a_restart(self, world: World) -> None:
        world.origin.pages |= {
            f"/{n}": lambda exchange: exchange.reply(status=429, Retry_After="7200") for n in range(20)
        }
        other = world.origin.serve("/other", rss("One")).replace("127.0.0.1", "localhost")
        world.follow(*(world.origin.url(f"/{n}") for n in range(20)), other)
        assert world.poller().run_once() == PollSummary(feeds=2, broken=1, held=19, entries=1, fresh=1, sent=1)
        assert len(world.origin.requests) == 2
        held = [state for state in world.feeds.feeds() if state.why.startswith("its host")]
        assert len(held) == 19
        assert all(world.now + 7_200 < state.next_poll <= world.now + 7_201 + 900 for state in held)
        assert not any(state.failures for state in held)

        world.follow(world.origin.url("/late"))
        world.now += 1_000
        assert world.poller().run_once().held == 1  # another poller, which was not there
        assert len(world.origin.requests) == 2

    def test_a_server_that_says_not_modified_for_ever_is_asked_for_everything_within_eight_days(
        self, world: World
    ) -> None:
        title = "One"
        world.origin.pages["/feed"] = lambda exchange: (
            exchange.reply(status=304)
            if "If-None-Match" in exchange.headers
            else exchange.reply(rss(title), ETag='"1"')
        )
        world.follow(world.origin.url("/feed"))
        began = world.now
        world.poll()
        title = "Two"
        while not world.poll().sent:
            assert world.now - began < 8 * 86_400
        assert world.titles() == ["One", "Two"]

    def test_a_feed_that_has_moved_is_asked_where_it_is(self, world: World) -> None:
        new = world.origin.serve("/new", rss("One"), ETag='"1"')
        url = world.origin.redirect("/old", new, 308)
        world.follow(url)
        for _ in range(30):
            world.poll()
        state = world.feeds.feed(url)
        assert (state.moved_to, state.feed.url) == (new, url)
        asked = len(world.origin.asked("/old"))
        world.poll()
        assert len(world.origin.asked("/old")) == asked

    def test_gone_is_told(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        world.origin.pages["/feed"] = lambda exchange: exchange.reply(status=410)
        world.follow(world.origin.url("/feed"))
        world.poll()
        assert "gone (410)" in caplog.text
        (state,) = world.feeds.feeds()
        assert (state.health, state.error) == (Health.GONE, "HTTP 410 Gone")
        assert state.why == "gone (410): not asked any more"
        world.now += 365 * 86_400
        assert world.poller().run_once() == PollSummary()

    def test_a_feed_comes_back_after_three_weeks(self, world: World) -> None:
        url = world.origin.url("/feed")
        world.follow(url)
        began = world.now
        while world.now - began < 21 * 86_400:
            world.poll()
        world.origin.serve("/feed", rss("One"))
        assert world.poll().sent == 1

    def test_five_hundred_feeds_of_one_host_are_asked_one_after_the_other(self, world: World) -> None:
        page = Crowded(world)
        world.origin.pages |= {f"/{n}": page for n in range(500)}
        world.follow(*(world.origin.url(f"/{n}") for n in range(500)))
        assert world.poller(settings=PollerSettings(threads=16, host_pause_s=0)).run_once().feeds == 500
        assert page.most == 1

    def test_two_pollers_never_ask_one_host_at_the_same_time(self, world: World) -> None:
        page = Crowded(world, busy_s=0.005)
        world.origin.pages |= {f"/{n}": page for n in range(40)}
        world.follow(*(world.origin.url(f"/{n}") for n in range(40)))
        settings = PollerSettings(threads=4, feeds_in_hand=5, host_pause_s=0)
        pollers = [world.poller(settings=settings) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            polled = sum(pool.map(lambda poller: poller.run_once().feeds, pollers))
        assert page.most == 1
        assert polled >= 5


class Absent(MemoryInbox):
    """An inbox whose store is away for the first calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.left = calls

    def put(self, submissions: object) -> None:
        self.left -= 1
        if self.left >= 0:
            raise StoreError("Redis is away")
        super().put(submissions)  # type: ignore[arg-type]


class TestStoreAway:
    def test_nothing_is_lost_and_nothing_fetched_twice(self, world: World) -> None:
        world.inbox = Absent(2)
        world.follow(world.origin.serve("/feed", rss("One", "Two")))
        began = time.monotonic()
        assert world.poll().sent == 2
        assert time.monotonic() - began >= 3 * FIRST_WAIT_S
        assert world.titles() == ["One", "Two"]
        assert len(world.origin.asked("/feed")) == 1

    def test_a_stop_in_the_meantime_leaves_the_feed_as_it_was(self, world: World) -> None:
        inbox = world.inbox = Absent(10**6)
        world.follow(world.origin.serve("/feed", rss("One")))
        before = world.feeds.feeds()
        with ThreadPoolExecutor(1) as pool:
            polled = pool.submit(world.poller().run_once)
            eventually(lambda: inbox.left < 10**6)
            world.stop.set()
            assert polled.result(10) == PollSummary()
        assert world.feeds.feeds() == before
        assert world.feeds.claim(world.now + 900, 1, 1) == before  # once the lease is over


class TestRunning:
    def test_feeds_are_polled_as_they_fall_due_until_stopped(self, world: World) -> None:
        urls = [world.origin.serve(f"/feed{n}", rss(f"Story {n}")) for n in range(30)]
        world.follow(*urls)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(world.poller().run)
            eventually(lambda: world.inbox.waiting() == 30)
            world.follow(world.origin.serve("/late", rss("Late story")))
            eventually(lambda: world.inbox.waiting() == 31)
            world.stop.set()
            running.result(10)
        assert len(world.origin.requests) == 31

    def test_a_host_has_one_request_at_a_time(self, world: World) -> None:
        lock = threading.Lock()
        in_flight = 0
        most = 0

        def page(exchange: Exchange) -> None:
            nonlocal in_flight, most
            with lock:
                in_flight += 1
                most = max(most, in_flight)
            world.origin.closing.wait(0.01)
            with lock:
                in_flight -= 1
            exchange.reply(rss("One"))

        world.origin.pages |= {f"/{n}": page for n in range(20)}
        world.follow(*(world.origin.url(f"/{n}") for n in range(20)))
        assert world.poll().feeds == 20
        assert most == 1

    def test_a_slow_host_does_not_hold_up_the_others(self, world: World) -> None:
        world.origin.pages["/slow"] = world.origin.silent
        world.origin.serve("/quick", rss("Quick"))
        slow, quick = world.origin.url("/slow"), world.origin.url("/quick", "localhost")
        world.follow(slow, quick)
        with ThreadPoolExecutor(1) as pool:
            polled = pool.submit(world.poller().run_once)
            eventually(lambda: world.inbox.waiting() == 1, 1.5)
            world.origin.closing.set()
            assert polled.result(10).feeds == 2

    def test_feeds_in_line_are_given_back_when_stopped(self, world: World) -> None:
        begun = threading.Event()

        def page(exchange: Exchange) -> None:
            begun.set()
            world.origin.closing.wait(10)
            exchange.reply(rss("One"))

        world.origin.pages |= {f"/{n}": page for n in range(5)}
        world.follow(*(world.origin.url(f"/{n}") for n in range(5)))
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(world.poller().run)
            assert begun.wait(10)
            world.stop.set()
            world.origin.closing.set()
            running.result(10)
        due: list[FeedState] = world.feeds.claim(world.now, 10, 1)
        assert len(due) == 4
        assert due == [replace(state, next_poll=0) for state in due]
