"""Voices: which article of a print speaks to a brief text.

Prints of one text differ in what an outlet puts around it: a headline, a dateline, a caption. To a text of some hundred
words that is nothing; of a summary cut from one of them it may be the half. So a brief text is held against the article
of a print that it resembles most, and not against the one that came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dedup.grouping.leaves import under
from dedup.grouping.prints import Ends, Print
from dedup.matching.deck import Floats


@dataclass(frozen=True, slots=True)
class Voices:
    """The log-odds [n, n] of prints with each other; between a brief and a much longer one those of their most similar
    articles that are linked, which `speakers` names where they are not the first of their prints."""

    odds: Floats
    speakers: dict[tuple[int, int], int] = field(default_factory=dict)
    """Of a print, towards another one: the article that speaks."""


def voices(prints: Sequence[Print], heads: Floats, lengths: Floats, linked: Ends, link_odds: Floats) -> Voices:
    """The voices of prints, from the log-odds of their first articles (`heads`) and of the articles that are linked."""
    home = np.zeros(sum(map(len, prints)), np.intp)
    for node, members in enumerate(prints):
        home[members] = node
    left, right = home[linked[0]], home[linked[1]]
    hanging = under(lengths)
    louder = (hanging[left, right] | hanging[right, left]) & (link_odds > heads[left, right])
    odds = heads.copy()
    speakers: dict[tuple[int, int], int] = {}
    strongest = np.lexsort((linked[1], linked[0], -link_odds))  # and among equals the earliest
    for place in strongest[louder[strongest]].tolist():
        one, other = int(left[place]), int(right[place])
        if (one, other) not in speakers:
            odds[one, other] = odds[other, one] = link_odds[place]
            speakers[one, other], speakers[other, one] = int(linked[0][place]), int(linked[1][place])
    return Voices(odds, speakers)
