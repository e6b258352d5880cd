"""Elements: what the set of a story is made of. 32 bits: two for the kind, and the number of a concept or a hash."""

from __future__ import annotations

import zlib
from enum import IntEnum

from dedup.sketching.lexicon.names import skeleton

KIND_SHIFT = 30
NAME_WORD_LEAST = 3
"""Letters of an unknown word that is taken as it stands."""
LATIN_END = "\u0250"
"""The first sign after the Latin letters."""

Elements = tuple[int, ...]


class Kind(IntEnum):
    """What an element stands for."""

    CONCEPT = 0
    NUMBER = 1
    NAME = 2
    """The consonants of a name or an unknown word, in Latin letters."""
    WORD = 3
    """An unknown word in Latin letters, as it stands."""


def kind_of(element: int) -> Kind:
    """What an element stands for."""
    return Kind(element >> KIND_SHIFT)


def number_element(number: str) -> int:
    """The element of a number."""
    return _hashed(Kind.NUMBER, number)


def sound(folded: str) -> Elements:
    """The element of a name's consonants; none if it has too few."""
    bones = skeleton(folded)
    return (_hashed(Kind.NAME, bones),) if bones else ()


def spelling(folded: str) -> Elements:
    """The element of an unknown word in Latin letters; none of others."""
    if len(folded) < NAME_WORD_LEAST or folded[0] >= LATIN_END:
        return ()
    return (_hashed(Kind.WORD, folded),)


def _hashed(kind: Kind, word: str) -> int:
    return kind << KIND_SHIFT | zlib.crc32(word.encode()) >> 2
