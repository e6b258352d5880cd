"""From features to evidence: the calibrated log-odds that a pair is one story, and the name of the relation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.matching.calibration import COEFFICIENTS
from dedup.matching.deck import Floats
from dedup.matching.features import Features
from dedup.nouns.evidence import Evidence, Relation, Similarity
from dedup.sketching.views import OPENING_WORDS, VIEWS

LINK = 0.0
"""Pairs above this log-odds are linked, and clusters join above this mean: more likely one story than not."""
LIMIT = 8.0
"""No pair says more than this for or against (odds of 3,000 to 1: what a few thousand labelled pairs can support)."""
EXACT = 100.0
"""Ranks the same words above everything that is only similar."""
SAME_PAGE = 3.0
"""Added for two versions of one page (odds of 20 to 1): publishers change the text under a URL or guid far more often
than they reuse it for another story, but they do reuse it, so a text with nothing in common must still say so."""
DENSE = 0.06
"""Numbers a word in texts that are about their numbers: results, quotations, inspections. News reports have .01 to .03,
and what differs there are often dates and ages that one desk left out."""
EXCERPT_RATIO = 0.5
"""Below this ratio of lengths a copy is called an excerpt: desks cut a story by a third, summaries keep a fifth."""


def terms(features: Features) -> dict[str, Floats]:
    """The columns that the calibration weighs, by name. All are bounded, and 0 where a view is silent."""
    words, opening = features.views[0], features.views[1]
    dense = np.minimum(1, features.number_count / (DENSE * features.shorter))
    numbers = _trust(features.number_count) * dense * (features.numbers - 1)
    names = _trust(features.name_count) * (features.names - 1)
    short = 1 - features.size_ratio
    elsewhere = (features.same_source & ~features.same_page).astype(np.float64)
    brief = np.minimum(1, OPENING_WORDS / features.shorter)
    return {
        "one": np.ones_like(short),
        "words": np.sqrt(words.jaccard),
        "short": short,
        "short, not brief": short * (1 - brief),
        "brief": brief,  # how much of the shorter text the opening speaks for
        "opening of a longer one": opening.containment**2 * brief * short,
        "numbers differ": numbers,
        "numbers differ much": -numbers * numbers,
        "names differ": names,
        "names differ much": -names * names,
        "one source": elsewhere,
        "one source, facts differ": elsewhere * np.minimum(numbers, names),
    }


def log_odds(features: Features, window_s: float) -> Floats:
    """Log-odds that each pair is one story, within [-LIMIT, LIMIT]. Pairs further apart than the window: -LIMIT."""
    return np.clip(unlimited(features, window_s), -LIMIT, LIMIT)


def unlimited(features: Features, window_s: float) -> Floats:
    """The log-odds before they are limited: not to be believed, but they rank those that are beyond doubt."""
    columns = terms(features)
    total = sum((COEFFICIENTS[name] * column for name, column in columns.items()), np.zeros_like(features.size_ratio))
    total = total + SAME_PAGE * features.same_page
    total = np.where(features.exact, EXACT, total)
    return np.where(features.apart_s > window_s, -LIMIT, total)


def weights(features: Features, odds: Floats) -> Floats:
    """How much each pair counts in the mean of two clusters.

    What a text shows of a story twice as long cannot speak for the other half: a pair's word against counts in
    proportion to the ratio of the lengths, its word for counts in full.
    """
    return np.where(odds > 0, 1.0, features.size_ratio)


def relations(features: Features) -> NDArray[np.object_]:
    """How each pair is related, if it is one story."""
    named = np.full(len(features.exact), Relation.COPY, object)
    named[features.size_ratio < EXCERPT_RATIO] = Relation.EXCERPT
    named[features.same_page] = Relation.REVISION
    named[features.exact] = Relation.EXACT
    return named


def evidence(features: Features, window_s: float) -> list[Evidence]:
    """Each pair's evidence in full, for people."""
    odds, named = log_odds(features, window_s), relations(features)
    return [
        Evidence(
            log_odds=round(float(odds[row]), 3),
            relation=named[row],
            similarities=tuple(
                Similarity(view.name, round(float(seen.jaccard[row]), 3), round(float(seen.containment[row]), 3))
                for view, seen in zip(VIEWS, features.views, strict=True)
            ),
            facts=(
                ("numbers shared", round(float(features.numbers[row]), 3)),
                ("numbers compared", float(features.number_count[row])),
                ("names shared", round(float(features.names[row]), 3)),
                ("names compared", float(features.name_count[row])),
                ("length ratio", round(float(features.size_ratio[row]), 3)),
            ),
        )
        for row in range(len(odds))
    ]


def probability(odds: float) -> float:
    """Log-odds as a probability, to three digits: the `score` that people see."""
    return round(1 / (1 + float(np.exp(-odds))), 3)


def _trust(count: Floats) -> Floats:
    """How much an agreement of so many facts says: half at three facts, nearly all at sixteen."""
    return count / (count + 3)
