"""A line of a story, and the words in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SPACED = bytes(sign if sign >= 128 or chr(sign).isalpha() or sign == ord("\n") else 32 for sign in range(256))
"""In UTF-8, every ASCII sign that is no letter becomes a space: what is beyond ASCII has only bytes from 128 on."""
_BESIDE_WORDS = "“”’„«»–—،。、"
"""The commonest of the other signs that part words: what they are left on costs room in the memory of words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; the words of the line are those in its `chunks`, which mostly are one word each."""

    text: str
    chunks: list[str]


def lines_of(texts: Iterable[str]) -> list[Line]:
    """Lines with what stands between spaces, digits and ASCII punctuation: words, but for signs of other scripts."""
    flat = [text.replace("\n", " ") for text in texts]
    spaced = "\n".join(flat).encode(errors="replace").translate(_SPACED).decode()
    for sign in _BESIDE_WORDS if not spaced.isascii() else "":
        spaced = spaced.replace(sign, " ")
    return [Line(text, line.split()) for text, line in zip(flat, spaced.split("\n"), strict=False)]
