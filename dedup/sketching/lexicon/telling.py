"""Which language each line of a text is in: votes of its words and of its scripts.

A word votes for each language that has it among its commonest, with the logarithm of how much commoner it is there than
an unlisted word (naive Bayes). Signs of a script that few languages use vote for these.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.folding import WORD
from dedup.sketching.lexicon.line import Line
from dedup.sketching.lexicon.memory import Memories, Memory
from dedup.sketching.lexicon.spellings import BLANK, Answers, Numbers, Spellings
from dedup.sketching.lexicon.table import Table

SWITCH = 12.0
"""By how many nats a line must favour another language than the whole text does: about four common words."""
WORDS_ASKED = 24
"""Words of a line that vote; more would only cost time."""
VOTE_STEPS = 16.0
"""Votes are kept in sixteenths of a nat."""
SIEVE_SHIFT = 12
SEVERAL = BLANK - 1
"""In the place of a row: that a chunk is several words, or none."""
_SCRIPTS: tuple[tuple[int, int, dict[str, float]], ...] = (
    (0x41, 0x250, {"en": 0.001}),
    (0x370, 0x400, {"el": 1.0}),
    (0x400, 0x530, {"ru": 0.001}),
    (0x530, 0x590, {"hy": 1.0}),
    (0x590, 0x600, {"he": 1.0}),
    (0x600, 0x780, {"ar": 0.001}),
    (0x900, 0x980, {"hi": 0.001}),
    (0x980, 0xA00, {"bn": 1.0}),
    (0xB80, 0xC00, {"ta": 1.0}),
    (0xC00, 0xC80, {"te": 1.0}),
    (0xE00, 0xE80, {"th": 1.0}),
    (0x10A0, 0x1100, {"ka": 1.0}),
    (0x3041, 0x3100, {"ja": 6.0}),
    (0x3400, 0xA000, {"zh": 1.0, "ja": 0.9}),
    (0xAC00, 0xD7B0, {"ko": 1.0}),
)
"""First sign, sign after the last, and the votes of one sign. Kana outweigh the Han signs they stand among."""

Floats = NDArray[np.float64]


class Teller:
    """Tells languages apart by the lists of a table."""

    def __init__(self, table: Table, spellings: Spellings, memories: Memories) -> None:
        self._languages = tuple(table.languages)
        self._keys = table.array("telling.keys").data
        self._sieve = _sieve(table)
        self._ballots = _ballots(table)
        self._unlisted = len(self._keys)
        self._spellings = spellings
        self._rows = spellings.column()
        """Of each chunk that is one word, the row of its ballot; SEVERAL for the others, whose rows are remembered."""
        self._several: Memory[tuple[int, ...]] = memories.new(self._listed)
        self._script_of, self._script_votes = _script_of(), _script_votes(self._languages)

    def tell(self, lines: Sequence[Line]) -> tuple[str, list[str]]:
        """The language of a text, and of each of its lines."""
        votes = self._word_votes(lines) + self._sign_votes(lines)
        own = int(votes.sum(axis=0).argmax())
        best = votes.argmax(axis=1)
        ahead = votes[np.arange(len(lines)), best] - votes[:, own]
        chosen = np.where(ahead > SWITCH, best, own)
        return self._languages[own], [self._languages[number] for number in chosen.tolist()]

    def _word_votes(self, lines: Sequence[Line]) -> Floats:
        asked = [line.numbers[:WORDS_ASKED] for line in lines]
        rows = self._rows_of(np.concatenate(asked))
        sizes = np.array([len(numbers) for numbers in asked])
        if SEVERAL in rows:
            listed = [self._read(line) for line in lines]
            rows = np.fromiter(chain.from_iterable(listed), np.uint32)
            sizes = np.array([len(some) for some in listed])
        votes = np.zeros((len(lines), len(self._languages)))
        starts = np.cumsum(sizes) - sizes
        if len(rows):
            votes[sizes > 0] = np.add.reduceat(self._ballots[rows], starts[sizes > 0], axis=0, dtype=np.uint16)
        return votes / VOTE_STEPS

    def _rows_of(self, numbers: Numbers) -> Answers:
        rows: Answers = self._rows.values[numbers]
        news = numbers[rows == BLANK]
        if len(news):
            for number in set(news.tolist()):
                self._rows.values[number] = self._row_of(self._spellings.spelt[number])
            rows = self._rows.values[numbers]
        return rows

    def _row_of(self, chunk: str) -> int:
        if chunk.isalpha() or WORD.findall(chunk) == [chunk]:
            return self._row(chunk)
        return SEVERAL

    def _read(self, line: Line) -> list[int]:
        """The rows of the first words of a line."""
        rows = self._rows_of(line.numbers).tolist()
        each = (
            self._several[chunk] if row == SEVERAL else (row,) for chunk, row in zip(line.chunks, rows, strict=True)
        )
        return list(islice(chain.from_iterable(each), WORDS_ASKED))

    def _listed(self, chunk: str) -> tuple[int, ...]:
        """For each word in a chunk the row of its ballot."""
        return tuple(map(self._row, WORD.findall(chunk)))

    def _row(self, word: str) -> int:
        key = zlib.crc32(word.lower().encode())
        if not self._sieve[key >> SIEVE_SHIFT]:
            return self._unlisted
        place = bisect_left(self._keys, key)
        return place if place < self._unlisted and self._keys[place] == key else self._unlisted

    def _sign_votes(self, lines: Sequence[Line]) -> Floats:
        text = "\n".join(line.text for line in lines)
        if text.isascii():
            return np.zeros((len(lines), len(self._languages)))
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        scripts = self._script_of[np.minimum(codes, len(self._script_of) - 1)]
        line_of = np.repeat(np.arange(len(lines)), [len(line.text) + 1 for line in lines])[:-1]
        width = len(self._script_votes)
        counts = np.bincount(line_of * width + scripts, minlength=len(lines) * width).reshape(-1, width)
        return counts @ self._script_votes


def _ballots(table: Table) -> NDArray[np.uint8]:
    """For each listed word its votes for every language, and an empty ballot for all others at the end."""
    starts = table.array("telling.starts")
    ballots = np.zeros((len(starts), len(table.languages)), np.uint8)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    ballots[rows, table.array("telling.owners")] = table.array("telling.votes")
    return ballots


def _sieve(table: Table) -> bytes:
    """Not 0 where the upper bits of a key are those of a listed word: of sixteen others, fifteen are known by it."""
    sieve = np.zeros(1 << 32 - SIEVE_SHIFT, np.uint8)
    sieve[table.array("telling.keys").astype(np.uint32) >> SIEVE_SHIFT] = 1
    return sieve.tobytes()


def _script_votes(languages: tuple[str, ...]) -> Floats:
    votes = np.zeros((len(_SCRIPTS) + 1, len(languages)))
    for number, (_, _, favoured) in enumerate(_SCRIPTS, 1):
        for language, vote in favoured.items():
            if language in languages:
                votes[number, languages.index(language)] = vote
    return votes


@cache
def _script_of() -> NDArray[np.uint8]:
    """For each sign the number of its script, from 1; signs beyond the last have none."""
    scripts = np.zeros(1 << 16, np.uint8)
    for number, (low, high, _) in enumerate(_SCRIPTS, 1):
        scripts[low:high] = number
    return scripts
