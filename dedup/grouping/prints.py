"""Prints and blocks: a neighbourhood of thousands, made small enough to ask about all of its pairs.

Prints are articles with nearly one text; they count as one node. If there are still too many nodes, what is hardly
linked is cut apart, never chained together: the weakest links of a large neighbourhood are the wrong ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.grouping.verdicts import Judge, Verdicts
from dedup.matching.deck import Indices

PRINT = 0.95
"""Estimated Jaccard similarity of `words` at which linked articles are prints of one text: 6 of 128 slots from equal,
the same text but for a line."""
CROWD, CROWD_PRINT = 1_000, 0.85
"""In a neighbourhood of more articles than this, a story with thousands of prints, a few lines more may differ."""
PRINTS_MOST = 600
"""Prints in one average link: 180,000 pairs, a quarter of a second. The largest of 20,605 real documents had 449."""
CUTS = (0.0, 1.0, 2.0, 3.0)
"""Log-odds that a link must exceed, tried in turn, where there are more prints than that. Of pairs of different texts
99 in 100 are below the first (calibration.py); what the last, 20 to 1, holds together is one story over and over."""
REPRINTS = (0.85, 0.7, 0.5)
"""Similarities at which such a story is contracted, tried in turn. Two texts of which half is the same, and which are
beyond doubt one story, are so by way of a third one too."""

Print = list[int]
Ends = tuple[Indices, Indices]


def blocks(count: int, linked: Ends, judge: Judge) -> list[list[Print]]:
    """Articles 0..count-1 as prints (each ascending), and the prints in blocks that are grouped apart.

    One block, unless there are more than PRINTS_MOST prints: then no block has more, and a block of a single print may
    be a story by itself.
    """
    found = judge(*linked)
    joined = (found.odds > 0) & (found.likeness >= (PRINT if count <= CROWD else CROWD_PRINT))
    prints = _components(count, linked[0][joined], linked[1][joined])
    if len(prints) <= PRINTS_MOST:
        return [prints]
    where = np.empty(count, np.intp)
    for number, members in enumerate(prints):
        where[members] = number
    ends = where[linked[0]], where[linked[1]]
    return [
        [sorted(member for node in nodes for member in prints[node]) for nodes in block]
        for block in _blocks(len(prints), ends, found)
    ]


def _blocks(count: int, ends: Ends, found: Verdicts) -> Iterator[list[list[int]]]:
    """Prints 0..count-1 in blocks; in each, what is contracted to one print."""
    left = np.ones(count, np.bool_)
    for cut in CUTS:
        for piece in _pieces(left, ends, found.odds > cut):
            if len(piece) <= PRINTS_MOST:
                left[piece] = False
                yield [[node] for node in piece]
    for giant in _pieces(left, ends, found.odds > CUTS[-1]):
        yield from _contracted(count, giant, ends, found)


def _contracted(count: int, giant: Sequence[int], ends: Ends, found: Verdicts) -> Iterator[list[list[int]]]:
    """A story of thousands of prints as one block, or, if nothing makes it small enough, as several."""
    inside = np.zeros(count, np.bool_)
    inside[giant] = True
    for least in REPRINTS:
        pieces = _pieces(inside, ends, (found.odds > CUTS[-1]) & (found.likeness >= least))
        if len(pieces) <= PRINTS_MOST:
            yield pieces
            return
    for piece in pieces:
        yield [piece]


def _pieces(among: NDArray[np.bool_], ends: Ends, chosen: NDArray[np.bool_]) -> list[list[int]]:
    """The connected components of some of the nodes, over some of the edges."""
    nodes = np.flatnonzero(among)
    place = np.full(len(among), -1, np.intp)
    place[nodes] = np.arange(len(nodes))
    left, right = place[ends[0]], place[ends[1]]
    kept = chosen & (left >= 0) & (right >= 0)
    return [nodes[piece].tolist() for piece in _components(len(nodes), left[kept], right[kept])]


def _components(count: int, left: Indices, right: Indices) -> list[list[int]]:
    """The connected components of a graph over 0..count-1, each ascending, in order of their smallest."""
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        one, other = find(a), find(b)
        if one < other:
            root[other] = one
        else:
            root[one] = other
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(find(node), []).append(node)
    return list(found.values())
