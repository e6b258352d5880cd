"""Spellings: every chunk of text that a reader meets gets a number, and what is known of it stands in columns.

News repeats its words, so a story is looked up in one dictionary, once, and all else is asked for by number, all words
at a time: a step of the interpreter a word, and a cold look-up a word and question, would cost more than the answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.memory import LONGEST

Numbers = NDArray[np.intp]
Answers = NDArray[np.uint32]
BLANK: Final = 0xFFFFFFFF
"""Nothing is known yet."""
ROOM: Final = 1_024
CHECKS: Final = 8
"""How often it is looked whether something is to be forgotten, while as many come up as there is room for."""


class Column:
    """One thing to know of each spelling, by its number."""

    def __init__(self, room: int) -> None:
        self.values: Answers = np.full(room, BLANK, np.uint32)

    def grow(self, room: int) -> None:
        """Room for so many."""
        self.values = np.concatenate((self.values, np.full(room - len(self.values), BLANK, np.uint32)))

    def keep(self, numbers: Numbers, room: int) -> None:
        """Keep what is known of these, which are numbered anew."""
        kept = self.values[numbers]
        self.values = np.full(room, BLANK, np.uint32)
        self.values[: len(kept)] = kept


class Spellings(dict[str, int]):
    """Numbers by spelling; a new one gets the next. Not for threads to share."""

    def __init__(self, most: int) -> None:
        """Remembers `most` spellings of up to LONGEST signs, and about as many again that have not come up lately."""
        super().__init__()
        self.spelt: list[str] = []
        """By number."""
        self._long: list[int] = []
        """The numbers of those that are too long to be remembered."""
        self._most = most
        self._check_at = most
        self._columns: list[Column] = []
        self._seen = np.zeros(ROOM, np.bool_)

    def __missing__(self, spelling: str) -> int:
        number = self[spelling] = len(self.spelt)
        self.spelt.append(spelling)
        if len(spelling) > LONGEST:
            self._long.append(number)
        return number

    def column(self) -> Column:
        """A new column, with nothing in it."""
        column = Column(len(self._seen))
        self._columns.append(column)
        return column

    def numbered(self, chunks: Iterable[list[str]], count: int) -> Numbers:
        """The numbers of all chunks, of which there are so many. They hold until `tidy` is called."""
        numbers = np.fromiter(map(self.__getitem__, chain.from_iterable(chunks)), np.intp, count)
        if len(self.spelt) > len(self._seen):
            self._make_room(2 * len(self.spelt))
        self._seen[numbers] = True
        return numbers

    def _make_room(self, room: int) -> None:
        self._seen = np.concatenate((self._seen, np.zeros(room - len(self._seen), np.bool_)))
        for column in self._columns:
            column.grow(room)

    def tidy(self) -> None:
        """Forget what is too long, and if there is no more room what has not come up since it was last forgotten."""
        if self._long:
            self._forget_long()
        if len(self.spelt) <= self._check_at:
            return
        kept = np.flatnonzero(self._seen)
        if len(kept) > self._most or len(self.spelt) > 2 * self._most:  # the latter if many were too long
            self._keep(kept)
        self._check_at = len(self.spelt) + self._most // CHECKS

    def _forget_long(self) -> None:
        """Their numbers stay unused until all are numbered anew."""
        for number in self._long:
            del self[self.spelt[number]]
            self.spelt[number] = ""
        self._seen[self._long] = False
        self._long.clear()

    def _keep(self, numbers: Numbers) -> None:
        self.spelt = [self.spelt[number] for number in numbers.tolist()]
        self.clear()
        self.update(zip(self.spelt, range(len(self.spelt)), strict=True))
        room = 2 * len(self.spelt)
        self._seen = np.zeros(room, np.bool_)
        for column in self._columns:
            column.keep(numbers, room)
