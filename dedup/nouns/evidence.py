"""Evidence: what a comparison of two fingerprints says about their being one story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """How two articles are the same story."""

    EXACT = "exact"
    """The same text, but for markup and boilerplate."""
    COPY = "copy"
    """The same text, edited: another headline, a cut, added paragraphs."""
    EXCERPT = "excerpt"
    """One is the beginning of the other, or its summary."""
    REVISION = "revision"
    """The same source and URL or guid, with a changed text."""
    TRANSLATION = "translation"
    """The same story in other words or another language."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """What one view says of a pair: estimated Jaccard similarity, and containment of the smaller set in the larger."""

    view: str
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Calibrated log-odds that two articles are one story: above 0 for, below 0 against.

    `relation` names how they are related if they are; `similarities` and `facts` say from what the figure was made.
    """

    log_odds: float
    relation: Relation
    similarities: tuple[Similarity, ...] = ()
    facts: tuple[tuple[str, float], ...] = ()
