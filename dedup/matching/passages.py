"""Shared passages: the runs of words that two texts have in common, as each of them prints it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from heapq import heappop, heappush
from itertools import islice

from dedup.nouns.record import Passage
from dedup.sketching.han import simplified
from dedup.sketching.text import TOKEN

LEAST_WORDS = 5
"""Shorter runs are shared by unrelated texts: in 1,400 news texts the commonest 5-word run stands in 25 of them."""
MOST_WORDS = 3_000
"""Words compared of each text; what follows is not looked at."""
MOST_PASSAGES = 20
MOST_MEETINGS = 100_000
"""Pairs of places, one in either text, at which the same LEAST_WORDS words begin: each may be looked at once for every
passage, so this many take .1 s at worst. In 1,400 pairs of news texts there were 4,100 at most; who repeats one word
3,000 times has nine million, and only the beginning of that is compared."""

_Shingles = Sequence[tuple[str, ...]]
_Region = tuple[int, int, int, int]
"""Where shingles of `left` begin and end, and those of `right`."""
_Block = tuple[int, int, int]
"""Where it begins in `left` and in `right`, and its words."""


def shared_passages(a: str, b: str) -> tuple[Passage, ...]:
    """The longest shared runs of at least LEAST_WORDS words, longest first (Ratcliff & Obershelp's matching blocks)."""
    left, right = list(islice(TOKEN.finditer(a), MOST_WORDS)), list(islice(TOKEN.finditer(b), MOST_WORDS))
    blocks = islice(_blocks(*_bounded(_shingles(left), _shingles(right))), MOST_PASSAGES)
    return tuple(
        Passage(_printed(a, left, one, size), _printed(b, right, other, size), size) for one, other, size in blocks
    )


def _shingles(words: Sequence[re.Match[str]]) -> _Shingles:
    """The LEAST_WORDS words from each place on: what is shorter need not be compared at all."""
    folded = [simplified(word.group()).casefold() for word in words]
    return list(zip(*(folded[start:] for start in range(LEAST_WORDS)), strict=False))


def _bounded(left: _Shingles, right: _Shingles) -> tuple[_Shingles, _Shingles]:
    """Their beginnings, short enough that they do not meet more than MOST_MEETINGS times."""
    while _meetings(left, right) > MOST_MEETINGS:
        left, right = left[: len(left) // 2], right[: len(right) // 2]
    return left, right


def _meetings(left: _Shingles, right: _Shingles) -> int:
    counted = Counter(right)
    return sum(counted[shingle] * count for shingle, count in Counter(left).items())


def _blocks(left: _Shingles, right: _Shingles) -> Iterator[_Block]:
    """Matching blocks, longest first, and of equal ones that which stands first in `left`.

    What is found in the gaps beside a block is not longer, and stands behind it if it is as long: so the next block is
    always the first of those that wait, and whoever wants twenty has only the gaps beside these looked through.
    """
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    waiting: list[tuple[int, int, int, _Region]] = []

    def look(region: _Region) -> None:
        a, b, shingles = matcher.find_longest_match(*region)
        if shingles:
            heappush(waiting, (1 - LEAST_WORDS - shingles, a, b, region))

    look((0, len(left), 0, len(right)))
    while waiting:
        negative, a, b, (start, end, other_start, other_end) = heappop(waiting)
        yield a, b, -negative
        look((start, a - LEAST_WORDS + 1, other_start, b - LEAST_WORDS + 1))
        look((a - negative, end, b - negative, other_end))


def _printed(text: str, words: list[re.Match[str]], start: int, size: int) -> str:
    return " ".join(text[words[start].start() : words[start + size - 1].end()].split())
