"""Outlines: articles without their facts, a row of bytes each, and how alike two of them may be at most.

Facts only speak against a pair: they tell what of the numbers and names a copy would have kept, and has not. So the
evidence of two outlines is the most that two such articles can have. Where that is not enough for a link, as with
nearly all strangers that share a key by chance, nothing else needs to be read of them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import LANGUAGE_BYTES, Deck, Indices, ViewColumns
from dedup.matching.features import beside
from dedup.matching.judgement import FACTS_MOST, LINK, unlimited
from dedup.sketching.views import VIEWS

_ROW: Final = np.dtype(
    [
        *((f"{view.name} signature", "u1", (view.slots,)) for view in VIEWS),
        *((f"{view.name} size", "<u2") for view in VIEWS),
        *(
            ("length", "<u2"),
            ("language", f"S{LANGUAGE_BYTES}"),
            ("exact", "<u8"),
            ("origin", "<u4"),
            ("address", "<u4"),
        ),
    ]
)
PAIRS_AT_ONCE: Final = 1_024
"""So many outlines of either side, 900 kB in all, stay in a cache."""

Outlines = NDArray[np.void]


def blank(count: int) -> Outlines:
    """Room for so many outlines."""
    return np.zeros(count, _ROW)


def outlines(deck: Deck) -> Outlines:
    """What the deck says of each article but for facts and dates."""
    rows = blank(len(deck.lengths))
    for view, columns in zip(VIEWS, deck.views, strict=True):
        rows[f"{view.name} signature"], rows[f"{view.name} size"] = columns.signatures, columns.sizes
    rows["length"], rows["language"], rows["exact"] = deck.lengths, deck.languages, deck.exact
    rows["origin"], rows["address"] = deck.origins, deck.addresses
    return rows


def may_be_linked(left: Outlines, ones: Indices, right: Outlines, others: Indices) -> NDArray[np.bool_]:
    """Whether facts could let left[ones[i]] and right[others[i]] be linked; False says that none can."""
    found = [np.empty(0, np.bool_)]
    for start in range(0, len(ones), PAIRS_AT_ONCE):
        rows = slice(start, start + PAIRS_AT_ONCE)
        features = beside(_columns(left[ones[rows]]), _columns(right[others[rows]]))
        found.append(unlimited(features, np.inf) + FACTS_MOST > LINK)
    return np.concatenate(found)


def _columns(rows: Outlines) -> Deck:
    """Outlines as a deck that knows no facts, and of which all are of one date."""
    unknown, undated = np.empty((len(rows), 0), np.uint16), np.zeros(len(rows))
    return Deck(
        views=tuple(
            ViewColumns(rows[f"{view.name} size"].astype(np.float64), rows[f"{view.name} signature"]) for view in VIEWS
        ),
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
