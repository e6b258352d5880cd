"""The arrivals: a stream of refs in the order in which their articles were first placed, an entry a batch (arrive.lua).

A place in it is named as if every ref had an entry of its own: as the id of its entry (milliseconds-number), but with
LISTED_AT_ONCE times the number and the ref's place in the entry.

Articles live on while their cluster grows, entries do not. So an article that is placed long after it was listed
(AGAIN) is listed again, at the end; its record says which of its listings counts. Entries are kept so much longer than
a window: whoever is not listed again was listed late enough for as long as it lives.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count
from typing import TypeAlias, cast

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Script, Wire
from dedup.grouping.wording import RENEWALS
from dedup.spine.codec import REF_BYTES, cursor_ms, pack_cursor, pack_ref, unpack_refs

ARRIVE = Script.load("arrive")
LISTED_AT_ONCE = 1_024
"""The most refs in an entry."""
READ_AT_ONCE = 1_000
"""Arrivals that a reader is given together."""
ENTRIES_AT_ONCE = 64
AGAIN = 8
"""A listing is good for the first of so many parts of a window. With fewer parts there are more entries of articles
that are gone; with more, those of a story that runs on are listed more often, at four bytes each time."""
Entry: TypeAlias = tuple[bytes, dict[bytes, bytes]]


class Arrivals:
    """The listing of articles. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._names = [keys.named("arrivals"), keys.listed_again()]
        self._window_s = window_s
        self._life_s = math.ceil(window_s * (1 + 1 / RENEWALS))
        self._clock = clock

    def add(self, refs: Sequence[int], replaced: Collection[bytes] = ()) -> dict[int, bytes]:
        """List these at the end; returns where each is now. `replaced` are the older listings of some of them."""
        parts = [refs[start : start + LISTED_AT_ONCE] for start in range(0, len(refs), LISTED_AT_ONCE)]
        fixed = (REF_BYTES, self._ms_ago(self._life_s + self._window_s / AGAIN), self._life_s)
        rows = [b"".join(map(pack_ref, part)) for part in parts]
        moments = self._moments(replaced)
        names = self._names if moments else self._names[:1]
        calls = [ARRIVE.call(names, [row, *fixed, *moments]) for row in rows[:1]]
        calls += [ARRIVE.call(self._names[:1], [row, *fixed]) for row in rows[1:]]
        entries = cast(list[bytes], self._wire.run(calls))
        return {
            ref: pack_cursor(cursor)
            for part, entry in zip(parts, entries, strict=True)
            for ref, cursor in zip(part, _listed_at(entry.decode()), strict=False)
        }

    def good_since(self) -> int:
        """Who was listed before these milliseconds must be listed again, should it live on."""
        return self._ms_ago(self._window_s / AGAIN)

    def after(self, cursor: str | None) -> Iterator[Sequence[tuple[str, int]]]:
        """Cursors and refs after a cursor (None: from the first), READ_AT_ONCE at a time."""
        milliseconds, _, place = (cursor or "0").partition("-")
        number, seen = divmod(int(place or 0), LISTED_AT_ONCE)
        start = last = f"{milliseconds}-{number}"
        while entries := _entries(self._wire.one("XRANGE", self._names[0], start, "+", "COUNT", ENTRIES_AT_ONCE)):
            found: list[tuple[str, int]] = []
            for entry, fields in entries:
                named = list(zip(_listed_at(entry.decode()), unpack_refs(fields[b"r"]), strict=False))
                found += named[seen + 1 :] if cursor and entry.decode() == last else named
            for first in range(0, len(found), READ_AT_ONCE):
                yield found[first : first + READ_AT_ONCE]
            start = f"({entries[-1][0].decode()}"

    def count(self) -> int:
        """How many articles were listed last within the window: those before the end of the last entry, but for those
        before the first of the window, and for those that were listed again after it."""
        arrivals, listed_again = self._names
        since = self._ms_ago(self._life_s)
        first, last, again = self._wire.run(
            [
                ("XRANGE", arrivals, since, "+", "COUNT", 1),
                ("XREVRANGE", arrivals, "+", "-", "COUNT", 1),
                ("HGETALL", listed_again),
            ]
        )
        if not first or not last:
            return 0
        [(_, oldest)], [(_, newest)] = _entries(first), _entries(last)
        listed = int(newest[b"n"]) + len(newest[b"r"]) // REF_BYTES - int(oldest[b"n"])
        moments = cast(dict[bytes, bytes], again).items()
        return max(0, listed - sum(int(number) for moment, number in moments if int(moment) >= since))

    def _moments(self, listings: Collection[bytes]) -> list[int]:
        """When these were listed, about, each moment beside how many were."""
        about = max(1, int(self._window_s / RENEWALS * 1000))
        moments = Counter(cursor_ms(listing) // about * about for listing in listings if any(listing))
        return [number for each in moments.items() for number in each]

    def _ms_ago(self, seconds: float) -> int:
        return max(1, int((self._clock() - seconds) * 1000))


def _listed_at(entry: str) -> Iterator[str]:
    """The cursors of the refs in the entry of this id, as many as are asked for."""
    milliseconds, number = entry.split("-")
    return (f"{milliseconds}-{place}" for place in count(int(number) * LISTED_AT_ONCE))


def _entries(answer: object) -> list[Entry]:
    return cast(list[Entry], answer)
