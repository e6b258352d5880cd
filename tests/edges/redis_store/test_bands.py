"""The packed shards hold against a plain dictionary, day after day; and neither memory nor log grows with the shard."""

from __future__ import annotations

import random
from collections import defaultdict

import redis

from dedup.edges.redis_store.bands import DAY_S, POST, Bands
from dedup.edges.redis_store.keys import PARTITIONS, SHARDS, Keys
from dedup.edges.redis_store.wire import Wire
from dedup.spine.store import BUCKET_CAP

WINDOW_DAYS = 3


class Days:
    """A clock that is set forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0 * DAY_S

    def __call__(self) -> float:
        return self.now

    @property
    def number(self) -> int:
        return int(self.now // DAY_S)


def bands(client: redis.Redis, namespace: str, clock: Days) -> Bands:
    return Bands(Wire(client, [POST]), Keys(namespace), WINDOW_DAYS * DAY_S, clock)


def place(key: int) -> tuple[int, int]:
    """Partition and shard together, and field: what is told apart."""
    return key % (PARTITIONS * SHARDS), key // (PARTITIONS * SHARDS) % 65_536


def test_shards_hold_what_a_dictionary_holds(redis_client: redis.Redis, namespace: str) -> None:
    chance, clock = random.Random(1), Days()
    index = bands(redis_client, namespace, clock)
    keys = {place(key): key for key in ((chance.getrandbits(64) & ~0xFFFF) | chance.randrange(3) for _ in range(300))}
    oracle: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for _ in range(2_000):
        clock.now += chance.choice([0, 0, 0, 0, 3_600, 20_000])
        ref, some, insert = chance.randrange(1, 400), chance.sample([*keys.values()], 4), chance.random() < 0.8
        expected: set[int] = set()
        for key in some:
            posted = oracle[key]
            for old in [other for other, day in posted.items() if day < clock.number - WINDOW_DAYS]:
                del posted[old]
            expected |= posted.keys() - {ref}
            if insert:
                posted[ref] = clock.number
        assert index.touch([(ref, some)], insert) == [expected]


def test_a_shard_is_written_in_place_and_has_little_room_to_spare(redis_client: redis.Redis, namespace: str) -> None:
    index, count = bands(redis_client, namespace, Days()), 2_000
    for start in range(1, count, 100):
        index.touch([(ref, [ref << 16]) for ref in range(start, start + 100)], insert=True)
    size = redis_client.strlen(Keys(namespace).partition(0) + "0000")
    assert count * 8 < size < count * 8 * 1.07
    before = redis_client.info("commandstats")
    index.touch([(ref, [ref << 16]) for ref in range(count + 1, count + 101)], insert=True)
    after = redis_client.info("commandstats")
    written = {name: after[name]["calls"] - before[name]["calls"] for name in ("cmdstat_set", "cmdstat_setrange")}
    assert written["cmdstat_setrange"] >= 98


def test_a_full_key_keeps_the_lowest_refs(redis_client: redis.Redis, namespace: str) -> None:
    index = bands(redis_client, namespace, Days())
    for ref in range(3 * BUCKET_CAP, 0, -1):
        index.touch([(ref, [7, 8])], insert=True)
    assert index.touch([(0, [7, 8])], insert=False) == [set(range(1, BUCKET_CAP + 1))]
    assert index.touch([(0, [7])], insert=False) == [set()]
