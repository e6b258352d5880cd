"""A fingerprint: what is kept of a text once it has been shingled, a few hundred bytes however long the text was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COUNTED_MOST = 0xFFFF
"""Words and elements are counted up to this, the length of a short novel: two bytes each."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """One view of an article, sketched.

    `size` is the number of distinct elements of the view's set (0: the view says nothing of this article),
    `signature` its MinHash with one byte kept of each slot, `bands` the 64-bit LSH band keys.
    Band keys are needed once, to look up and insert; a stored sketch has none.
    """

    size: int
    signature: bytes
    bands: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a copy keeps and a look-alike changes: 16-bit hashes, ascending, the smallest of each kind kept."""

    numbers: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()
    """Numbers without what follows them, spelt alike in all languages: what a translation keeps."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Everything that is compared of an article.

    `sketches` maps a view's name to its sketch; `exact` is a 64-bit digest of the normalised words (of a brief
    text, with its headline), so two fingerprints with one `exact` have the same text; `length` counts those words.
    """

    exact: int
    length: int
    script: str
    """The script that most of the text is in: "latin", "cyrillic", "han", ..."""
    sketches: Mapping[str, Sketch] = field(default_factory=dict)
    facts: Facts = Facts()
    language: str = ""
    """The language that the story was understood in (ISO 639-1, as the lexicon names it); empty if nobody listened."""
