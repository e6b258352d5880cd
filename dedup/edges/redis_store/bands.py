"""The band index: band keys to refs, in packed shards (post.lua), which scripts read and write many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from dedup.edges.redis_store.keys import FLEETING, LASTING, PARTITIONS, Keys
from dedup.edges.redis_store.shards import BASES, FIELD_BITS, LARGE_BYTES, Numbers, Places, Shards
from dedup.edges.redis_store.wire import Script, Wire
from dedup.spine import filing
from dedup.spine.codec import REF_BYTES, unpack_refs
from dedup.spine.filing import Telling
from dedup.spine.store import BUCKET_CAP

POST = Script.load("post")
DAY_S = 86_400


class Bands:
    """A multimap from 64-bit keys to refs that forgets what is older than the window."""

    def __init__(
        self, wire: Wire, keys: Keys, window_s: float, clock: Callable[[], float], kind: str = LASTING
    ) -> None:
        self._wire = wire
        self._window_s = window_s
        self._ttl = int(window_s) + DAY_S
        self._clock = clock
        self._telling = filing.FLEETING if kind == FLEETING else filing.LASTING
        self._shards = Shards(wire, keys, kind, self._ttl)

    def touch(self, postings: Sequence[tuple[int, Sequence[int]]], insert: bool) -> list[set[int]]:
        """The other refs found under each posting's keys (see `Index.post`); if asked to, insert the posting's own ref.

        One round trip, and one more while the index grows. All keys of a shard are looked up and inserted in one atomic
        step, in order, so of two postings that share a key at least one finds the other.
        """
        found: list[set[int]] = [set() for _ in postings]
        owners = np.repeat(np.arange(len(postings)), [len(keys) for _, keys in postings])
        if len(owners) == 0:
            return found
        hashes = np.fromiter((key for _, keys in postings for key in keys), np.uint64, len(owners))
        refs = np.array([ref for ref, _ in postings], np.uint64)[owners]
        hits: list[bytes] = []
        hit_owners: list[int] = []
        for members, answer in self._told(hashes, refs, insert):
            told = dict(zip(cast(list[int], answer[2::2]), answer[3::2], strict=True))
            hit_owners += owners[members[list(told)]].tolist()
            hits += [refs_of if isinstance(refs_of, bytes) else cast(bytes, told[refs_of]) for refs_of in told.values()]
        for owner, others_found in _proposed(hit_owners, hits, self._telling):
            found[owner].update(others_found)
        for others, (ref, _) in zip(found, postings, strict=True):
            others.discard(ref)
        return found

    def at(self, key: int) -> list[int]:
        """All refs under a key, the lowest first, however many share it."""
        told = self._told(np.array([key], np.uint64), np.zeros(1, np.uint64), insert=False)
        return sorted(ref for _, answer in told for refs in answer[3::2] for ref in unpack_refs(cast(bytes, refs)))

    def _told(self, hashes: Numbers, refs: Numbers, insert: bool) -> list[tuple[Places, list[int | bytes]]]:
        """What each script was asked about, and its answer (post.lua). What it says of shards is heeded."""
        now = self._clock()
        fixed = (_day(now), _day(now - self._window_s), BUCKET_CAP, self._ttl, int(insert))
        partitions, places = (hashes % np.uint64(PARTITIONS)).astype(np.intp), hashes // np.uint64(PARTITIONS)
        packed = _packed(places, refs)
        told: list[tuple[Places, list[int | bytes]]] = []
        grown: dict[int, tuple[int, int, int]] = {}
        waiting = np.arange(len(hashes))
        while len(waiting):
            groups = self._shards.groups(partitions[waiting], places[waiting])
            posts = [
                POST.call(
                    one.names, [BASES, LARGE_BYTES, one.chosen_by, *fixed, packed[waiting[one.members]].tobytes()]
                )
                for one in groups
            ]
            again: list[Places] = []
            for one, answer in zip(groups, cast(list[list[int | bytes]], self._wire.run(posts)), strict=True):
                shards, *rest = cast(list[int], answer[:2])
                self._shards.learn(one.partition, shards)
                if rest:
                    told.append((waiting[one.members], answer))
                    _, large, postings = grown.get(one.partition, (0, 0, 0))
                    grown[one.partition] = shards, large + rest[0], postings + len(one.members)
                else:
                    again.append(waiting[one.members])
            waiting = np.sort(np.concatenate(again)) if again else waiting[:0]
        if insert:
            self._shards.grow(grown)
        return told


def _day(time_s: float) -> int:
    """A number of two bytes for the day, never 0, rising for the next hundred years."""
    return int(time_s // DAY_S) % 65_535 + 1


def _proposed(owners: Sequence[int], hits: Sequence[bytes], telling: Telling) -> Iterator[tuple[int, list[int]]]:
    """Each owner with those found under two of its keys, or for sure under one; of many with the nearest."""
    if not hits:
        return
    sizes = np.array([len(refs) // REF_BYTES for refs in hits])
    found = np.frombuffer(b"".join(hits), ">u4").astype(np.uint64)
    # An owner is one of a batch: its number, a ref, and whether one key is not enough make one number of 64 bits.
    pairs = np.repeat(np.array(owners, np.uint64) << np.uint64(8 * REF_BYTES + 1), sizes)
    pairs |= found << np.uint64(1) | _unsure(found, sizes, telling).astype(np.uint64)
    pairs.sort()
    starts = np.flatnonzero(np.diff(pairs >> np.uint64(1), prepend=np.uint64(0)))
    met = np.diff(starts, append=len(pairs))  # under so many keys
    told = (met > 1) | (pairs[starts] & np.uint64(1) == 0)
    pairs, met = pairs[starts[told]] >> np.uint64(1), met[told]
    refs = (pairs & np.uint64((1 << 8 * REF_BYTES) - 1)).astype(np.int64)
    firsts = np.flatnonzero(np.diff(pairs >> np.uint64(8 * REF_BYTES), prepend=np.uint64(1 << 63)))
    for start, end in pairwise((*firsts.tolist(), len(refs))):
        some = slice(start, end)
        nearest = np.lexsort((refs[some], -met[some]))[: telling.most] if end - start > telling.most else slice(None)
        yield int(pairs[start]) >> 8 * REF_BYTES, refs[some][nearest].tolist()


def _unsure(refs: Numbers, sizes: Places, telling: Telling) -> NDArray[np.bool_]:
    """Which of these refs, so many under each key, are no candidates because of that key alone."""
    unsure = np.repeat(sizes >= telling.many, sizes)
    shared = (sizes >= telling.many) & (sizes < BUCKET_CAP)
    if telling.lowest and shared.any():
        rows = np.flatnonzero(np.repeat(shared, sizes))
        many = sizes[shared]
        keys = np.repeat(np.arange(len(many)), many)
        ranks = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        unsure[rows[np.lexsort((refs[rows], keys))[ranks < telling.lowest]]] = False
    return unsure


def _packed(places: Numbers, refs: Numbers) -> NDArray[np.uint8]:
    """The postings as post.lua reads them, a row of bytes each: base (1), field (3), ref (4)."""
    packed = np.empty((len(places), 1 + FIELD_BITS // 8 + REF_BYTES), np.uint8)
    packed[:, 0] = places % np.uint64(BASES)
    fields = (places // np.uint64(BASES)).astype(">u8").view(np.uint8).reshape(-1, 8)
    packed[:, 1:-REF_BYTES] = fields[:, -FIELD_BITS // 8 :]
    packed[:, -REF_BYTES:] = refs.astype(">u4").view(np.uint8).reshape(-1, REF_BYTES)
    return packed
