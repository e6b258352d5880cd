"""Concepts: what a story says, whatever the language: the elements of the view that finds translations.

An element is 32 bits: two for its kind, and the number of a concept or the hash of a number, a name or a word.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from dedup.sketching.lexicon.folding import WORD, fold
from dedup.sketching.lexicon.names import skeleton
from dedup.sketching.lexicon.numerals import numbers
from dedup.sketching.lexicon.segmentation import KATAKANA, RUNS, segments, syllable_groups
from dedup.sketching.lexicon.table import EXACT, Table, word_key
from dedup.sketching.lexicon.telling import Teller
from dedup.sketching.lexicon.words import meanings
from dedup.sketching.text import Hashes, Text

KIND_SHIFT = 30
WORDS_REMEMBERED = 100_000
"""Words whose elements a reader remembers, of all languages together; then it begins afresh. About 20 MB."""
NAME_WORD_LEAST = 3
"""Letters of an unknown word that is taken as it stands."""
_UNCASED = frozenset(["ar", "fa", "ur", "ps", "he", "hi", "mr", "ne", "bn", "ta", "te", "ka", "th", "zh", "ja", "ko"])
_NOT_LATIN = _UNCASED | frozenset(["ru", "uk", "be", "bg", "mk", "el", "hy"])

UNTOLD = "en"
"""The language of a story without a word."""

Elements = tuple[int, ...]


class Kind(IntEnum):
    """What an element stands for."""

    CONCEPT = 0
    NUMBER = 1
    NAME = 2
    """The consonants of a name or an unknown word, in Latin letters."""
    WORD = 3
    """An unknown word in Latin letters, as it stands."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """The distinct elements of a story, ascending, and the language that it is in."""

    elements: Hashes
    language: str

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


@dataclass(frozen=True, slots=True)
class _Passage:
    """The lines of a story that are in one language, and their words."""

    language: str
    writing: str
    lines: list[str]
    words: list[str]


class Reader:
    """Reads stories by a table. Remembers words, so one reader should read many; not for threads to share."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._teller = Teller(table)
        self._known: dict[str, dict[str, Elements]] = {}
        self._left = WORDS_REMEMBERED

    def read(self, text: Text) -> Concepts:
        """The concepts, numbers and names of a story and its headline."""
        lines = [line for line in (text.headline, *text.lines) if line]
        language, passages = self._passages(lines)
        found = {_number(number) for _, number in numbers("\n".join(lines))}
        for passage in passages:
            if passage.writing == "words":
                known = self._memory(passage.language)
                for word in set(passage.words):
                    elements = known.get(word)
                    found.update(self._remember(known, word, passage.language) if elements is None else elements)
            else:
                for _, elements in self._spoken(passage):
                    found.update(elements)
        return Concepts(np.array(sorted(found), np.uint32), language)

    def origins(self, text: Text) -> dict[int, Origin]:
        """For each element of a story, its meaning and the words that gave it; slower than `read`, for people."""
        lines = [line for line in (text.headline, *text.lines) if line]
        said: dict[int, tuple[str, dict[str, None]]] = {}
        for passage in self._passages(lines)[1]:
            for word, elements in self._spoken(passage):
                for element in elements:
                    said.setdefault(element, (self._gloss(element, word), {}))[1][word] = None
        for written, number in numbers("\n".join(lines)):
            said.setdefault(_number(number), (number, {}))[1][written] = None
        return {element: Origin(kind_of(element), gloss, tuple(seen)) for element, (gloss, seen) in said.items()}

    def _passages(self, lines: list[str]) -> tuple[str, list[_Passage]]:
        """The language of a story, and its lines put together by language."""
        if not lines:
            return UNTOLD, []
        words = [WORD.findall(line) for line in lines]
        language, languages = self._teller.tell(lines, words)
        passages: dict[str, _Passage] = {}
        for line, own_words, own in zip(lines, words, languages, strict=True):
            passage = passages.setdefault(own, _Passage(own, self._table.languages[own], [], []))
            passage.lines.append(line)
            passage.words.extend(own_words)
        return language, list(passages.values())

    def _spoken(self, passage: _Passage) -> Iterator[tuple[str, Elements]]:
        if passage.writing == "runs":
            yield from self._runs("\n".join(passage.lines), passage.words, passage.language)
        elif passage.writing == "syllables":
            yield from self._syllables(passage.words, passage.language)
        else:
            known = self._memory(passage.language)
            yield from ((word, self._remember(known, word, passage.language)) for word in passage.words)

    def _runs(self, lines: str, words: list[str], language: str) -> Iterator[tuple[str, Elements]]:
        folded = fold(lines)
        runs = " ".join(RUNS.findall(folded))
        for word, meaning in segments(runs, self._table.shelf(language)) if runs else ():
            yield word, self._table.concepts(meaning)
        known = self._memory(language)
        for word in (*KATAKANA.findall(folded), *words):
            if word[0] < "\u0250" or KATAKANA.match(word):
                yield word, known[word] if word in known else self._remember(known, word, language)

    def _syllables(self, words: list[str], language: str) -> Iterator[tuple[str, Elements]]:
        folded = [fold(word, language) for word in words]
        for group, meaning in syllable_groups(folded, self._table.shelf(language)):
            if meaning is not None:
                yield group, self._table.concepts(meaning)
        known = self._memory("en")
        for word in words:
            if word.isascii() and word[0].isupper():
                yield word, known[word] if word in known else self._remember(known, word, "en")

    def _memory(self, language: str) -> dict[str, Elements]:
        return self._known.setdefault(language, {})

    def _remember(self, known: dict[str, Elements], word: str, language: str) -> Elements:
        if self._left == 0:
            for memory in self._known.values():
                memory.clear()
            self._left = WORDS_REMEMBERED
        self._left -= 1
        elements = known[word] = self._elements(word, language)
        return elements

    def _elements(self, word: str, language: str) -> Elements:
        """What one word says: its concepts, and if it looks like a name that not every language knows, its sound.

        An unknown word is taken for a name if it is capitalised, or if its script has no capitals; other unknown words
        say nothing, because no other language has them.
        """
        folded = fold(word, language)
        if len(folded) < 2:
            return ()
        foreign = folded.isascii() and language in _NOT_LATIN
        own = "en" if foreign else language
        found = self._concepts(folded, own)
        may_be_a_name = word[0].isupper() or (language in _UNCASED and not foreign)
        if found is None and may_be_a_name and folded[0] < "\u0250":
            found = self._english_name(folded)
        if found is None:
            return (*_skeleton(folded), *_as_it_stands(folded)) if may_be_a_name else ()
        if may_be_a_name and any(self._table.is_name[concept] for concept in found):
            return (*found, *_skeleton(folded))
        return found

    def _concepts(self, folded: str, language: str) -> Elements | None:
        found = meanings(folded, language, self._table.shelf(language))
        return tuple(concept for meaning in found for concept in self._table.concepts(meaning)) if found else None

    def _english_name(self, folded: str) -> Elements | None:
        """Most names are spelt as in English: the concept of that name, if English has it."""
        meaning = self._table.shelf("en").meaning(word_key(folded + EXACT))
        return self._table.concepts(meaning) or None if meaning else None

    def _gloss(self, element: int, word: str) -> str:
        return self._table.glosses[element] if kind_of(element) is Kind.CONCEPT else word


def kind_of(element: int) -> Kind:
    """What an element stands for."""
    return Kind(element >> KIND_SHIFT)


def _number(number: str) -> int:
    return _hashed(Kind.NUMBER, number)


def _skeleton(folded: str) -> Elements:
    bones = skeleton(folded)
    return (_hashed(Kind.NAME, bones),) if bones else ()


def _as_it_stands(folded: str) -> Elements:
    if len(folded) < NAME_WORD_LEAST or folded[0] >= "\u0250":
        return ()
    return (_hashed(Kind.WORD, folded),)


def _hashed(kind: Kind, word: str) -> int:
    return kind << KIND_SHIFT | zlib.crc32(word.encode()) >> 2
