"""Shared passages: the runs of words that two texts have in common, as each of them prints it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from dedup.nouns.record import Passage
from dedup.sketching.han import simplified

LEAST_WORDS = 5
"""Shorter runs are shared by unrelated texts: in 1,400 news texts the commonest 5-word run stands in 25 of them."""
MOST_WORDS = 3_000
"""Words compared of each text; what follows is not looked at."""
MOST_PASSAGES = 20

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W_]+")


def shared_passages(a: str, b: str) -> tuple[Passage, ...]:
    """The longest shared runs of at least LEAST_WORDS words, longest first (Ratcliff & Obershelp's matching blocks)."""
    left, right = list(_WORD.finditer(a))[:MOST_WORDS], list(_WORD.finditer(b))[:MOST_WORDS]
    matcher = SequenceMatcher(None, _folded(left), _folded(right), autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= LEAST_WORDS]
    longest = sorted(blocks, key=lambda block: (-block.size, block.a))[:MOST_PASSAGES]
    return tuple(
        Passage(_printed(a, left, block.a, block.size), _printed(b, right, block.b, block.size), block.size)
        for block in longest
    )


def _folded(words: list[re.Match[str]]) -> list[str]:
    return [simplified(word.group()).casefold() for word in words]


def _printed(text: str, words: list[re.Match[str]], start: int, size: int) -> str:
    return " ".join(text[words[start].start() : words[start + size - 1].end()].split())
