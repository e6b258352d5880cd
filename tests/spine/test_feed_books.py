"""One contract for every FeedBook, held by both twins."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dedup.edges.redis_store.feeds import FEED_SCRIPTS, RedisFeedBook
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Wire
from dedup.following.freshness import digest
from dedup.nouns.errors import NotFoundError, StoreError
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState, Moving, Pace
from dedup.nouns.subscription import Subscription
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.store import FeedBook

A, B, C = (Feed(f"https://h.example/{name}", name.upper()) for name in "abc")


@pytest.fixture(params=["memory", "redis"])
def book(request: pytest.FixtureRequest, namespace: str) -> FeedBook:
    if request.param == "memory":
        return MemoryFeedBook()
    return _in_redis(request.getfixturevalue("redis_client"), namespace)


def urls(states: list[FeedState]) -> list[str]:
    return [state.feed.url for state in states]


class TestContract:
    def test_followed_feeds_are_listed_by_url(self, book: FeedBook) -> None:
        assert book.feeds() == []
        assert book.follow([C, A, B]) == 3
        assert [state.feed for state in book.feeds()] == [A, B, C]
        assert book.feed(A.url) == FeedState(A)

    def test_following_again_keeps_what_is_known(self, book: FeedBook) -> None:
        book.follow([A])
        state = replace(book.feed(A.url), entries=7, next_poll=500)
        book.remember(state)
        assert book.follow([replace(A, title="Other"), B, B]) == 1
        assert book.feed(A.url) == state
        assert book.follow([]) == 0

    def test_everything_is_remembered(self, book: FeedBook) -> None:
        book.follow([A])
        state = FeedState(
            feed=replace(A, title="Ny tittel \N{GRINNING FACE}", source="Harbour", full_text=True),
            next_poll=1_000,
            interval_s=1_800,
            why="nothing new",
            validators=Validators('W/"\xe9"', "yesterday"),
            body_digest="d",
            last_poll=900,
            last_success=800,
            failures=2,
            error="HTTP 500",
            entries=12,
            seen={"a": "1", "b": "2"},
            held=20,
            fresh=3,
            pace=Pace(3_600, frozenset({1, 2}), frozenset({6})),
            gap_s=60,
            last_full=700,
            last_news=600,
            moving=Moving("https://new.example/", 2, 19_000),
            moved_to="https://now.example/",
            prints={"p": "a"},
            last_whole=650,
            polls={"updated": 4, "failed": 2},
            sent=10,
            skipped={"empty": 1},
            failed={"ValueError": 1},
        )
        book.remember(state)
        assert book.feed(A.url) == state
        assert book.feeds() == [state]
        assert book.claim(1_000, 1, 60) == [state]

    def test_many_feeds_are_remembered_at_once_but_for_those_that_are_not_followed_any_more(
        self, book: FeedBook
    ) -> None:
        book.follow([A, C])
        states = [FeedState(A, next_poll=300), FeedState(B, next_poll=100), FeedState(C, gone=True)]
        book.remember(*states)
        book.remember()
        assert book.feeds() == [states[0], states[2]]
        assert book.claim(10**9, 10, 60) == [states[0]]

    def test_unfollowed_feeds_are_forgotten(self, book: FeedBook) -> None:
        book.follow([A, B])
        (first, *_) = book.claim(10, 1, 60)
        assert book.unfollow(A.url)
        assert not book.unfollow(A.url)
        book.remember(first)
        with pytest.raises(NotFoundError, match="no feed"):
            book.feed(A.url)
        assert urls(book.feeds()) == [B.url]
        assert urls(book.claim(10_000, 10, 60)) == [B.url]

    def test_due_feeds_come_most_overdue_first(self, book: FeedBook) -> None:
        book.follow([A, B, C])
        for feed, due in ((A, 300), (B, 100), (C, 200)):
            book.remember(FeedState(feed, next_poll=due))
        assert book.claim(99, 10, 60) == []
        assert urls(book.claim(200, 10, 60)) == [B.url, C.url]

    def test_a_claimed_feed_is_nobody_elses_until_its_lease_ends(self, book: FeedBook) -> None:
        book.follow([A, B, C])
        assert urls(book.claim(100, 2, 60)) == [A.url, B.url]
        assert urls(book.claim(100, 2, 60)) == [C.url]
        assert book.claim(159, 10, 60) == []
        assert urls(book.claim(160, 10, 60)) == [A.url, B.url, C.url]

    def test_remembering_ends_the_lease(self, book: FeedBook) -> None:
        book.follow([A])
        (state,) = book.claim(100, 1, 60)
        book.remember(replace(state, next_poll=110))
        assert book.claim(109, 1, 60) == []
        assert urls(book.claim(110, 1, 60)) == [A.url]

    def test_a_feed_that_is_gone_is_not_claimed(self, book: FeedBook) -> None:
        book.follow([A])
        book.remember(FeedState(A, next_poll=1, gone=True))
        assert book.claim(10**9, 10, 60) == []
        assert book.feed(A.url).gone
        book.follow([A])
        assert book.claim(10**9, 10, 60) == []
        book.remember(FeedState(A, next_poll=1))
        assert urls(book.claim(10**9, 10, 60)) == [A.url]

    def test_no_feed_is_claimed_twice_by_pollers_side_by_side(self, book: FeedBook) -> None:
        book.follow([Feed(f"https://h.example/{n:04}") for n in range(1_200)])
        begin = threading.Barrier(4)

        def claim_all() -> list[str]:
            begin.wait(10)
            mine: list[str] = []
            while claimed := book.claim(100, 7, 60):
                mine += urls(claimed)
            return mine

        with ThreadPoolExecutor(4) as pool:
            claimed = [url for future in [pool.submit(claim_all) for _ in range(4)] for url in future.result()]
        assert len(claimed) == 1_200
        assert set(claimed) == set(urls(book.feeds()))


class TestSites:
    def test_feeds_of_one_site_belong_to_one_poller_at_a_time(self, book: FeedBook) -> None:
        other = Feed("https://user@OTHER.example:81/x?y#z")
        book.follow([A, B, other])
        assert urls(book.claim(100, 1, 60, "one")) == [A.url]
        assert urls(book.claim(100, 9, 60, "two")) == [other.url]
        assert book.claim(104, 9, 60, "two") == []
        assert book.claim(105, 9, 60, "two") == []  # looked at again, and still the other's
        assert urls(book.claim(110, 9, 60, "one")) == [B.url]

    def test_a_released_site_is_anybodys(self, book: FeedBook) -> None:
        book.follow([A, B])
        assert urls(book.claim(100, 1, 60, "one")) == [A.url]
        book.release([A.url], "two")
        assert book.claim(100, 9, 60, "two") == []
        book.release([A.url], "one", kept=[B.url])
        assert book.claim(105, 9, 60, "two") == []
        book.release([A.url], "one")
        assert urls(book.claim(110, 9, 60, "two")) == [B.url]

    def test_the_sites_of_a_poller_that_died_are_free_when_its_lease_ends(self, book: FeedBook) -> None:
        book.follow([A, B])
        book.claim(100, 1, 60, "one")
        assert set(urls(book.claim(160, 9, 60, "two"))) == {A.url, B.url}

    def test_holds_are_remembered_and_only_grow(self, book: FeedBook) -> None:
        assert book.holds(["h.example"]) == {}
        book.hold("h.example", 500, 100)
        book.hold("h.example", 400, 100)
        assert book.holds(["h.example", "i.example"]) == {"h.example": 500}
        assert book.holds([]) == {}

    def test_holds_that_are_over_are_forgotten(self, book: FeedBook) -> None:
        book.hold("h.example", 500, 100)
        book.hold("i.example", 600, 100)
        book.hold("j.example", 900, 500)
        assert book.holds(["h.example", "i.example", "j.example"]) == {"i.example": 600, "j.example": 900}

    def test_subscriptions_live_as_long_as_their_feed(self, book: RedisFeedBook | MemoryFeedBook) -> None:
        book.follow([A])
        name, known = digest(A.url), Subscription(A.url, "https://hub.example/", A.url, "token", "secret", 5, 6, 7)
        assert book.subscription(name) is None
        book.subscribe(name, known)
        assert book.subscription(name) == known
        book.unfollow(A.url)
        assert book.subscription(name) is None

    def test_hastened_feeds_are_due_sooner_never_later(self, book: RedisFeedBook | MemoryFeedBook) -> None:
        book.follow([A, B])
        book.remember(FeedState(A, next_poll=500))
        book.remember(FeedState(B, next_poll=500, gone=True))
        for at in (600, 300):
            assert book.claim(499, 9, 60) == []
            for url in (A.url, B.url, C.url):
                book.hasten(url, at)
        assert urls(book.claim(300, 9, 60)) == [A.url]


class TestRedis:
    def test_keys_share_a_hash_tag_and_do_not_expire(self, redis_client: redis.Redis, namespace: str) -> None:
        book = _in_redis(redis_client, namespace)
        book.follow([A])
        book.claim(1, 1, 60)
        keys = set(redis_client.scan_iter(f"{namespace}:*", count=10_000))
        assert keys == {f"{namespace}:{{feeds}}:due".encode(), f"{namespace}:{{feeds}}:state".encode()}
        assert {redis_client.ttl(key) for key in keys} == {-1}

    def test_scripts_survive_a_restart_of_redis(self, redis_client: redis.Redis, namespace: str) -> None:
        book = _in_redis(redis_client, namespace)
        book.follow([A])
        redis_client.script_flush()
        assert urls(book.claim(1, 1, 60)) == [A.url]

    def test_a_redis_that_is_away_is_a_store_error(self, tmp_path: Path) -> None:
        with redis.Redis(unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0)) as client:
            book = _in_redis(client, "t")
            for call in (book.feeds, lambda: book.claim(1, 1, 1), lambda: book.unfollow("u"), lambda: book.follow([A])):
                with pytest.raises(StoreError, match="Redis is away") as caught:
                    call()
                assert isinstance(caught.value.__cause__, redis.ConnectionError)


def _in_redis(client: redis.Redis, namespace: str) -> RedisFeedBook:
    return RedisFeedBook(Wire(client, FEED_SCRIPTS), Keys(namespace))
