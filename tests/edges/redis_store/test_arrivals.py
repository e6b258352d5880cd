"""Whoever lives on is listed on: entries of the arrivals go with the window, stories that run on do not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import cast

import pytest
import redis

from dedup.edges.redis_store import RedisStore
from dedup.edges.redis_store.arrivals import AGAIN
from dedup.edges.redis_store.keys import Keys
from dedup.grouping import levels, wording
from dedup.nouns.feed import Entry
from dedup.reading.identity import ref_of
from dedup.spine.pipeline import Pipeline

DAY_S = 86_400
WINDOW_S = 14 * DAY_S


class Days:
    """A store whose clock is put forward by hand. What it lists has Redis's time: later days find all of it old."""

    def __init__(self, client: redis.Redis, namespace: str, start: float) -> None:
        self.now = start
        self._client, self._arrivals = client, f"{namespace}:arrivals"
        self.store = RedisStore(client, namespace, window_s=WINDOW_S, clock=lambda: self.now)
        self.store.prepare()
        self._pipeline = Pipeline(self.store, window_s=WINDOW_S, clock=lambda: self.now)

    def print(self, story: int, *prints: str) -> None:
        words = " ".join(f"{random.Random(story * 1000 + place).getrandbits(64):x}" for place in range(80))
        self._pipeline.ingest(
            Entry(source=each, id=f"{story}{each}", title=f"Bridge {story}", content=f"{words}.", seen=int(self.now))
            for each in prints
        )

    def entries(self) -> list[bytes]:
        return [entry for entry, _ in cast(list[tuple[bytes, object]], self._client.xrange(self._arrivals))]

    def forget(self, entries: list[bytes]) -> None:
        self._client.xdel(self._arrivals, *entries)

    def listed(self) -> list[tuple[str, int]]:
        return sorted((cluster.id, len(cluster.members)) for cluster in self.store.clusters().clusters)


@pytest.fixture
def days(redis_client: redis.Redis, namespace: str) -> Iterator[Days]:
    seconds, _ = redis_client.time()
    return Days(redis_client, namespace, seconds)  # type: ignore[return-value]


def test_a_story_that_grows_stays_listed_when_its_first_entry_goes(days: Days) -> None:
    days.print(1, "a", "b")
    days.print(2, "a")
    first = days.entries()
    days.now += 10 * DAY_S
    days.print(1, "c")
    assert days.listed() == [("1a", 3), ("2a", 1)], "and once"
    assert days.store.counts()["articles"] == 4
    days.forget(first)
    assert days.listed() == [("1a", 3)]


def test_all_articles_of_a_story_that_grows_are_counted_once(days: Days) -> None:
    days.print(1, "a", "b", "c")
    for number in range(1, 6):
        days.now += WINDOW_S / AGAIN + DAY_S
        days.print(1, f"p{number}")
        assert days.store.counts()["articles"] == 3 + number


def test_who_was_listed_a_moment_ago_is_not_listed_again(days: Days) -> None:
    for number in range(5):
        days.print(1, f"p{number}")
    assert len(days.entries()) == 5
    days.now += WINDOW_S / AGAIN - 60
    days.print(1, "late")
    assert len(days.entries()) == 6
    days.now += 120
    days.print(1, "later")
    assert len(days.entries()) == 8, "the newcomer, and all others together"


def test_who_reads_pages_meets_every_story_though_it_is_listed_again(days: Days) -> None:
    for story in range(6):
        days.print(story, "a", "b")
    page = days.store.clusters(limit=2)
    seen = [cluster.id for cluster in page.clusters]
    days.now += 10 * DAY_S
    days.print(4, "c")
    days.print(0, "c")
    while page.after:
        page = days.store.clusters(after=page.after, limit=2)
        seen += [cluster.id for cluster in page.clusters]
    assert sorted(name[0] for name in seen[:2]) == ["0", "1"]
    assert {name[0] for name in seen} == {f"{story}" for story in range(6)}


@pytest.mark.parametrize("articles_most", [levels.ARTICLES_MOST, 5])
def test_a_crowd_that_grows_stays_listed(days: Days, monkeypatch: pytest.MonkeyPatch, articles_most: int) -> None:
    """Its articles are placed again only when it is renewed; with five at most it is a throng."""
    monkeypatch.setattr(wording, "CROWD", 3)
    monkeypatch.setattr(levels, "ARTICLES_MOST", articles_most)
    days.print(1, *(f"p{number}" for number in range(8)))
    days.print(1, "next")
    first = days.entries()
    days.now += 10 * DAY_S
    days.print(1, "late")
    assert days.store.counts()["articles"] == 10
    days.forget(first)
    assert [size for _, size in days.listed()] == [10]


def test_arrivals_live_as_long_as_those_in_them(redis_client: redis.Redis, namespace: str, days: Days) -> None:
    days.print(1, "a")
    arrivals = f"{namespace}:arrivals"
    redis_client.expire(arrivals, 60)
    days.store.place(days.store.placements([ref_of("1a")]), ())
    assert redis_client.ttl(arrivals) == redis_client.ttl(Keys(namespace).record(ref_of("1a")))
