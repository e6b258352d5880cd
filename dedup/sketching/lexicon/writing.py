"""The three ways in which languages are written, and how words are found in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol

import numpy as np

from dedup.sketching.lexicon.elements import LATIN_END, Elements
from dedup.sketching.lexicon.folding import WORD, fold
from dedup.sketching.lexicon.line import Line
from dedup.sketching.lexicon.memory import Memories, Memory
from dedup.sketching.lexicon.segmentation import KATAKANA, RUNS, longest_groups, longest_runs
from dedup.sketching.lexicon.spellings import BLANK, Answers, Numbers, Spellings
from dedup.sketching.lexicon.table import Table
from dedup.sketching.lexicon.vocabulary import Vocabulary
from dedup.sketching.text import distinct

NOTHING: Final = 0
MANY: Final = BLANK - 1
Spoken = Iterator[tuple[str, Elements]]
"""Words as they stand in the text (in runs and groups: folded), and what each says."""


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


class Writing(Protocol):
    """Finds the words in lines of one language."""

    def elements(self, lines: Sequence[Line]) -> Answers:
        """What the lines say; some of it may come more than once."""
        ...

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word; slower, for people."""
        ...


class Words:
    """Words with spaces between them."""

    def __init__(self, vocabulary: Vocabulary, spellings: Spellings) -> None:
        self._understood = vocabulary.understood
        self._said = vocabulary.said
        self._spellings = spellings
        self._first, self._second = spellings.column(), spellings.column()
        """Up to two elements that a chunk says; MANY for those that say more, which the vocabulary remembers."""

    def elements(self, lines: Sequence[Line]) -> Answers:
        """What the lines say."""
        numbers = distinct(np.concatenate([line.numbers for line in lines]))
        first = self._first.values[numbers]
        news = numbers[first == BLANK]
        if len(news):
            self._learn(news)
            first = self._first.values[numbers]
        found = np.concatenate((first, self._second.values[numbers]))
        more = [self._said[self._spellings.spelt[number]] for number in numbers[first == MANY].tolist()]
        found = found[(found != NOTHING) & (found < MANY)]
        return np.concatenate((found, np.array(list(chain.from_iterable(more)), np.uint32))) if more else found

    def _learn(self, numbers: Numbers) -> None:
        for number in numbers.tolist():
            said = self._understood(self._spellings.spelt[number])
            if len(said) > 2 or (said and max(said) >= MANY):
                said = (MANY, NOTHING)
            self._first.values[number], self._second.values[number] = (*said, NOTHING, NOTHING)[:2]

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        return ((word, self._said[word]) for word in WORD.findall(_text(lines)))


class Runs:
    """Signs without spaces, of which the table knows some runs; katakana and Latin words stand out as they are."""

    def __init__(self, table: Table, language: str, vocabulary: Vocabulary) -> None:
        self._table = table
        self._shelf = table.shelf(language)
        self._said = vocabulary.said

    def elements(self, lines: Sequence[Line]) -> Answers:
        """What the lines say."""
        text = _text(lines)
        folded = fold(text)
        found = longest_runs(_runs(folded), self._shelf)
        outstanding = chain.from_iterable(map(self._said.__getitem__, _outstanding(text, folded)))
        return np.array([*self._table.concepts_of(found.meanings), *outstanding], np.uint32)

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        text = _text(lines)
        folded = fold(text)
        runs = _runs(folded)
        for word, meaning in longest_runs(runs, self._shelf).of(runs):
            yield word, self._table.concepts(meaning)
        for word in _outstanding(text, folded):
            yield word, self._said[word]


def _runs(folded: str) -> str:
    return " ".join(RUNS.findall(folded))


def _outstanding(text: str, folded: str) -> Iterator[str]:
    yield from KATAKANA.findall(folded)
    for word in WORD.findall(text):
        if word[0] < LATIN_END or KATAKANA.match(word):
            yield word


class Syllables:
    """Vietnamese: words of one to four syllables with spaces between all of these; names may be foreign."""

    def __init__(self, table: Table, language: str, english: Vocabulary, memories: Memories) -> None:
        self._table = table
        self._shelf = table.shelf(language)
        self._language = language
        self._english = english.said
        self._spelt: Memory[tuple[bytes, ...]] = memories.new(self._spelling)
        self._names: Memory[Elements] = memories.new(self._name)

    def elements(self, lines: Sequence[Line]) -> Answers:
        """What the lines say."""
        chunks = [chunk for line in lines for chunk in line.chunks]
        syllables = list(chain.from_iterable(map(self._spelt.__getitem__, chunks)))
        found = longest_groups(syllables, self._shelf)
        names = chain.from_iterable(map(self._names.__getitem__, set(chunks)))
        return np.array([*self._table.concepts_of(found.meanings), *names], np.uint32)

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        text = _text(lines)
        syllables = [syllable for line in lines for chunk in line.chunks for syllable in self._spelt[chunk]]
        for group, meaning in longest_groups(syllables, self._shelf).of(syllables):
            yield b"_".join(group).decode(), self._table.concepts(meaning)
        for word in WORD.findall(text):
            yield word, self._names[word]

    def _spelling(self, chunk: str) -> tuple[bytes, ...]:
        return tuple(fold(word, self._language).encode() for word in WORD.findall(chunk))

    def _name(self, chunk: str) -> Elements:
        words = [word for word in WORD.findall(chunk) if word.isascii() and word[0].isupper()]
        return tuple(element for word in words for element in self._english[word])
