"""A line of a story, and what stands between its spaces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat

_AROUND_WORDS = ".,;:!?\"'`()[]{}<>«»‹›“”„‘’‚…–—-‐‑/\\*•·|،؛؟।、。"
"""Signs that stand before and behind words, none of them a letter or a mark."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; its `chunks` are mostly words, got as fast as can be, and the words of a line are those in its chunks."""

    text: str
    chunks: list[str]

    @staticmethod
    def of(text: str) -> Line:
        """The line with its chunks: without spaces, and without punctuation around them."""
        return Line(text, list(map(str.strip, text.split(), repeat(_AROUND_WORDS))))
