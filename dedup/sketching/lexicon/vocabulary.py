"""What the words of one language say, with a memory."""

from __future__ import annotations

from dedup.sketching.lexicon.elements import LATIN_END, Elements, sound, spelling
from dedup.sketching.lexicon.folding import WORD, fold
from dedup.sketching.lexicon.memory import Memories, Memory
from dedup.sketching.lexicon.table import EXACT, Table, word_key
from dedup.sketching.lexicon.words import meanings

_UNCASED = frozenset(["ar", "fa", "ur", "ps", "he", "hi", "mr", "ne", "bn", "ta", "te", "ka", "th", "zh", "ja", "ko"])
_NOT_LATIN = _UNCASED | frozenset(["ru", "uk", "be", "bg", "mk", "el", "hy"])


class Vocabulary:
    """One language. `said` answers for any text between spaces: a word, several, or one with its punctuation."""

    def __init__(self, table: Table, language: str, memories: Memories) -> None:
        self._table = table
        self._language = language
        self.said: Memory[Elements] = memories.new(self.understood)

    def understood(self, chunk: str) -> Elements:
        """What a chunk says; `said` remembers it."""
        if chunk.isalpha() or (words := WORD.findall(chunk)) == [chunk]:
            return self._word(chunk)
        return tuple(element for word in words for element in self.said[word])

    def _word(self, word: str) -> Elements:
        """What one word says: its concepts, and if it looks like a name that not every language knows, its sound.

        An unknown word is taken for a name if it is capitalised, or if its script has no capitals; other unknown words
        say nothing, because no other language has them.
        """
        folded = fold(word, self._language)
        if len(folded) < 2:
            return ()
        foreign = folded.isascii() and self._language in _NOT_LATIN
        found = self._concepts(folded, "en" if foreign else self._language)
        may_be_a_name = word[0].isupper() or (self._language in _UNCASED and not foreign)
        if found is None and may_be_a_name and folded[0] < LATIN_END:
            found = self._english_name(folded)
        if found is None:
            return (*sound(folded), *spelling(folded)) if may_be_a_name else ()
        if may_be_a_name and any(self._table.is_name[concept] for concept in found):
            return (*found, *sound(folded))
        return found

    def _concepts(self, folded: str, language: str) -> Elements | None:
        found = meanings(folded, language, self._table.shelf(language))
        if len(found) == 1:
            return self._table.concepts(found[0])
        return tuple(concept for meaning in found for concept in self._table.concepts(meaning)) if found else None

    def _english_name(self, folded: str) -> Elements | None:
        """Most names are spelt as in English: the concept of that name, if English has it."""
        meaning = self._table.shelf("en").meaning(word_key(folded + EXACT))
        return self._table.concepts(meaning) or None if meaning else None
