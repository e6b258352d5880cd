"""The band index: band keys to refs, in packed shards (post.lua), one script a partition and batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from dedup.edges.redis_store.keys import LASTING, PARTITIONS, SHARDS, Keys
from dedup.edges.redis_store.wire import Script, Wire
from dedup.spine.codec import REF_BYTES
from dedup.spine.memory_bands import CANDIDATES_MOST
from dedup.spine.store import BUCKET_CAP

POST = Script.load("post")
DAY_S = 86_400
POSTING = 12


class Bands:
    """A multimap from 64-bit keys to refs that forgets what is older than the window."""

    def __init__(
        self, wire: Wire, keys: Keys, window_s: float, clock: Callable[[], float], kind: str = LASTING
    ) -> None:
        self._wire = wire
        self._keys = keys
        self._window_s = window_s
        self._clock = clock
        self._kind = kind

    def touch(self, postings: Sequence[tuple[int, Sequence[int]]], insert: bool) -> list[set[int]]:
        """The other refs found under each posting's keys (see `Index.post`); if asked to, insert the posting's own ref.

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
        today, oldest = _day(now), _day(now - self._window_s)
        ttl = int(self._window_s) + DAY_S
        arguments = (today, oldest, BUCKET_CAP, ttl, int(insert))
        answers = self._wire.run(
            [
                POST.call(self._names(int(number), hashes[group]), [*arguments, packed[group].tobytes()])
                for number, group in zip(used, groups, strict=True)
            ]
        )
        hits: list[bytes] = []
        hit_owners: list[int] = []
        for group, answer in zip(groups, cast(list[list[int | bytes]], answers), strict=True):
            hit_owners += owners[group[cast(list[int], answer[::2])]].tolist()
            told = dict(zip(cast(list[int], answer[::2]), answer[1::2], strict=True))
            hits += [refs if isinstance(refs, bytes) else cast(bytes, told[refs]) for refs in told.values()]
        for owner, others_found in _telling(hit_owners, hits):
            found[owner].update(others_found)
        for others, (ref, _) in zip(found, postings, strict=True):
            others.discard(ref)
        return found

    def _names(self, partition: int, hashes: NDArray[np.uint64]) -> list[str]:
        """The keys that post.lua is told of."""
        name = self._keys.partition(partition, self._kind)
        if not self._wire.is_cluster:
            return [name]
        shards = hashes // np.uint64(PARTITIONS) % np.uint64(SHARDS)
        return [name, *(f"{name}{shard:04d}" for shard in shards.tolist())]


def _day(time_s: float) -> int:
    """A number of two bytes for the day, never 0, rising for the next hundred years."""
    return int(time_s // DAY_S) % 65_535 + 1


def _telling(owners: Sequence[int], hits: Sequence[bytes]) -> Iterator[tuple[int, list[int]]]:
    """Each owner with the refs that were found under one of its keys that is not crowded, or under two keys; of many
    with the nearest."""
    if not hits:
        return
    sizes = np.array([len(refs) // REF_BYTES for refs in hits])
    padded = np.zeros((int(sizes.sum()), 8), np.uint8)
    padded[:, 2:] = np.frombuffer(b"".join(hits), np.uint8).reshape(-1, REF_BYTES)
    # An owner is one of a batch: its number, a ref, and whether the key is crowded make one number of 64 bits.
    pairs = padded.view(">u8")[:, 0].astype(np.uint64) << np.uint64(1)
    crowded = (sizes >= BUCKET_CAP).astype(np.uint64)
    pairs |= np.repeat((np.array(owners, np.uint64) << np.uint64(8 * REF_BYTES + 1)) | crowded, sizes)
    pairs.sort()
    starts = np.flatnonzero(np.diff(pairs >> np.uint64(1), prepend=np.uint64(0)))
    met = np.diff(starts, append=len(pairs))  # under so many keys
    told = (met > 1) | (pairs[starts] & np.uint64(1) == 0)
    pairs, met = pairs[starts[told]] >> np.uint64(1), met[told]
    refs = (pairs & np.uint64((1 << 8 * REF_BYTES) - 1)).astype(np.int64)
    firsts = np.flatnonzero(np.diff(pairs >> np.uint64(8 * REF_BYTES), prepend=np.uint64(1 << 63)))
    for start, end in pairwise((*firsts.tolist(), len(refs))):
        some = slice(start, end)
        nearest = (
            np.lexsort((refs[some], -met[some]))[:CANDIDATES_MOST] if end - start > CANDIDATES_MOST else slice(None)
        )
        yield int(pairs[start]) >> 8 * REF_BYTES, refs[some][nearest].tolist()


def _packed(hashes: NDArray[np.uint64], refs: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The postings as post.lua reads them, [n, POSTING] bytes: shard in digits (4), field (2), ref (6)."""
    packed = np.empty((len(hashes), POSTING), np.uint8)
    packed[:, 0:4] = _DIGITS[hashes % np.uint64(SHARDS)]
    fields = (hashes // np.uint64(SHARDS)) & np.uint64(0xFFFF)
    packed[:, 4:6] = fields.astype(">u2").view(np.uint8).reshape(-1, 2)
    packed[:, 6:12] = refs.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    return packed


_DIGITS = np.frombuffer("".join(f"{shard:04d}" for shard in range(SHARDS)).encode(), np.uint8).reshape(-1, 4)
"""The name of each shard: written out here, because Lua spells numbers slowly."""
