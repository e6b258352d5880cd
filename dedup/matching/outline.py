"""Outlines: articles without their facts, a row of bytes each, and how alike two of them may be at most.

Facts only speak against a pair: they tell what of the numbers and names a copy would have kept, and has not. So the
evidence of two outlines is the most that two such articles can have. Where that is not enough for a link, as with
nearly all strangers that share a key by chance, nothing else needs to be read of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import LANGUAGE_BYTES, SLOTS_IN_ALL, Deck, Indices
from dedup.matching.features import Features, beside
from dedup.matching.judgement import FACTS_MOST, LINK, unlimited
from dedup.sketching.views import VIEWS

_ROW: Final = np.dtype(
    [
        *(("signatures", "u1", (SLOTS_IN_ALL,)), ("sizes", "<u2", (len(VIEWS),)), ("length", "<u2")),
        *(
            ("exact", "<u8"),
            ("origin", "<u4"),
            ("address", "<u4"),
            ("language", f"S{LANGUAGE_BYTES}"),
            ("unused", "V5"),
        ),
    ]
)
_WORDS: Final = _ROW.itemsize // 8
PAIRS_AT_ONCE: Final = 2_048
"""So many outlines of either side, 1.9 MB in all, stay in a cache."""

Outlines = NDArray[np.uint64]
"""[n, words]: the rows as numbers, because numpy copies rows of numbers several times as fast as structures."""


def blank(count: int) -> Outlines:
    """Room for so many outlines."""
    return np.zeros((count, _WORDS), np.uint64)


def outlines(deck: Deck) -> Outlines:
    """What the deck says of each article but for facts and dates."""
    found = blank(len(deck.lengths))
    rows = found.view(_ROW)[:, 0]
    rows["signatures"], rows["sizes"], rows["length"] = deck.signatures, deck.sizes, deck.lengths
    rows["exact"], rows["origin"], rows["address"] = deck.exact, deck.origins, deck.addresses
    rows["language"] = deck.languages
    return found


def may_be_linked(left: Outlines, ones: Indices, right: Outlines, others: Indices) -> NDArray[np.bool_]:
    """Whether facts could let left[ones[i]] and right[others[i]] be linked; False says that none can."""
    found = [np.empty(0, np.bool_)]
    for start in range(0, len(ones), PAIRS_AT_ONCE):
        rows = slice(start, start + PAIRS_AT_ONCE)
        features = beside(_columns(left.take(ones[rows], axis=0)), _columns(right.take(others[rows], axis=0)))
        found.append(unlimited(agreeing(features), np.inf) + FACTS_MOST > LINK)
    return np.concatenate(found)


def agreeing(features: Features) -> Features:
    """The same pairs if all their facts agreed."""
    all_, one = np.ones_like(features.numbers), np.ones_like(features.number_count)
    return replace(features, numbers=all_, number_count=one, names=all_, name_count=one, figures=all_, figure_count=one)


def _columns(found: Outlines) -> Deck:
    """Outlines as a deck that knows no facts, and of which all are of one date."""
    rows = found.view(_ROW)[:, 0]
    unknown, undated = np.empty((len(rows), 0), np.uint16), np.zeros(len(rows))
    return Deck(
        sizes=rows["sizes"].astype(np.float64),
        signatures=rows["signatures"],
        numbers=unknown,
        names=unknown,
        figures=unknown,
        languages=rows["language"],
        lengths=rows["length"].astype(np.float64),
        exact=rows["exact"],
        origins=rows["origin"].astype(np.uint64),
        addresses=rows["address"].astype(np.uint64),
        published=undated,
    )
