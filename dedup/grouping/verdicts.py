"""Verdicts: what every pair of a neighbourhood is to each other. Small neighbourhoods are judged together, all pairs of
all of them in one comparison; large ones are asked for the pairs that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Deck, Floats, Indices, deck
from dedup.matching.features import Features, compare
from dedup.matching.judgement import relations, unlimited, weights
from dedup.nouns.record import Record

TABLE_MOST = 32
"""Articles of a neighbourhood of which all pairs are judged at once, 496 at most. Beyond, most pairs are of prints of
one text, which only their heads need to be asked about."""
PAIRS_AT_ONCE = 2_048
"""Pairs compared in one go: their signatures, 1.8 MB, stay in the cache."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Columns, one row a pair: log-odds that it is one story (without limit), what it counts in a mean, how alike the
    words are (Jaccard; 1 for the same words), and the relation if it is one story."""

    odds: Floats
    shares: Floats
    likeness: Floats
    relations: NDArray[np.object_]

    def of(self, rows: Indices | slice) -> Verdicts:
        """Some of the rows."""
        return Verdicts(self.odds[rows], self.shares[rows], self.likeness[rows], self.relations[rows])


Judge = Callable[[Indices, Indices], Verdicts]
"""Judges the pairs (left[i], right[i]) of one neighbourhood, given as positions in it; no pair of one and the same."""


def strengths(columns: Deck, window_s: float, left: Indices, right: Indices) -> tuple[Floats, Floats]:
    """Log-odds and likeness of the pairs (left[i], right[i]) of a deck: what decides whether a link counts."""
    odds, likeness = [np.empty(0)], [np.empty(0)]
    for start in range(0, len(left), PAIRS_AT_ONCE):
        rows = slice(start, start + PAIRS_AT_ONCE)
        features = compare(columns, left[rows], right[rows])
        odds.append(unlimited(features, window_s))
        likeness.append(_likeness(features))
    return np.concatenate(odds), np.concatenate(likeness)


def _likeness(features: Features) -> Floats:
    found: Floats = np.where(features.exact, 1.0, features.words.jaccard)
    return found


def judges(hoods: Sequence[Sequence[Record]], window_s: float) -> list[Judge]:
    """A judge for each of these neighbourhoods."""
    small = [len(records) <= TABLE_MOST for records in hoods]
    tables = _tables([records for records, is_small in zip(hoods, small, strict=True) if is_small], window_s)
    return [
        next(tables) if is_small else partial(_judged, deck(records), window_s)
        for records, is_small in zip(hoods, small, strict=True)
    ]


def _tables(hoods: Sequence[Sequence[Record]], window_s: float) -> Iterator[Judge]:
    """Judges who have judged all pairs beforehand."""
    several = [records for records in hoods if len(records) > 1]
    starts = np.cumsum([0, *map(len, several)])
    pairs = [_pairs(len(records)) + start for records, start in zip(several, starts.tolist(), strict=False)]
    ends = np.concatenate(pairs, axis=1) if pairs else np.empty((2, 0), np.intp)
    found = _judged(deck(list(chain.from_iterable(several))), window_s, *ends)
    start = 0
    for records in hoods:
        size = len(records) * (len(records) - 1) // 2
        yield partial(_looked_up, found.of(slice(start, start + size)), len(records))
        start += size


def _looked_up(table: Verdicts, count: int, left: Indices, right: Indices) -> Verdicts:
    """Rows of a table of all pairs of `count` articles, in the order of `_pairs`."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    return table.of(low * (2 * count - low - 1) // 2 + high - low - 1)


@cache
def _pairs(count: int) -> Indices:
    """All pairs of 0..count-1, the lower one first, as [2, n]."""
    return np.array(np.triu_indices(count, 1), np.intp)


def _judged(columns: Deck, window_s: float, left: Indices, right: Indices) -> Verdicts:
    parts = [
        _judged_at_once(columns, window_s, left[start : start + PAIRS_AT_ONCE], right[start : start + PAIRS_AT_ONCE])
        for start in range(0, max(1, len(left)), PAIRS_AT_ONCE)
    ]
    if len(parts) == 1:
        return parts[0]
    return Verdicts(
        np.concatenate([part.odds for part in parts]),
        np.concatenate([part.shares for part in parts]),
        np.concatenate([part.likeness for part in parts]),
        np.concatenate([part.relations for part in parts]),
    )


def _judged_at_once(columns: Deck, window_s: float, left: Indices, right: Indices) -> Verdicts:
    features = compare(columns, left, right)
    odds = unlimited(features, window_s)
    return Verdicts(odds, weights(features, odds), _likeness(features), relations(features))
