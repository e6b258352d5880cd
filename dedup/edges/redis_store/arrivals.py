"""The arrivals: a stream of refs in the order in which their articles were first placed, an entry a batch (arrive.lua).

A place in it is named as if every ref had an entry of its own: as the id of its entry (milliseconds-number), but with
LISTED_AT_ONCE times the number and the ref's place in the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeAlias, cast

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Wire
from dedup.spine.codec import REF_BYTES, unpack_refs

LISTED_AT_ONCE = 1_024
"""The most refs in an entry."""
READ_AT_ONCE = 1_000
"""Arrivals that a reader is given together."""
ENTRIES_AT_ONCE = 64
Entry: TypeAlias = tuple[bytes, dict[bytes, bytes]]


def listed_at(entry: str) -> Iterator[str]:
    """The cursors of the refs in the entry of this id, as many as are asked for."""
    milliseconds, number = entry.split("-")
    return (f"{milliseconds}-{place}" for place in count(int(number) * LISTED_AT_ONCE))


def arrivals_after(wire: Wire, keys: Keys, after: str | None) -> Iterator[Sequence[tuple[str, int]]]:
    """Cursors and refs after a cursor (None: from the first), READ_AT_ONCE at a time. Raises StoreError."""
    milliseconds, _, place = (after or "0").partition("-")
    number, seen = divmod(int(place or 0), LISTED_AT_ONCE)
    start = last = f"{milliseconds}-{number}"
    while entries := _entries(wire.one("XRANGE", keys.named("arrivals"), start, "+", "COUNT", ENTRIES_AT_ONCE)):
        found: list[tuple[str, int]] = []
        for entry, fields in entries:
            named = list(zip(listed_at(entry.decode()), unpack_refs(fields[b"r"]), strict=False))
            found += named[seen + 1 :] if after and entry.decode() == last else named
        for first in range(0, len(found), READ_AT_ONCE):
            yield found[first : first + READ_AT_ONCE]
        start = f"({entries[-1][0].decode()}"


def arrivals_listed(wire: Wire, keys: Keys) -> int:
    """How many arrivals there are: those before the end of the last entry, but for those before the first. Raises
    StoreError."""
    arrivals = keys.named("arrivals")
    ends = wire.run([("XRANGE", arrivals, "-", "+", "COUNT", 1), ("XREVRANGE", arrivals, "+", "-", "COUNT", 1)])
    first, last = map(_entries, ends)
    if not first or not last:
        return 0
    [(_, oldest)], [(_, newest)] = first, last
    return int(newest[b"n"]) + len(newest[b"r"]) // REF_BYTES - int(oldest[b"n"])


def _entries(answer: object) -> list[Entry]:
    return cast(list[Entry], answer)
