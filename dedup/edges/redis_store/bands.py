"""The band index: band keys to refs, in packed shards (post.lua), one script a partition and batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from dedup.edges.redis_store.keys import PARTITIONS, SHARDS, Keys
from dedup.edges.redis_store.wire import Script, Wire
from dedup.spine.codec import unpack_refs
from dedup.spine.store import BUCKET_CAP

POST = Script.load("post")
DAY_S = 86_400
ENTRY = 11


class Bands:
    """A multimap from 64-bit keys to refs that forgets what is older than the window."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._keys = keys
        self._window_s = window_s
        self._clock = clock

    def touch(self, postings: Sequence[tuple[int, Sequence[int]]], insert: bool) -> list[set[int]]:
        """The other refs found under any of each posting's keys; and, if asked to, insert the posting's own ref.

        One round trip. All keys of one partition are looked up and inserted in one atomic step, in order, so of two
        postings that share a key at least one finds the other.
        """
        found: list[set[int]] = [set() for _ in postings]
        owners = np.repeat(np.arange(len(postings)), [len(keys) for _, keys in postings])
        if len(owners) == 0:
            return found
        hashes = np.fromiter((key for _, keys in postings for key in keys), np.uint64, len(owners))
        refs = np.array([ref for ref, _ in postings], np.uint64)[owners]
        partitions = (hashes % np.uint64(PARTITIONS)).astype(np.int64)
        order = np.argsort(partitions, kind="stable")
        used, starts = np.unique(partitions[order], return_index=True)
        groups = np.split(order, starts[1:])
        packed = _packed(hashes // np.uint64(PARTITIONS), refs)
        now = self._clock()
        today, oldest = int(now // DAY_S) % 65_536, int((now - self._window_s) // DAY_S) % 65_536
        ttl = int(self._window_s) + DAY_S
        arguments = (today, oldest, BUCKET_CAP, ttl, int(insert))
        answers = self._wire.run(
            [
                POST.call([self._keys.partition(int(number))], [*arguments, packed[group].tobytes()])
                for number, group in zip(used, groups, strict=True)
            ]
        )
        for group, answer in zip(groups, cast(list[list[int | bytes]], answers), strict=True):
            for place, refs_found in zip(answer[::2], answer[1::2], strict=True):
                owner = int(owners[group[cast(int, place)]])
                found[owner].update(unpack_refs(cast(bytes, refs_found)))
        for others, (ref, _) in zip(found, postings, strict=True):
            others.discard(ref)
        return found


def _packed(hashes: NDArray[np.uint64], refs: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The postings as post.lua reads them, [n, ENTRY] bytes: shard (2), field (3), ref (6), each highest byte first."""
    packed = np.empty((len(hashes), ENTRY), np.uint8)
    packed[:, 0:2] = (hashes % np.uint64(SHARDS)).astype(">u2").view(np.uint8).reshape(-1, 2)
    fields = (hashes // np.uint64(SHARDS)) & np.uint64(0xFFFFFF)
    packed[:, 2:5] = fields.astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:]
    packed[:, 5:11] = refs.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    return packed
