"""Levels: how large a crowd may be before its weaker links do not count any more.

The block of an article is what can be reached from it over links of the first level at which that is small enough. So
it is found from the article itself, without looking at the rest of a neighbourhood of thousands: what is reached at a
level and found too large has a higher one, for good, and whoever comes by later need not look again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Floats

PRINT = 0.95
"""Estimated Jaccard similarity of `words` at which linked articles are prints of one text: 6 of 128 slots from equal,
the same text but for a line."""
CUTS = (-np.inf, 0.0, 1.0, 2.0, 3.0, 4.0)
"""Log-odds that a link must exceed at each level; at the first all links count. Of pairs of different texts 99 in 100
are below 0 (calibration.py). Of 39,000 pairs of a template filled in (benchmarks/crowds.py) .05 % are above 0, and one
above 1; of one story with small edits all are above 4."""
SURE_LIKENESS = 0.5
"""What links of the last level need besides: two thirds of the words in common. No fact makes up for that."""
LAST = len(CUTS) - 1
THRONG = LAST + 1
"""The level of an article around which there are too many at every level: one story beyond doubt, over and over."""
TEXTS_MOST = 600
"""Different texts in a block: 180,000 pairs, a quarter of a second. (Prints of nearly one text would be fewer, and the
largest neighbourhood of 20,605 real documents had 449 of them; but a link that is found later may make one print of
two, and what is too large must stay so.)"""
ARTICLES_MOST = 1_000
"""Articles in a block: so many are read and placed anew whenever one joins them."""


def counts_at(level: int, odds: Floats, likeness: Floats) -> NDArray[np.bool_]:
    """Which links count at a level: each level has fewer than the one before, none has a throng, and prints of one text
    always hold together."""
    if level > LAST:
        return np.zeros(len(odds), np.bool_)
    strong: NDArray[np.bool_] = odds > CUTS[level]
    return (strong & (likeness >= SURE_LIKENESS) if level == LAST else strong) | are_prints(odds, likeness)


def are_prints(odds: Floats, likeness: Floats) -> NDArray[np.bool_]:
    """Which links join prints of one text."""
    found: NDArray[np.bool_] = (odds > 0) & (likeness >= PRINT)
    return found


class Parts:
    """Who is connected with whom, of things that are joined two at a time (union-find)."""

    def __init__(self, members: Iterable[int] = ()) -> None:
        self._up: dict[int, int] = {member: member for member in members}

    def root(self, member: int) -> int:
        """The lowest member of the part; who was not known is a part of its own."""
        up = self._up
        up.setdefault(member, member)
        while up[member] != member:
            up[member] = up[up[member]]
            member = up[member]
        return member

    def join(self, one: int, other: int) -> None:
        """Make one part of two."""
        low, high = sorted((self.root(one), self.root(other)))
        self._up[high] = low

    def __iter__(self) -> Iterator[list[int]]:
        """The parts, each ascending, in order of their lowest members."""
        found: dict[int, list[int]] = {}
        for member in sorted(self._up):
            found.setdefault(self.root(member), []).append(member)
        return iter(found.values())


def too_many(texts: Collection[object], articles: Collection[object]) -> bool:
    """Whether these are more than a block may have."""
    return len(texts) > TEXTS_MOST or len(articles) > ARTICLES_MOST
