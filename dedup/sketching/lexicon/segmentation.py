"""Words that nothing parts from each other: longest match against the table itself, all places of a text at once."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.table import EXACT, Shelf, run_keys

LONGEST_RUN = 6
LONGEST_NAME = 4
"""Syllables of a Vietnamese word."""
KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]+")
_SPELT_IN_RUNS = "々\u3400-\u4dbf\u4e00-\u9fff\u3041-\u3096\u0e01-\u0e4e\uac00-\ud7a3"
RUNS = re.compile(f"[{_SPELT_IN_RUNS}]+")
"""Han, hiragana, Thai and Hangul; katakana words are whole as they are."""

S = TypeVar("S", str, list[bytes])


@dataclass(frozen=True, slots=True)
class Segments:
    """The known words in a text: where each begins, how long it is, and what it means."""

    places: list[int]
    lengths: list[int]
    meanings: NDArray[np.int32]

    def of(self, text: S) -> Iterator[tuple[S, int]]:
        """The words themselves, as parts of `text`, with their meanings."""
        for place, length, meaning in zip(self.places, self.lengths, self.meanings.tolist(), strict=True):
            yield text[place : place + length], meaning


def longest_runs(runs: str, shelf: Shelf) -> Segments:
    """The known words of two or more signs in runs (parted by spaces); the longest one wherever several begin."""
    keys = run_keys(np.frombuffer(runs.encode("utf-32-le"), np.uint32), LONGEST_RUN)[1:]
    return _longest(len(runs), 2, keys, shelf)


def longest_groups(syllables: Sequence[bytes], shelf: Shelf) -> Segments:
    """The known words of one to four syllables; the longest one wherever several begin."""
    linked = [b"_" + syllable for syllable in syllables]
    states = [list(map(zlib.crc32, syllables))]
    while len(states) < min(LONGEST_NAME, len(syllables)):
        states.append(list(map(zlib.crc32, linked[len(states) :], states[-1])))
    return _longest(len(syllables), 1, [_ended(np.array(part, np.uint32)) for part in states], shelf)


def _longest(size: int, shortest: int, keys: list[NDArray[np.uint32]], shelf: Shelf) -> Segments:
    """`keys` are those of the parts of `shortest` signs, of one more, and so on, from each place of the text."""
    length_at, meaning_at = np.zeros(size, np.int32), np.zeros(size, np.int32)
    found = shelf.meanings_of(np.concatenate(keys)) if size else np.empty(0, np.int32)
    start = 0
    for length, part in enumerate(keys, shortest):
        meanings = found[start : start + len(part)]
        known = np.flatnonzero(meanings >= 0)
        length_at[known], meaning_at[known] = length, meanings[known]
        start += len(part)
    lengths = length_at.tolist()
    places = _path(lengths)
    return Segments(places, [lengths[place] for place in places], meaning_at[places])


def _path(lengths: list[int]) -> list[int]:
    """The places where words begin if each is read to its end before the next is looked for."""
    places: list[int] = []
    place, end = 0, len(lengths)
    while place < end:
        length = lengths[place]
        if length:
            places.append(place)
            place += length
        else:
            place += 1
    return places


def _ended(states: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The CRC-32 of what led to each state and the sign that ends a word (`word_key`)."""
    inverted = ~states
    ended: NDArray[np.uint32] = ~(
        _STEP[(inverted ^ np.uint32(ord(EXACT))) & np.uint32(0xFF)] ^ (inverted >> np.uint32(8))
    )
    return ended


_STEP = np.array([zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], np.uint32)
"""What CRC-32 does to one byte, read off zlib."""
