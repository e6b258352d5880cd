"""Shards: how many strings the postings of a partition are spread over. There are more as the index grows.

Of small shards, their keys cost as much as what they hold; large ones take long to read. So a partition begins with a
few, and one is divided whenever postings go to large ones (grow.lua): shards stay between half of LARGE_BYTES and that,
at ten thousand articles as at a million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.edges.redis_store.keys import PARTITIONS, Keys
from dedup.edges.redis_store.wire import Command, Script, Wire

GROW = Script.load("grow")
BASES = 16
"""Shards that a partition begins with; the four bits of a key that are not in its field choose among them."""
FIELD_BITS = 24
"""Bits of a key that an entry holds: with the ones that choose partition and base 34. At a million articles of 57 keys
an article finds one in five times somebody who does not share a key with it."""
LARGE_BYTES = 8_192
"""A shard that is to be divided. Its key and the marks of its days cost 240 bytes."""
ENTRY_BYTES = 7
"""Of post.lua."""
POSTINGS_MOST = 256
"""Of one script, but for those of one shard: it takes a millisecond or two, in which the server answers nobody else."""

Numbers = NDArray[np.uint64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """Postings of some shards of a partition, those of one shard together: their places among those asked about; the
    keys that post.lua is told of, and the number of shards by which these were chosen (0: only the partition's is
    told)."""

    partition: int
    members: Places
    names: list[str]
    chosen_by: int


class Shards:
    """The shards of one band index. Threads may share it: what it remembers is checked by the scripts."""

    def __init__(self, wire: Wire, keys: Keys, kind: str, ttl_s: int) -> None:
        self._wire = wire
        self._keys = keys
        self._kind = kind
        self._ttl_s = ttl_s
        self._known: dict[int, int] = {}

    def learn(self, partition: int, count: int) -> None:
        """Remember how many shards a partition has."""
        self._known[partition] = count

    def groups(self, partitions: Places, places: Numbers) -> list[Group]:
        """Postings of these partitions and places: by partition, and within one by shard, as far as is known. A shard
        is in one group, so whoever shares a key is looked up and inserted in one step."""
        counts = np.array([self._known.get(partition, BASES) for partition in range(PARTITIONS)], np.uint64)
        shards = _shards_of(places, counts[partitions])
        order = np.lexsort((shards, partitions))
        return [
            self._group(int(partitions[members[0]]), counts, members, shards[members])
            for members in np.split(order, _cuts(partitions[order], shards[order]))
        ]

    def _group(self, partition: int, counts: Numbers, members: Places, shards: Numbers) -> Group:
        """A Redis Cluster wants to be told of all keys of a script; one server finds them by itself."""
        name = self._keys.partition(partition, self._kind)
        if self._wire.is_cluster:
            names = [name, *(f"{name}{number}" for number in shards.tolist())]
            return Group(partition, members, names, int(counts[partition]))
        return Group(partition, members, [name], 0)

    def grow(self, told: Mapping[int, tuple[int, int, int]]) -> None:
        """Divide shards of those partitions that have large ones: `told` is how many shards each has, how many postings
        went to large ones, and how many to all. There will be at most one more than these fill: shards that began
        together become large together, and all would be divided because of one batch."""
        commands: list[Command] = []
        for partition, (count, large, postings) in told.items():
            name = self._keys.partition(partition, self._kind)
            for shards in range(count, count + min(large, 1 + postings * ENTRY_BYTES // LARGE_BYTES)):
                divided = f"{name}{shards - _power(shards)}"
                commands.append(GROW.call([name, divided, f"{name}{shards}"], [BASES, shards, self._ttl_s]))
        self._wire.run(commands)


def _cuts(partitions: Places, shards: Numbers) -> list[int]:
    """Where to cut postings that stand in this order: between partitions, and between shards before there are more than
    POSTINGS_MOST in a row."""
    changed = np.diff(partitions, prepend=-1) != 0
    firsts = np.flatnonzero(changed | (np.diff(shards, prepend=shards[:1]) != 0))
    cuts, start = [], 0
    for first, end, is_new in zip(firsts.tolist(), [*firsts[1:].tolist(), len(shards)], changed[firsts], strict=True):
        if first > start and (is_new or end - start > POSTINGS_MOST):
            cuts.append(first)
            start = first
    return cuts


def _shards_of(places: Numbers, counts: Numbers) -> Numbers:
    """In which shard a key of each place is, if its partition has so many (see post.lua)."""
    wholes = np.full(len(counts), BASES, np.uint64)
    while (more := wholes < counts).any():
        wholes[more] *= np.uint64(2)
    within = places & np.uint64((BASES << FIELD_BITS) - 1)
    found = within % wholes
    return np.where(found < counts, found, within % (wholes // np.uint64(2)))


def _power(shards: int) -> int:
    """The highest power of two times BASES that is not above `shards`."""
    power: int = BASES << (shards // BASES).bit_length() - 1
    return power
