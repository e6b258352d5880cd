"""Views: each turns a text into a set of 32-bit elements.

To add one: a function, a line in VIEWS, a field in `matching.features.Features`, and terms that weigh it, calibrated
anew (`matching/judgement.py`): without those its bands propose pairs, and say nothing of them. Indexes are built anew.

Two texts are as similar in a view as their sets are (Jaccard). A view that has nothing to say of a text returns an
empty set, and an empty set is similar to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from dedup.sketching.text import Hashes, Text, distinct

WORDS_SHINGLE = 3
"""Words a shingle. On `syndication/helsinki` 3-word shingles part `dup` (5 % at J .36) from `diff` (99 % at .065) as
well as 4 or 5 do, and keep .04 to .07 more of the similarity of lightly reworded copies; 2-word ones part less well."""
WORDS_LEAST = 20
"""Fewer words than this are the `opening` view's business alone: a 3-word shingle set of so few says too little."""
OPENING_WORDS = 60
"""Words of the story that open it: feeds that carry a summary print 40 to 80 words."""
OPENING_SHINGLE = 2
CONCEPTS_LEAST = 16
"""Fewer concepts than this are two short sentences: too little to know a story by in another language."""
OPENING_LEAST = 6
"""Fewer words than this open nothing: "Live updates", "Photo of the day" and the like would all be one story."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to compare texts, and how it is sketched.

    `slots` MinHash values are kept, one byte each; the first `bands` x `rows` of them make the LSH band keys.
    Two sets of Jaccard similarity s meet in at least one band with probability 1 - (1 - s^rows)^bands.
    """

    name: str
    elements: Callable[[Text], Hashes]
    slots: int
    bands: int
    rows: int
    fleeting: bool = False
    """Whether its band keys are posted for the short window: for what happens soon or not at all."""
    handicaps: Callable[[Text], Hashes] | None = None
    """How hard it is for each element to win a slot of the band keys (the signature knows no handicaps); None: all
    alike. Then s is the similarity of what the elements weigh, 1 / handicap each."""


def words(text: Text) -> Hashes:
    """Shingles of the whole story: finds syndicated copies, rewrites of the headline, revisions."""
    if text.length < WORDS_LEAST:
        return _NOTHING
    return shingles(text.body, round(WORDS_SHINGLE * text.word_length))


def opening(text: Text) -> Hashes:
    """Shingles of the headline and of the first sentences: finds truncated copies, summaries, short items.

    The story begins where its furniture ends, and we may be wrong about where that is; a summary on one line does not
    show it at all. So the very first words are in the set too, furniture or not.
    """
    size = round(OPENING_SHINGLE * text.word_length)
    start = text.body[: round(OPENING_WORDS * text.word_length)]
    if len(start) + len(text.title) < OPENING_LEAST * text.word_length:
        return _NOTHING
    return distinct(_runs_in((text.title, start, text.head), size))


def concepts(text: Text) -> Hashes:
    """Language-neutral concepts, numbers and names: finds translations, and paraphrases by way of them."""
    return text.concepts if len(text.concepts) >= CONCEPTS_LEAST else _NOTHING


def concept_handicaps(text: Text) -> Hashes:
    """Common concepts, and those that translations lose, are far behind."""
    return text.handicaps


def shingles(hashes: Hashes, size: int) -> Hashes:
    """Distinct 32-bit hashes of every `size` words in a row; of all words where there are fewer."""
    return distinct(_runs(hashes, size))


def _runs(hashes: Hashes, size: int) -> Hashes:
    if len(hashes) == 0:
        return _NOTHING
    size = min(size, len(hashes))
    count = len(hashes) - size + 1
    wide = hashes.astype(np.uint64)
    mixed = wide[:count] * _MULTIPLIER
    mixed ^= mixed >> _FOLD
    for offset in range(1, size):
        mixed ^= wide[offset : offset + count]
        mixed *= _MULTIPLIER
        mixed ^= mixed >> _FOLD
    mixed >>= _HALF
    return mixed.astype(np.uint32)


def _runs_in(parts: Sequence[Hashes], size: int) -> Hashes:
    """The runs of each part; of all parts in one go, and without those that reach from one part into the next."""
    if any(len(part) < size for part in parts):
        return np.concatenate([_runs(part, size) for part in parts])
    runs = _runs(np.concatenate(parts), size)
    inside = np.ones(len(runs), np.bool_)
    for end in accumulate(map(len, parts[:-1])):
        inside[end - size + 1 : end] = False
    return runs[inside]


_NOTHING: Hashes = np.empty(0, np.uint32)
_FOLD, _HALF = np.uint64(29), np.uint64(32)
_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
"""An odd multiplier whose products spread well: the first of SplitMix64 (Steele, Lea, Flood 2014)."""

VIEWS = (
    View("words", words, slots=128, bands=32, rows=2),
    View("opening", opening, slots=48, bands=24, rows=2),
    View("concepts", concepts, slots=256, bands=64, rows=3, fleeting=True, handicaps=concept_handicaps),
)
"""The bands: two rows, because edited copies fall to J .25 (a band of three rows would meet .015 of the time, two
.0625), and as many bands as the memory of an article allows (docs/design.md, decision 5)."""
