"""The packed shards hold against a plain dictionary, day after day; and neither memory nor log grows with the shard."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import cast

import pytest
import redis

from dedup.edges.redis_store.bands import DAY_S, POST, Bands
from dedup.edges.redis_store.connect import Client
from dedup.edges.redis_store.keys import PARTITIONS, Keys
from dedup.edges.redis_store.shards import BASES, FIELD_BITS, GROW, LARGE_BYTES
from dedup.edges.redis_store.wire import Wire
from dedup.spine.filing import LASTING
from dedup.spine.memory_bands import MemoryBands
from dedup.spine.store import BUCKET_CAP

WINDOW_DAYS = 3
ENTRY_BYTES = 7
"""Of post.lua."""


class Days:
    """A clock that is set forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0 * DAY_S

    def __call__(self) -> float:
        return self.now

    @property
    def number(self) -> int:
        return int(self.now // DAY_S)


def bands(client: Client, namespace: str, clock: Days) -> Bands:
    return Bands(Wire(client, [POST, GROW]), Keys(namespace), WINDOW_DAYS * DAY_S, clock)


def place(key: int) -> int:
    """Partition, base and field: what is told apart."""
    return key % (PARTITIONS * BASES << FIELD_BITS)


def test_shards_hold_what_a_dictionary_holds(redis_client: redis.Redis, namespace: str) -> None:
    hold_against_a_dictionary(redis_client, namespace)


def test_shards_hold_it_while_they_are_divided(
    redis_client: redis.Redis, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.edges.redis_store.bands.LARGE_BYTES", 6 * ENTRY_BYTES)
    hold_against_a_dictionary(redis_client, namespace)
    assert shards_of(redis_client, namespace, 0) > 3 * BASES


def shards_of(client: Client, namespace: str, partition: int) -> int:
    return int(cast(bytes, client.get(Keys(namespace).partition(partition)) or BASES))


def hold_against_a_dictionary(client: Client, namespace: str) -> None:
    """Two writers, each with its own idea of how many shards there are."""
    chance, clock = random.Random(1), Days()
    writers = [bands(client, namespace, clock) for _ in range(2)]
    keys = {place(key): key for key in ((chance.getrandbits(64) & ~0x3F) | chance.randrange(3) for _ in range(300))}
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
        assert chance.choice(writers).touch([(ref, some)], insert) == [expected]


def test_a_shard_is_written_in_place_and_has_little_room_to_spare(redis_client: redis.Redis, namespace: str) -> None:
    index, count = bands(redis_client, namespace, Days()), 2_000
    for start in range(1, count, 100):
        index.touch([(ref, [alike(ref)]) for ref in range(start, start + 100)], insert=True)
    size = redis_client.strlen(Keys(namespace).partition(0) + "0")
    assert count * ENTRY_BYTES < size < count * ENTRY_BYTES * 1.07
    singly = [[(ref, [alike(ref)])] for ref in range(count + 1, count + 101)]
    assert written(redis_client, index, singly)["cmdstat_setrange"] >= 95


def test_what_a_batch_puts_into_one_shard_is_written_once(redis_client: redis.Redis, namespace: str) -> None:
    index = bands(redis_client, namespace, Days())
    batch = [(ref, [alike(ref % 300)]) for ref in range(1, 601)]
    assert sum(written(redis_client, index, [batch]).values()) == 1
    assert index.touch([(1_000, [alike(7)])], insert=False) == [{7, 307}]


def test_writers_whose_clocks_are_days_apart_write_no_more(redis_client: redis.Redis, namespace: str) -> None:
    ahead, behind, count = Days(), Days(), 2_000
    ahead.now += 2 * DAY_S
    writers = [bands(redis_client, namespace, clock) for clock in (behind, ahead)]
    for start in range(1, count, 10):
        writers[start // 10 % 2].touch([(ref, [alike(ref)]) for ref in range(start, start + 10)], insert=True)
    size = redis_client.strlen(Keys(namespace).partition(0) + "0")
    assert count * ENTRY_BYTES < size < count * ENTRY_BYTES * 1.07
    found = writers[0].touch([(0, [alike(ref)]) for ref in range(1, count + 1)], insert=False)
    assert found == [{ref} for ref in range(1, count + 1)]


def written(client: redis.Redis, index: Bands, batches: list[list[tuple[int, list[int]]]]) -> dict[str, int]:
    """How often Redis writes a string while these are posted."""
    before = client.info("commandstats")
    for batch in batches:
        index.touch(batch, insert=True)
    after = client.info("commandstats")
    names = [name for name in ("cmdstat_set", "cmdstat_setrange") if name in after]
    return {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in names}


def alike(ref: int) -> int:
    """A key of a shard that 2,000 of these do not get divided: their fields differ in the high bits only."""
    return ref * PARTITIONS * BASES << 12


def test_shards_stay_small_as_the_index_grows(redis_client: redis.Redis, namespace: str) -> None:
    index, chance = bands(redis_client, namespace, Days()), random.Random(1)
    keys = [chance.getrandbits(64) // PARTITIONS * PARTITIONS for _ in range(40_000)]
    for start in range(0, len(keys), 100):
        index.touch([(ref + 1, [keys[ref]]) for ref in range(start, start + 100)], insert=True)
    name, count = Keys(namespace).partition(0), shards_of(redis_client, namespace, 0)
    sizes = [redis_client.strlen(f"{name}{number}") for number in range(count)]
    assert max(sizes) < 1.2 * LARGE_BYTES
    assert sum(sizes) / count > 0.4 * LARGE_BYTES
    found = index.touch([(0, [key]) for key in keys], insert=False)
    assert all(ref in others for ref, others in enumerate(found, start=1))
    assert redis_client.ttl(name) > 0


def test_a_full_key_keeps_the_lowest_refs(redis_client: redis.Redis, namespace: str) -> None:
    index = bands(redis_client, namespace, Days())
    for ref in range(3 * BUCKET_CAP, 0, -1):
        index.touch([(ref, [7, 8])], insert=True)
    assert index.touch([(0, [7, 8])], insert=False) == [set(range(1, BUCKET_CAP + 1))]
    assert index.touch([(0, [7])], insert=False) == [set()]


def test_a_field_that_a_whole_batch_shares_holds_the_lowest_refs(redis_client: redis.Redis, namespace: str) -> None:
    """It is read once a batch, and those who are told the same are told so."""
    chance, clock = random.Random(2), Days()
    index = bands(redis_client, namespace, clock)
    kept: list[int] = []
    for size in (1, 40, 60, 90, 90):
        batch = [chance.randrange(1, 1 << 32) for _ in range(size)] + chance.sample(kept, min(len(kept), 5))
        found = index.touch([(ref, [5, 7]) for ref in batch], insert=True)
        for ref, others in zip(batch, found, strict=True):
            assert others == set(kept) - {ref}
            kept = sorted({*kept, ref})[:BUCKET_CAP]
    assert index.touch([(0, [5, 7]), (kept[3], [5, 7])], insert=False) == [set(kept), set(kept) - {kept[3]}]


def test_of_many_candidates_the_nearest_are_told(redis_client: redis.Redis, namespace: str) -> None:
    index = bands(redis_client, namespace, Days())
    keys = [number << 16 for number in range(40)]
    for start in range(0, 400, 10):
        index.touch([(ref + 1, [keys[start // 10]]) for ref in range(start, start + 10)], insert=True)
    near = set(range(391, 401))
    index.touch([(ref, keys[:3]) for ref in near], insert=True)
    [found] = index.touch([(1_000, keys)], insert=False)
    assert len(found) == LASTING.most
    assert near <= found
    twin = MemoryBands()
    twin.post([(ref + 1, [keys[ref // 10]]) for ref in range(400)])
    twin.post([(ref, keys[:3]) for ref in sorted(near)])
    assert twin.found(1_000, keys) == found
