"""The hint when no feed can be fetched."""

from __future__ import annotations

import threading
from dataclasses import replace

from dedup.doors.first_round import HINT, watch_first_round
from dedup.nouns.feed import Feed
from tests.doors.conftest import Dedup, TinyHouse, eventually
from tests.tiny import NOON, TinyStore, tiny_desk

FEEDS = [Feed("https://a.example/rss"), Feed("https://b.example/rss")]


def polled(store: TinyStore, *, failing: int) -> None:
    for number, state in enumerate(store.claim(NOON, 100, 60)):
        failed = number < failing
        store.remember(replace(state, last_poll=NOON, failures=int(failed), last_success=0 if failed else NOON))


def hints(store: TinyStore) -> list[str]:
    """What was said until the watch had seen enough, or for three seconds."""
    told: list[str] = []
    stop = threading.Event()
    watch = threading.Thread(target=watch_first_round, args=(tiny_desk(store), told.append, stop))
    watch.start()
    eventually(lambda: bool(told), patience_s=3)
    stop.set()
    watch.join()
    return told


def test_the_sample_is_offered_when_every_feed_fails() -> None:
    store = TinyStore()
    store.follow(FEEDS)
    polled(store, failing=2)
    assert hints(store) == [HINT]


def test_nothing_is_said_when_one_feed_is_fine() -> None:
    store = TinyStore()
    store.follow(FEEDS)
    polled(store, failing=1)
    assert hints(store) == []


def test_one_round_of_nothing_but_failures_offers_it_too(dedup: Dedup, house: TinyHouse) -> None:
    assert HINT not in dedup("run", "--once").stdout
    house.store.follow(FEEDS)
    house.failing = True
    assert HINT in dedup("run", "--once").stdout
