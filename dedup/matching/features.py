"""What two fingerprints have in common, as numbers: estimated similarities, agreement of facts, sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import ABSENT, LANGUAGE_BYTES, SLOTS, Deck, Floats, Indices
from dedup.matching.expected import EXPECTED, UNKNOWN
from dedup.sketching.facts import KEPT
from dedup.sketching.views import VIEWS

_CHANCE = 1 / 256
"""How often two different MinHash values agree in the one byte that is kept of them (b-bit minwise hashing, b = 8;
Li & König 2010)."""
_VIEW_NAMES = [view.name for view in VIEWS]
_SLOTS = np.array([view.slots for view in VIEWS])
_LANES = np.array(SLOTS) // 8
_EVEN_BYTES, _SUMMED = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)


@dataclass(frozen=True, slots=True)
class Overlap:
    """One view of many pairs: Jaccard similarity, containment of the smaller set in the larger, and whether both
    articles have anything in this view."""

    jaccard: Floats
    containment: Floats
    known: NDArray[np.bool_]
    smaller: Floats
    """Size of the smaller set."""


@dataclass(frozen=True, slots=True)
class Features:
    """Columns, one row a pair. `numbers` and `names` are shares of the poorer side's facts that the other has too,
    from 0 to 1; `number_count` and `name_count` how many facts that share was taken of."""

    words: Overlap
    opening: Overlap
    concepts: Overlap
    numbers: Floats
    number_count: Floats
    names: Floats
    name_count: Floats
    figures: Floats
    figure_count: Floats
    """The same of numbers as all languages spell them."""
    expected: Floats
    """The Jaccard similarity that the concepts of a translation between the two languages have in the median."""
    same_language: NDArray[np.bool_]
    size_ratio: Floats
    """Length of the shorter over length of the longer, from 0 to 1."""
    shorter: Floats
    """Words of the shorter of the two."""
    exact: NDArray[np.bool_]
    same_source: NDArray[np.bool_]
    same_page: NDArray[np.bool_]
    """The same source, and the same URL or guid: two versions of one page."""
    apart_s: Floats
    """Seconds between the two dates of publication."""

    @property
    def views(self) -> tuple[Overlap, ...]:
        """All views, in the order of VIEWS."""
        return tuple(getattr(self, view.name) for view in VIEWS)


def compare(deck: Deck, left: Indices, right: Indices) -> Features:
    """The features of the pairs (left[i], right[i])."""
    return beside(deck.at(left), deck.at(right))


def beside(left: Deck, right: Deck) -> Features:
    """The features of each row of one deck beside the same row of the other."""
    numbers, number_count = _agreement(left.numbers, right.numbers)
    names, name_count = _agreement(left.names, right.names)
    figures, figure_count = _agreement(left.figures, right.figures)
    shorter = np.minimum(left.lengths, right.lengths)
    same_source = (left.origins == right.origins) & (left.origins != 0)
    seen = map(_overlap, _equal_shares(left, right), left.sizes.T, right.sizes.T)
    return Features(
        **dict(zip(_VIEW_NAMES, seen, strict=True)),
        numbers=numbers,
        number_count=number_count,
        names=names,
        name_count=name_count,
        figures=figures,
        figure_count=figure_count,
        expected=_kept_by(left.languages) * _kept_by(right.languages),
        same_language=left.languages == right.languages,
        size_ratio=shorter / np.maximum(left.lengths, right.lengths),
        shorter=shorter,
        exact=left.exact == right.exact,
        same_source=same_source,
        same_page=same_source & (left.addresses == right.addresses) & (left.addresses != 0),
        apart_s=np.abs(left.published - right.published),
    )


def _overlap(equal: Floats, left: Floats, right: Floats) -> Overlap:
    """What the share of equal slots says of two sets of these sizes."""
    known = (left > 0) & (right > 0)
    jaccard = np.where(known, np.clip((equal - _CHANCE) / (1 - _CHANCE), 0, 1), 0.0)
    smaller = np.maximum(1, np.minimum(left, right))
    shared = jaccard / (1 + jaccard) * (left + right)
    return Overlap(jaccard, np.clip(shared / smaller, 0, 1), known, smaller)


def _equal_shares(left: Deck, right: Deck) -> Floats:
    """The share of equal slots of each view, [views, n]. Eight slots are counted at a time, each in a byte of its own
    of a 64-bit sum (which holds 255 x 8 slots), and then these bytes: by twos, and all by a product."""
    lanes = np.add.reduceat((left.signatures == right.signatures).view(np.uint64), _LANES, axis=1)
    twos = (lanes & _EVEN_BYTES) + (lanes >> np.uint64(8) & _EVEN_BYTES)
    shares: Floats = ((twos * _SUMMED) >> np.uint64(48)) / _SLOTS
    return shares.T


def _kept_by(languages: NDArray[np.bytes_]) -> Floats:
    """What each language keeps of a story (`expected.py`)."""
    letters = np.ascontiguousarray(languages).view(np.uint8).reshape(-1, LANGUAGE_BYTES)
    kept: Floats = _KEPT[letters[:, 0] & _LETTER, letters[:, 1] & _LETTER]
    return np.where(letters[:, 2] == 0, kept, UNKNOWN)


def _agreement(left: NDArray[np.uint16], right: NDArray[np.uint16]) -> tuple[Floats, Floats]:
    """Containment of the poorer of two bottom-k rows in the richer, and the number of facts it was taken of.

    A full row says nothing of hashes above its largest, so only those up to both limits are counted. Where facts are
    not known at all (rows without columns), nothing was compared.
    """
    if left.shape[1] == 0:
        return np.zeros(len(left)), np.zeros(len(left))
    limit = np.minimum(_reach(left), _reach(right))[:, None]
    left, right = (np.where(rows <= limit, rows, np.uint16(ABSENT)) for rows in (left, right))
    least = np.minimum((left != ABSENT).sum(axis=1), (right != ABSENT).sum(axis=1)).astype(np.float64)
    both = np.sort(np.concatenate((left, right), axis=1), axis=1)  # no hash is twice in one row
    shared = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != ABSENT)).sum(axis=1)
    return shared / np.maximum(1, least), least


def _reach(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """The largest hash that a row speaks for: everything, unless the row is full."""
    full: NDArray[np.bool_] = rows[:, KEPT - 1] != ABSENT
    return np.where(full, rows[:, KEPT - 1], np.uint16(ABSENT))


def _kept_by_letters() -> Floats:
    table = np.full((_LETTER + 1, _LETTER + 1), UNKNOWN)
    for language, kept in EXPECTED.items():
        first, second = language.encode()
        table[first & _LETTER, second & _LETTER] = kept
    return table


_LETTER = 31
"""The bits that tell one small letter from another."""
_KEPT = _kept_by_letters()
