"""Words of languages with spaces: the word itself, its prefix, its stem without clitics, or the parts of a compound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.table import EXACT, PREFIX_LEAST, Shelf, prefixes_of, word_key

CLITICS = {
    "ar": ("وال", "بال", "كال", "فال", "ولل", "لل", "ال", "و", "ب", "ل", "ف", "ك", "س"),
    "fa": ("نمي", "مي", "ب"),
    "he": ("וה", "וב", "ול", "ומ", "שה", "כש", "ש", "ה", "ו", "ב", "ל", "מ", "כ"),
}
"""Prefixed articles, prepositions and conjunctions, longest first, in folded spelling."""
CLITIC_REST_LEAST = 3
COMPOUNDING = frozenset("de nl sv da no fi hu is et".split())
COMPOUND_LEAST = 9
PART_LEAST = 4
LINKING = "sen"
"""Letters that link the parts of a compound: Arbeit-s-markt, Strasse-n-bahn."""


def meanings(folded: str, language: str, shelf: Shelf) -> tuple[int, ...]:
    """What a word means: one meaning, those of both parts of a compound, or none if the word is not known."""
    exact = shelf.meaning(word_key(folded + EXACT))
    if exact is not None:
        return (exact,)
    for clitic in CLITICS.get(language, ()):
        if folded.startswith(clitic) and len(folded) - len(clitic) >= CLITIC_REST_LEAST:
            found = shelf.word(folded[len(clitic) :])
            if found is not None:
                return (found,)
    found = shelf.prefix(folded)
    if found is not None:
        return (found,)
    return _compound(folded, language, shelf)


def meanings_of_all(words: Sequence[str], language: str, shelf: Shelf) -> list[tuple[int, ...]]:
    """What each word means, as `meanings` has it, looked up together."""
    found = shelf.meanings_of(_keys(word + EXACT for word in words)).tolist()
    unknown = [place for place, meaning in enumerate(found) if meaning < 0]
    told: list[tuple[int, ...]] = [(meaning,) for meaning in found]
    if language in CLITICS:
        for place in unknown:
            told[place] = meanings(words[place], language, shelf)
        return told
    prefixes = [prefixes_of(words[place]) for place in unknown]
    means = iter(shelf.meanings_of(np.array([key for keys in prefixes for key in keys], np.uint32)).tolist())
    for place, keys in zip(unknown, prefixes, strict=True):
        known = [meaning for meaning in islice(means, len(keys)) if meaning >= 0]
        told[place] = (known[0],) if known else _compound(words[place], language, shelf)
    return told


def _keys(spellings: Iterable[str]) -> NDArray[np.uint32]:
    return np.array([word_key(spelling) for spelling in spellings], np.uint32)


def _compound(folded: str, language: str, shelf: Shelf) -> tuple[int, ...]:
    return _parts(folded, shelf) if language in COMPOUNDING and len(folded) >= COMPOUND_LEAST else ()


def _parts(folded: str, shelf: Shelf) -> tuple[int, ...]:
    for cut in range(len(folded) - PART_LEAST, PART_LEAST - 1, -1):
        head = shelf.meaning(word_key(folded[:cut] + EXACT))
        if head is None:
            continue
        rest = folded[cut:]
        tail = shelf.word(rest)
        if tail is None and rest[0] in LINKING and len(rest) > PREFIX_LEAST:
            tail = shelf.word(rest[1:])
        if tail is not None:
            return (head, tail)
    return ()
