"""Concepts: what a story says, whatever the language: the elements of the view that finds translations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.sketching.lexicon.elements import KIND_SHIFT, Kind, kind_of, number_element
from dedup.sketching.lexicon.handicaps import Handicaps
from dedup.sketching.lexicon.line import Line, lines_of
from dedup.sketching.lexicon.memory import Memories
from dedup.sketching.lexicon.numerals import numbers
from dedup.sketching.lexicon.spellings import Spellings
from dedup.sketching.lexicon.table import Table
from dedup.sketching.lexicon.telling import Teller
from dedup.sketching.lexicon.vocabulary import Vocabulary
from dedup.sketching.lexicon.writing import Runs, Syllables, Words, Writing
from dedup.sketching.text import Hashes, Text, distinct

REMEMBERED = 200_000
"""What a reader remembers of words, of all languages together, and as much again that has not come up for a while: each
word for its language and for its meaning. A full memory has 45 MB for one language; news in 35 languages takes 90, and
120 while something is forgotten; words of 64 signs (longer ones are not remembered), made up in all languages, 350."""
UNTOLD = "en"
"""The language of a story without a word."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """The distinct elements of a story, ascending, and the language that it is in."""

    elements: Hashes
    language: str
    handicaps: Hashes
    """How hard it is for each element to become a band key (`lexicon/handicaps.py`)."""

    @property
    def figures(self) -> Hashes:
        """Those that are numbers."""
        return self.of(Kind.NUMBER)

    def of(self, kind: Kind) -> Hashes:
        """The elements of one kind."""
        kept: Hashes = self.elements[self.elements >> np.uint32(KIND_SHIFT) == kind]
        return kept


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an element comes from: what it means, in English, and the words of the article that say so."""

    kind: Kind
    gloss: str
    words: tuple[str, ...]


class Reader:
    """Reads stories by a table. Remembers words, so one reader should read many; not for threads to share."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._memories = Memories(REMEMBERED)
        self._spellings = Spellings(REMEMBERED // 2)
        self._teller = Teller(table, self._spellings, self._memories)
        self._handicaps = Handicaps(table)
        self._vocabularies: dict[str, Vocabulary] = {}
        self._writings: dict[str, Writing] = {}

    def read(self, text: Text) -> Concepts:
        """The concepts, numbers and names of a story and its headline."""
        lines = self._lines(text)
        language, passages = self._passages(lines)
        figures = [number_element(number) for _, number in numbers("\n".join(line.text for line in lines))]
        found = [np.array(figures, np.uint32)]
        found += [self._writing(own).elements(passage) for own, passage in passages.items()]
        self._memories.tidy()
        self._spellings.tidy()
        elements = distinct(np.concatenate(found))
        return Concepts(elements, language, self._handicaps.of(elements))

    def origins(self, text: Text) -> dict[int, Origin]:
        """For each element of a story, its meaning and the words that gave it; slower than `read`, for people."""
        lines = self._lines(text)
        said: dict[int, tuple[str, dict[str, None]]] = {}
        for own, passage in self._passages(lines)[1].items():
            for word, elements in self._writing(own).spoken(passage):
                for element in elements:
                    said.setdefault(element, (self._gloss(element, word), {}))[1][word] = None
        for written, number in numbers("\n".join(line.text for line in lines)):
            said.setdefault(number_element(number), (number, {}))[1][written] = None
        return {element: Origin(kind_of(element), gloss, tuple(seen)) for element, (gloss, seen) in said.items()}

    def _lines(self, text: Text) -> list[Line]:
        return lines_of((line for line in (text.headline, *text.lines) if line), self._spellings)

    def _passages(self, lines: list[Line]) -> tuple[str, dict[str, list[Line]]]:
        """The language of a story, and its lines put together by language."""
        if not lines:
            return UNTOLD, {}
        language, languages = self._teller.tell(lines)
        passages: dict[str, list[Line]] = {}
        for line, own in zip(lines, languages, strict=True):
            passages.setdefault(own, []).append(line)
        return language, passages

    def _writing(self, language: str) -> Writing:
        writing = self._writings.get(language)
        if writing is None:
            writing = self._writings[language] = self._new_writing(language)
        return writing

    def _new_writing(self, language: str) -> Writing:
        match self._table.languages[language]:
            case "runs":
                return Runs(self._table, language, self._vocabulary(language))
            case "syllables":
                return Syllables(self._table, language, self._vocabulary("en"), self._memories)
            case _:
                return Words(self._vocabulary(language), self._spellings)

    def _vocabulary(self, language: str) -> Vocabulary:
        known = self._vocabularies.get(language)
        if known is None:
            known = self._vocabularies[language] = Vocabulary(self._table, language, self._memories)
        return known

    def _gloss(self, element: int, word: str) -> str:
        return self._table.glosses[element] if kind_of(element) is Kind.CONCEPT else word
