"""A word list as few keys: prefixes for what most words with a common beginning mean, whole words for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dedup.sketching.lexicon.table import EXACT, PREFIX_LEAST, REACH

AGREEING_SHARE = 0.65
"""Of the words below a prefix, weighed by frequency, the share that must mean the same."""
WEIGHT_MOST = 20
ENDING_MOST = 3
"""Letters of a lone word that may be its ending, and are left out of its prefix."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, its meaning, and how often the text has it."""

    word: str
    meaning: int
    count: int


def compressed(entries: Sequence[Entry], stems_end: bool) -> dict[str, int]:
    """Keys (`WORD$` or `PREFIX`) to meanings, so that every entry of weight is found by its longest key.

    With `stems_end`, words that are alone with their beginning give a prefix, for inflections that no text had.
    """
    ordered = sorted(entries, key=lambda entry: entry.word)
    return dict(_below(ordered, 0, None, 0, stems_end))


def _below(
    entries: list[Entry], depth: int, inherited: int | None, since: int, stems_end: bool
) -> list[tuple[str, int]]:
    """The keys for entries that share their first `depth` letters; a prefix of `since` letters says `inherited`."""
    keys: list[tuple[str, int]] = []
    if depth >= PREFIX_LEAST:
        found = _agreed(entries, depth, stems_end)
        longest = max(len(entry.word) for entry in entries)
        if found is not None and (found != inherited or longest - since > REACH):
            keys.append((entries[0].word[:depth], found))
            inherited, since = found, depth
    first = 0
    while first < len(entries):
        entry = entries[first]
        if len(entry.word) == depth:
            if entry.meaning != inherited or depth - since > REACH:
                keys.append((entry.word + EXACT, entry.meaning))
            first += 1
            continue
        last = first
        while last < len(entries) and entries[last].word[depth] == entry.word[depth]:
            last += 1
        keys.extend(_below(entries[first:last], depth + 1, inherited, since, stems_end))
        first = last
    return keys


def _agreed(entries: list[Entry], depth: int, stems_end: bool) -> int | None:
    if len(entries) == 1:
        only = entries[0]
        return only.meaning if stems_end and len(only.word) - depth <= ENDING_MOST else None
    weights: Counter[int] = Counter()
    for entry in entries:
        weights[entry.meaning] += 1 + min(entry.count, WEIGHT_MOST)
    meaning, weight = max(weights.items(), key=lambda pair: (pair[1], -pair[0]))
    return meaning if weight >= AGREEING_SHARE * weights.total() else None
