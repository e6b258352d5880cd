"""Surveying a crowd: at one level after the other, over the links that count there, past no article that is known to
have too many around it. See exploring.py."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.grouping import levels
from dedup.grouping.levels import LAST, THRONG, Parts, counts_at
from dedup.grouping.verdicts import strengths
from dedup.matching.deck import Deck, Floats, deck, joined
from dedup.spine.store import Index

Links = dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Articles that are grouped together, and the level at which they were found: a block, or, at the level THRONG,
    some of a throng, with those of it that were met but not visited (`beside`)."""

    level: int
    refs: Sequence[int]
    beside: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """What was found connected at one level; `beside` are those that were met there, and have a higher one."""

    refs: Sequence[int]
    beside: Collection[int]


@dataclass(frozen=True, slots=True)
class _Beside:
    """The articles that one is linked to, and how strong each link is."""

    refs: Sequence[int]
    odds: Floats
    likeness: Floats

    def at(self, level: int) -> Iterator[int]:
        """Those whose links count at a level; all at the first."""
        if level == 0:
            return iter(self.refs)
        return (self.refs[place] for place in np.flatnonzero(counts_at(level, self.odds, self.likeness)).tolist())


def read_links(index: Index, refs: Collection[int], links: Links) -> None:
    """Add the links of these to those that are known."""
    links |= index.links(refs)
    links |= {ref: frozenset() for ref in refs if ref not in links}


class Survey:
    """One survey: what it has read it does not read again."""

    def __init__(self, index: Index, window_s: float, links: Links) -> None:
        """`links` are those that are known; it adds to them."""
        self.rounds: list[Collection[int]] = []
        self._index = index
        self._window_s = window_s
        self._links = links
        self._deck: Deck = deck([])
        self._rows: dict[int, int] = {}
        self._levels: dict[int, int] = {}
        self._looked: set[int] = set()
        self._around: dict[int, _Beside] = {}
        self._reached: set[int] = set()

    def pieces(self, seeds: Collection[int]) -> list[Piece]:
        """The pieces around these, which are visited whatever their own level."""
        found: list[Piece] = []
        starts = set(seeds)
        self._note(starts)
        for level in range(LAST + 1):
            large = []
            for part in self._spread(starts, level):
                if part.beside or any(self._levels.get(ref, 0) > level for ref in part.refs) or self._too_many(part):
                    large.append(part)
                else:
                    found.append(Piece(level, part.refs))
            starts = {ref for part in large for ref in part.refs}
        return found + [Piece(THRONG, part.refs, part.beside) for part in large]

    def _spread(self, starts: Collection[int], level: int) -> Iterator[_Part]:
        """What is connected with these at a level."""
        parts = Parts(starts)
        beside: dict[int, set[int]] = {}
        frontier = set(starts)
        visited = set(starts)
        while frontier:
            self._learn(frontier)
            news: set[int] = set()
            for ref in frontier:
                for other in self._around[ref].at(level):
                    if other not in visited and self._levels[other] > level:
                        beside.setdefault(ref, set()).add(other)
                        continue
                    parts.join(ref, other)
                    if other not in visited:
                        news.add(other)
            visited |= news
            self._note(news)
            frontier = news
        for refs in parts:
            yield _Part(refs, {other for ref in refs for other in beside.get(ref, ())} - visited)

    def _note(self, refs: Collection[int]) -> None:
        news = set(refs) - self._reached
        self._reached |= news
        self.rounds.append(news)

    def _too_many(self, part: _Part) -> bool:
        rows = [self._rows[ref] for ref in part.refs if ref in self._rows]
        return levels.too_many(np.unique(self._deck.exact[rows]).tolist(), part.refs)

    def _learn(self, refs: Collection[int]) -> None:
        """Read what is around these, and judge their links."""
        news = [ref for ref in refs if ref not in self._around]
        unread = [ref for ref in news if ref not in self._links]
        if unread:
            read_links(self._index, unread, self._links)
        self._read({*news, *(other for ref in news for other in self._links[ref])} - self._looked)
        linked = [[other for other in self._links[ref] if {ref, other} <= self._rows.keys()] for ref in news]
        left = [self._rows[ref] for ref, others in zip(news, linked, strict=True) for _ in others]
        right = [self._rows[other] for others in linked for other in others]
        odds, likeness = strengths(self._deck, self._window_s, np.array(left, np.intp), np.array(right, np.intp))
        start = 0
        for ref, others in zip(news, linked, strict=True):
            rows = slice(start, start + len(others))
            self._around[ref] = _Beside(others, odds[rows], likeness[rows])
            start += len(others)

    def _read(self, refs: Collection[int]) -> None:
        """Read records and levels; who has expired is no neighbour."""
        if not refs:
            return
        self._looked |= set(refs)
        held, columns, raised = self._index.deck(refs)
        self._rows |= {ref: row for row, ref in enumerate(held, start=len(self._rows))}
        self._levels |= zip(held, raised, strict=True)
        self._deck = joined(self._deck, columns)
