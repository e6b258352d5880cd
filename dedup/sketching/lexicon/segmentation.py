"""Words of scripts without spaces: longest match against the table itself, all signs of a text at once."""

from __future__ import annotations

import re

import numpy as np

from dedup.sketching.lexicon.table import Shelf, run_keys

LONGEST_RUN = 6
LONGEST_NAME = 4
KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]+")
_SPELT_IN_RUNS = "々\u3400-\u4dbf\u4e00-\u9fff\u3041-\u3096\u0e01-\u0e4e\uac00-\ud7a3"
RUNS = re.compile(f"[{_SPELT_IN_RUNS}]+")
"""Han, hiragana, Thai and Hangul; katakana words are whole as they are."""


def segments(runs: str, shelf: Shelf) -> list[tuple[str, int]]:
    """The known words in runs (parted by spaces) with their meanings; the longest one wherever several begin."""
    codes = np.frombuffer(runs.encode("utf-32-le"), np.uint32)
    keys = run_keys(codes, LONGEST_RUN)[1:]
    sizes = [len(part) for part in keys]
    found = shelf.meanings_of(np.concatenate(keys)) if keys else np.empty(0, np.int32)
    length_at = np.zeros(len(codes), np.int32)
    meaning_at = np.zeros(len(codes), np.int32)
    start = 0
    for length, size in enumerate(sizes, 2):
        part = found[start : start + size]
        known = np.flatnonzero(part >= 0)
        length_at[known] = length
        meaning_at[known] = part[known]
        start += size
    return _greedy(runs, length_at.tolist(), meaning_at.tolist())


def _greedy(runs: str, lengths: list[int], meanings: list[int]) -> list[tuple[str, int]]:
    words = []
    place = 0
    while place < len(runs):
        length = lengths[place]
        if length:
            words.append((runs[place : place + length], meanings[place]))
        place += length or 1
    return words


def syllable_groups(syllables: list[str], shelf: Shelf) -> list[tuple[str, int | None]]:
    """Vietnamese: two to four syllables that the table knows together, else each on its own (None: not known)."""
    from dedup.sketching.lexicon.table import EXACT, word_key

    groups: list[tuple[str, int | None]] = []
    place = 0
    while place < len(syllables):
        for length in range(min(LONGEST_NAME, len(syllables) - place), 0, -1):
            group = "_".join(syllables[place : place + length])
            meaning = shelf.meaning(word_key(group + EXACT))
            if meaning is not None or length == 1:
                groups.append((group, meaning))
                place += length
                break
    return groups
