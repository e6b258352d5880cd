"""Shards: how many strings the postings of a partition are spread over. There are more as the index grows.

Of small shards, their keys cost as much as what they hold; large ones take long to read. So a partition begins with a
few, and one is divided whenever postings go to large ones (grow.lua): shards stay between half of LARGE_BYTES and that,
at ten thousand articles as at a million.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Command, Script, Wire

GROW = Script.load("grow")
BASES = 16
"""Shards that a partition begins with; the four bits of a key that are not in its field choose among them."""
FIELD_BITS = 24
"""Bits of a key that an entry holds: with the ones that choose partition and base 34. At a million articles of 57 keys
an article finds one in five times somebody who does not share a key with it."""
LARGE_BYTES = 4_096
"""A shard that is to be divided. Its key and the marks of its days cost 240 bytes."""
MOST_AT_ONCE = 8
"""Shards that one batch adds to a partition."""


class Shards:
    """The shards of one band index. Threads may share it: what it remembers is checked by the scripts."""

    def __init__(self, wire: Wire, keys: Keys, kind: str, ttl_s: int) -> None:
        self._wire = wire
        self._keys = keys
        self._kind = kind
        self._ttl_s = ttl_s
        self._known: dict[int, int] = {}

    def chosen_by(self, partition: int) -> int:
        """The number of shards by which `names` chooses; 0 where it need not: a Redis Cluster wants to be told of all
        keys of a script, one server finds them by itself."""
        return self._known.get(partition, BASES) if self._wire.is_cluster else 0

    def learn(self, partition: int, count: int) -> None:
        """Remember how many shards a partition has."""
        self._known[partition] = count

    def names(self, partition: int, places: NDArray[np.uint64], chosen_by: int) -> list[str]:
        """The keys that post.lua is told of, for keys at these places of the partition."""
        name = self._keys.partition(partition, self._kind)
        if not chosen_by:
            return [name]
        whole = np.uint64(_power(chosen_by - 1) * 2 if chosen_by > BASES else BASES)
        within = places & np.uint64((BASES << FIELD_BITS) - 1)
        numbers = within % whole
        numbers = np.where(numbers < chosen_by, numbers, within % (whole // np.uint64(2)))
        return [name, *(f"{name}{number}" for number in numbers.tolist())]

    def grow(self, told: Mapping[int, tuple[int, int]]) -> None:
        """Divide shards of those partitions that have large ones: `told` is how many shards each has, and how many
        postings went to large ones."""
        commands: list[Command] = []
        for partition, (count, large) in told.items():
            name = self._keys.partition(partition, self._kind)
            for shards in range(count, count + min(large, MOST_AT_ONCE)):
                divided = f"{name}{shards - _power(shards)}"
                commands.append(GROW.call([name, divided, f"{name}{shards}"], [BASES, shards, self._ttl_s]))
        self._wire.run(commands)


def _power(shards: int) -> int:
    """The highest power of two times BASES that is not above `shards`."""
    power: int = BASES << (shards // BASES).bit_length() - 1
    return power
