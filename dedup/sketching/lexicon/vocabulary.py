"""What the words of one language say, with a memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from dedup.sketching.lexicon.elements import LATIN_END, Elements, sound, spelling
from dedup.sketching.lexicon.folding import fold
from dedup.sketching.lexicon.line import words_in
from dedup.sketching.lexicon.memory import Memories, Memory
from dedup.sketching.lexicon.table import EXACT, Table, word_key
from dedup.sketching.lexicon.words import meanings_of_all

_UNCASED = frozenset(["ar", "fa", "ur", "ps", "he", "hi", "mr", "ne", "bn", "ta", "te", "ka", "th", "zh", "ja", "ko"])
_NOT_LATIN = _UNCASED | frozenset(["ru", "uk", "be", "bg", "mk", "el", "hy"])


class Vocabulary:
    """One language. `said` answers for any text between spaces: a word, several, or one with its punctuation."""

    def __init__(self, table: Table, language: str, memories: Memories) -> None:
        self._table = table
        self._language = language
        self.said: Memory[Elements] = memories.new(self._understood)

    def _understood(self, chunks: Sequence[str]) -> list[Elements]:
        words = [words_in(chunk) for chunk in chunks]
        said = iter(self._words([word for part in words for word in part]))
        return [next(said) if len(part) == 1 else _joined(islice(said, len(part))) for part in words]

    def _words(self, words: Sequence[str]) -> list[Elements]:
        """What each word says: its concepts, and if it looks like a name that not every language knows, its sound.

        An unknown word is taken for a name if it is capitalised, or if its script has no capitals; other unknown words
        say nothing, because no other language has them.
        """
        folded = [fold(word, self._language) for word in words]
        foreign = [spelling.isascii() for spelling in folded] if self._language in _NOT_LATIN else [False] * len(words)
        own = iter(self._meanings([one for one, away in zip(folded, foreign, strict=True) if not away], self._language))
        english = iter(self._meanings([one for one, away in zip(folded, foreign, strict=True) if away], "en"))
        return [
            self._said(
                word[0].isupper() or (self._language in _UNCASED and not away), spelling, next(english if away else own)
            )
            for word, spelling, away in zip(words, folded, foreign, strict=True)
        ]

    def _meanings(self, folded: Sequence[str], language: str) -> list[tuple[int, ...]]:
        return meanings_of_all(folded, language, self._table.shelf(language)) if folded else []

    def _said(self, may_be_a_name: bool, folded: str, meant: tuple[int, ...]) -> Elements:
        if len(folded) < 2:
            return ()
        found = self._concepts(meant) if meant else None
        if found is None and may_be_a_name and folded[0] < LATIN_END:
            found = self._english_name(folded)
        if found is None:
            return (*sound(folded), *spelling(folded)) if may_be_a_name else ()
        if may_be_a_name and any(self._table.is_name[concept] for concept in found):
            return (*found, *sound(folded))
        return found

    def _concepts(self, meant: tuple[int, ...]) -> Elements:
        return _joined(map(self._table.concepts, meant)) if len(meant) > 1 else self._table.concepts(meant[0])

    def _english_name(self, folded: str) -> Elements | None:
        """Most names are spelt as in English: the concept of that name, if English has it."""
        meaning = self._table.shelf("en").meaning(word_key(folded + EXACT))
        return self._table.concepts(meaning) or None if meaning else None


def _joined(parts: Iterable[Elements]) -> Elements:
    return tuple(chain.from_iterable(parts))
