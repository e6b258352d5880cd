"""Acquaintances: the articles that a worker was shown lately, remembered in outline.

Each stranger that shares a key with an article is shown hundreds of times while it is in the window. What rules it out
(matching/outline.py) is remembered, so most strangers are fetched once. Whoever is not ruled out is read anew.
"""

from __future__ import annotations

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Indices
from dedup.matching.outline import Outlines, blank, outlines
from dedup.spine.store import Index

REMEMBERED: Final = 1 << 18
"""Articles, 125 MB: those of the short window, if it holds 200,000. What is forgotten is fetched again."""
Refs = NDArray[np.int64]


def without(many: Refs, few: Refs) -> NDArray[np.bool_]:
    """Which of many refs, distinct and ascending, are not among a few. (`numpy.isin` would sort all of them again.)"""
    others = np.ones(len(many), np.bool_)
    places = np.searchsorted(many, few)
    inside = places < len(many)
    others[places[inside][many[places[inside]] == few[inside]]] = False
    return others


class Acquaintances:
    """What one worker remembers. Threads may share it."""

    def __init__(self, index: Index, most: int = REMEMBERED) -> None:
        """`most`: so many are remembered; more only while they are all asked for at once."""
        self._index = index
        self._most = most
        self._lock = threading.Lock()
        self._cursor: str | None = None
        self._rows = blank(1_024)
        self._used = 0
        self._refs: Refs = np.empty(0, np.int64)
        """Who is remembered, ascending; `_places` are their rows. What was learnt later stands further behind."""
        self._places: Indices = np.empty(0, np.intp)

    def outlines(self, refs: Refs) -> tuple[Outlines, Indices]:
        """Outlines, and at which place that of each of these refs is (-1: the article is not there any more).

        The refs are distinct and ascending. An outline is of no older text than the one that had been registered when
        the article was found. Raises StoreError.
        """
        with self._lock:
            news, self._cursor = self._index.registered(self._cursor)
            self._forget(news)
            places = self._found(refs)
            unknown = refs[places < 0]
            if len(unknown):
                there, columns, _ = self._index.deck(unknown.tolist())
                self._learn(np.array(there, np.int64), outlines(columns), places[places >= 0])
                places = self._found(refs)
            return self._rows, places

    def _found(self, refs: Refs) -> Indices:
        if len(self._refs) == 0:
            return np.full(len(refs), -1)
        near = np.minimum(np.searchsorted(self._refs, refs), len(self._refs) - 1)
        return np.where(self._refs[near] == refs, self._places[near], -1)

    def _forget(self, refs: set[int] | None) -> None:
        """Forget these; all, if nobody knows which."""
        gone = self._refs if refs is None else np.fromiter(refs, np.int64, len(refs))
        kept = without(self._refs, gone)
        if not kept.all():
            self._refs, self._places = self._refs[kept], self._places[kept]

    def _learn(self, refs: Refs, rows: Outlines, asked: Indices) -> None:
        """Remember these, and those whose places were asked for. Places that are given out stay as they are: there are
        always new rows where old ones would have to go."""
        if self._used + len(rows) > self._most:
            self._keep(asked)
        if self._used + len(rows) > len(self._rows):
            grown = blank(max(2 * len(self._rows), self._used + len(rows)))
            grown[: self._used] = self._rows[: self._used]
            self._rows = grown
        order = np.argsort(refs)
        self._rows[self._used : self._used + len(rows)] = rows[order]
        behind = np.searchsorted(self._refs, refs[order])
        self._refs = np.insert(self._refs, behind, refs[order])
        self._places = np.insert(self._places, behind, np.arange(self._used, self._used + len(rows)))
        self._used += len(rows)

    def _keep(self, asked: Indices) -> None:
        """Forget all but the later half, and those who are asked for."""
        known = (self._places >= self._used - self._most // 2) | np.isin(self._places, asked)
        kept = np.sort(self._places[known])
        self._refs, self._places = self._refs[known], np.searchsorted(kept, self._places[known])
        self._rows, self._used = self._rows[kept], len(kept)
