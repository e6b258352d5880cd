"""Prints: articles with nearly one text. They count as one, so that a story with many copies is a few nodes and not a
table of all pairs."""

from __future__ import annotations

from dedup.grouping.levels import Parts, are_prints
from dedup.grouping.verdicts import Verdicts
from dedup.matching.deck import Indices

Print = list[int]
Ends = tuple[Indices, Indices]


def prints(count: int, linked: Ends, found: Verdicts) -> list[Print]:
    """Articles 0..count-1 as prints, each ascending, in order of their first. `found` is what the linked are to each
    other."""
    joined = are_prints(found.odds, found.likeness)
    parts = Parts(range(count))
    for one, other in zip(linked[0][joined].tolist(), linked[1][joined].tolist(), strict=True):
        parts.join(one, other)
    return list(parts)
