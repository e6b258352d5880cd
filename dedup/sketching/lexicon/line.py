"""A line of a story, and the words in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from dedup.sketching.lexicon.spellings import Numbers, Spellings

_SPACED = bytes(sign if sign >= 128 or chr(sign).isalpha() or sign == ord("\n") else 32 for sign in range(256))
"""In UTF-8, every ASCII sign that is no letter becomes a space: what is beyond ASCII has only bytes from 128 on."""
_BESIDE_WORDS = "“”’„«»–—،。、"
"""The commonest of the other signs that part words: what they are left on costs room in the memory of words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; the words of the line are those in its `chunks`, which mostly are one word each, and have `numbers`."""

    text: str
    chunks: list[str]
    numbers: Numbers


def lines_of(texts: Iterable[str], spellings: Spellings) -> list[Line]:
    """Lines with what stands between spaces, digits and ASCII punctuation: words, but for signs of other scripts."""
    flat = [text.replace("\n", " ") for text in texts]
    spaced = "\n".join(flat).encode(errors="replace").translate(_SPACED).decode()
    for sign in _BESIDE_WORDS if not spaced.isascii() else "":
        spaced = spaced.replace(sign, " ")
    chunks = list(map(str.split, spaced.split("\n")[: len(flat)]))
    ends = list(accumulate(map(len, chunks), initial=0))
    numbers = spellings.numbered(chunks, ends[-1])
    return [
        Line(*line, numbers[start:end])
        for line, (start, end) in zip(zip(flat, chunks, strict=True), pairwise(ends), strict=True)
    ]
