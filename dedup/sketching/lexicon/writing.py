"""The three ways in which languages are written, and how words are found in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Protocol

from dedup.sketching.lexicon.elements import LATIN_END, Elements
from dedup.sketching.lexicon.folding import WORD, fold
from dedup.sketching.lexicon.line import Line, words_in
from dedup.sketching.lexicon.memory import Memories, Memory
from dedup.sketching.lexicon.segmentation import KATAKANA, RUNS, longest_groups, longest_runs
from dedup.sketching.lexicon.table import Table
from dedup.sketching.lexicon.vocabulary import Vocabulary

Spoken = Iterator[tuple[str, Elements]]
"""Words as they stand in the text (in runs and groups: folded), and what each says."""


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


class Writing(Protocol):
    """Finds the words in lines of one language."""

    def elements(self, lines: Sequence[Line]) -> Iterable[int]:
        """What the lines say; some of it may come more than once."""
        ...

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word; slower, for people."""
        ...


class Words:
    """Words with spaces between them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._said = vocabulary.said

    def elements(self, lines: Sequence[Line]) -> Iterable[int]:
        """What the lines say."""
        return chain.from_iterable(self._said.of(set().union(*(line.chunks for line in lines))))

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        words = WORD.findall(_text(lines))
        return zip(words, self._said.of(words), strict=True)


class Runs:
    """Signs without spaces, of which the table knows some runs; katakana and Latin words stand out as they are."""

    def __init__(self, table: Table, language: str, vocabulary: Vocabulary) -> None:
        self._table = table
        self._shelf = table.shelf(language)
        self._said = vocabulary.said

    def elements(self, lines: Sequence[Line]) -> Iterable[int]:
        """What the lines say."""
        text = _text(lines)
        folded = fold(text)
        found = longest_runs(_runs(folded), self._shelf)
        yield from self._table.concepts_of(found.meanings)
        yield from chain.from_iterable(self._said.of(_outstanding(text, folded)))

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        text = _text(lines)
        folded = fold(text)
        runs = _runs(folded)
        for word, meaning in longest_runs(runs, self._shelf).of(runs):
            yield word, self._table.concepts(meaning)
        words = _outstanding(text, folded)
        yield from zip(words, self._said.of(words), strict=True)


def _runs(folded: str) -> str:
    return " ".join(RUNS.findall(folded))


def _outstanding(text: str, folded: str) -> list[str]:
    words = WORD.findall(text)
    return KATAKANA.findall(folded) + [word for word in words if word[0] < LATIN_END or KATAKANA.match(word)]


class Syllables:
    """Vietnamese: words of one to four syllables with spaces between all of these; names may be foreign."""

    def __init__(self, table: Table, language: str, english: Vocabulary, memories: Memories) -> None:
        self._table = table
        self._shelf = table.shelf(language)
        self._language = language
        self._english = english.said
        self._spelt: Memory[tuple[bytes, ...]] = memories.new(self._spelling)
        self._names: Memory[Elements] = memories.new(self._name)

    def elements(self, lines: Sequence[Line]) -> Iterable[int]:
        """What the lines say."""
        chunks = [chunk for line in lines for chunk in line.chunks]
        syllables = list(chain.from_iterable(self._spelt.of(chunks)))
        found = longest_groups(syllables, self._shelf)
        yield from self._table.concepts_of(found.meanings)
        yield from chain.from_iterable(self._names.of(set(chunks)))

    def spoken(self, lines: Sequence[Line]) -> Spoken:
        """The same word by word."""
        text = _text(lines)
        chunks = [chunk for line in lines for chunk in line.chunks]
        syllables = [syllable for part in self._spelt.of(chunks) for syllable in part]
        for group, meaning in longest_groups(syllables, self._shelf).of(syllables):
            yield b"_".join(group).decode(), self._table.concepts(meaning)
        words = WORD.findall(text)
        yield from zip(words, self._names.of(words), strict=True)

    def _spelling(self, chunks: Sequence[str]) -> list[tuple[bytes, ...]]:
        return [tuple(fold(word, self._language).encode() for word in words_in(chunk)) for chunk in chunks]

    def _name(self, chunks: Sequence[str]) -> list[Elements]:
        names = [[word for word in words_in(chunk) if word.isascii() and word[0].isupper()] for chunk in chunks]
        return [tuple(chain.from_iterable(self._english.of(words))) for words in names]
