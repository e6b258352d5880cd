"""The in-memory twin of the band index: keys to refs."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence

from dedup.spine.store import BUCKET_CAP


class MemoryBands:
    """A multimap from band keys to refs; a key keeps the lowest BUCKET_CAP. Its owner sees to locking."""

    def __init__(self) -> None:
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
        """The other refs under any key that is not crowded, and those under two keys."""
        found: set[int] = set()
        doubtful: set[int] = set()
        for key in set(keys):
            others = {other for other in self._buckets.get(key, ()) if other != ref}
            if len(others) < BUCKET_CAP:
                found |= others
            else:
                found |= others & doubtful
                doubtful |= others
        return found

    def at(self, key: int) -> Sequence[int]:
        """All refs under a key."""
        return self._buckets.get(key, ())
