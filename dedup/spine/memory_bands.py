"""The in-memory twin of the band index: keys to refs."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Sequence

from dedup.spine.filing import LASTING, Telling
from dedup.spine.store import BUCKET_CAP


class MemoryBands:
    """A multimap from band keys to refs; a key keeps the lowest BUCKET_CAP. Its owner sees to locking."""

    def __init__(self, telling: Telling = LASTING) -> None:
        self._telling = telling
        self._buckets: dict[int, list[int]] = defaultdict(list)

    def post(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """See `Index.post`."""
        found: list[set[int]] = []
        for ref, keys in postings:
            found.append(self.found(ref, keys))
            for key in set(keys):
                bucket = self._buckets[key]
                if ref not in bucket:
                    insort(bucket, ref)
                    del bucket[BUCKET_CAP:]
        return found

    def found(self, ref: int | None, keys: Sequence[int]) -> set[int]:
        """The other refs under two keys, and those for which one is enough (see Telling)."""
        met: Counter[int] = Counter()
        certain: set[int] = set()
        for key in set(keys):
            others = [other for other in self._buckets.get(key, ()) if other != ref]  # the lowest first
            met.update(others)
            if len(others) < self._telling.many:
                certain.update(others)
            elif len(others) < BUCKET_CAP:
                certain.update(others[: self._telling.lowest])
        found = [other for other, count in met.items() if count > 1 or other in certain]
        return set(sorted(found, key=lambda other: (-met[other], other))[: self._telling.most])

    def at(self, key: int) -> Sequence[int]:
        """All refs under a key."""
        return self._buckets.get(key, ())
