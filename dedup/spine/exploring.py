"""Exploring: from the articles of a batch to the blocks that they are in, however large the crowd around them.

What is small, and nearly everything is, is reached over links alone. Where too many are reached, or one whose level has
been raised, the same is done with care: at one level after the other, over the links that count there, past no article
that is known to have too many around it (grouping/levels.py). So a batch reads its own blocks and what it makes too
large, and nothing else of a neighbourhood of thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dedup.grouping import levels
from dedup.grouping.levels import Parts
from dedup.nouns.record import Placement
from dedup.spine.store import Index
from dedup.spine.survey import Links, Piece, Survey, read_links


@dataclass(frozen=True, slots=True)
class Explored:
    """Every article that was visited is in one piece; `rounds` tells in which order those were reached whose levels may
    rise."""

    pieces: Sequence[Piece]
    links: Mapping[int, frozenset[int]]
    placements: Mapping[int, Placement]
    rounds: Sequence[Collection[int]] = ()


def explore(index: Index, seeds: Collection[int], window_s: float) -> Explored:
    """The pieces around these articles. Raises StoreError."""
    links: Links = {}
    frontier, large = set(seeds), set[int]()
    while frontier:
        read_links(index, frontier, links)
        frontier = {other for ref in frontier for other in links[ref]} - links.keys()
        if len(links) + len(frontier) > levels.TEXTS_MOST:
            large = _too_many_around(links)
            frontier -= large
    small = [part for part in _parts(links, links.keys() - large) if large.isdisjoint(part)]
    placements = index.placements([ref for part in small for ref in part])
    raised = [part for part in small if any(ref in placements and placements[ref].level for ref in part)]
    pieces = [Piece(0, part) for part in small if part not in raised]
    doubtful = large.union(*raised)
    if not doubtful:
        return Explored(pieces, links, placements)
    survey = Survey(index, window_s, links)
    found = survey.pieces(doubtful.intersection(seeds))
    visited = {ref for piece in found for ref in piece.refs}
    pieces = [piece for piece in pieces if visited.isdisjoint(piece.refs)] + found
    placements |= index.placements(visited - placements.keys())
    return Explored(pieces, links, placements, survey.rounds)


def _parts(links: Links, among: Iterable[int]) -> Iterator[list[int]]:
    """What is connected, of these and of all that they are linked to."""
    parts = Parts()
    for ref in among:
        parts.root(ref)
        for other in links[ref]:
            parts.join(ref, other)
    return iter(parts)


def _too_many_around(links: Links) -> set[int]:
    return {ref for part in _parts(links, links) if len(part) > levels.TEXTS_MOST for ref in part}
