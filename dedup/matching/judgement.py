"""From features to evidence: the calibrated log-odds that a pair is one story, and the name of the relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dedup.matching.calibration import COEFFICIENTS
from dedup.matching.concept_calibration import ACROSS, PARAPHRASE
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
CONCEPTS_MOST = 1.5
"""Concepts alike beyond what a translation leads to expect say no more."""
CONCEPTS_MANY = 120
"""Concepts of a story of usual length (median of 7,366 documents: 130): with fewer, chance has more say."""
HALF = 0.5
TINY = 1e-9
EVEN_WITHIN = 0.1
"""Texts whose lengths differ by less than a tenth are as long as each other: forms filled in anew keep their length,
and whoever edits a copy cuts it or adds to it."""
FORM_WORDS = 80
"""Most forms are of this length, hardly any of twice as much."""
DAY_S = 86_400
"""Copies follow within hours; what is filled in anew is printed on another day."""
WHOLE_RATIO, WHOLE_WORDS = 0.7, 150
"""In one language, only whole stories are told to be one in other words: a brief or a later, longer report shares what
it says with every report of the event, and is a copy or an excerpt by its words, or no evidence."""
PARAPHRASE_MARGIN = 2.5
"""Taken from the log-odds of two versions in one language: their rivals in life are the reports of other outlets on one
event, of which the labelled sets have few. With the least length, the smallest margin at which none of 4,400 of them
passes, and no nearest document of another story, if the weights were fitted on other stories, another year, and without
the set that the reports are from (`python -m tools.paraphrase`; docs/design.md, decision 13)."""
VERBATIM = 0.03
"""Similarity of words from which two languages have a passage in common: five slots of 128, as two of 10,000 pairs with
nothing in common have by chance (Poisson, 1/256 a slot)."""
REWORDED = 0.2
"""Two texts of one language that share fewer of their 3-word shingles are a story in other words: independent human
translations of one article share .12 to .18, edited copies .23 and more."""
FACTS = (
    "names differ",
    "numbers differ",
    "figures differ",
    "figures mostly differ",
    "reworded, a form",
    "one source, facts differ",
)
"""The terms that are made of facts: 0 where all facts agree, else down to -1."""
EXCERPT_RATIO = 0.5
"""Below this ratio of lengths a copy is called an excerpt: desks cut a story by a third, summaries keep a fifth."""


def terms(features: Features) -> dict[str, Floats]:
    """The columns that the calibration weighs, by name. All are bounded, and 0 where a view is silent."""
    words, opening = features.words, features.opening
    short = 1 - features.size_ratio
    brief = np.minimum(1, OPENING_WORDS / features.shorter)
    numbers, names, elsewhere = _numbers_differ(features), _names_differ(features), _elsewhere(features)
    reworded = np.where(words.known, words.containment - 1, 0)  # what the longer text lacks of the shorter one
    as_long = np.maximum(0, 1 - short / EVEN_WITHIN) * np.clip(2 - features.shorter / FORM_WORDS, 0, 1)
    other_figures = np.where(features.figure_count > 0, 1 - features.figures, HALF)  # without any, who knows
    return {
        "one": np.ones_like(short),
        "words": np.sqrt(words.jaccard),
        "short": short,
        "short, not brief": short * (1 - brief),
        "brief": brief,  # how much of the shorter text the opening speaks for
        "opening of a longer one": opening.containment**2 * brief * short,
        "names differ": names,
        "numbers differ": -numbers * numbers,
        "figures mostly differ": -_trust(features.figure_count) * np.maximum(0, 1 - features.figures / HALF),
        "reworded, a form": reworded * as_long * other_figures,
        "reworded, another day": reworded * features.size_ratio * np.minimum(1, features.apart_s / DAY_S),
        "reworded, one source": reworded * elsewhere,
        "one source, facts differ": elsewhere * np.minimum(numbers, names),
    }


def across_terms(features: Features) -> dict[str, Floats]:
    """The columns that are weighed where the two articles are in different languages."""
    concepts = features.concepts
    figures = _trust(features.figure_count) * (features.figures - 1)
    short = 1 - features.size_ratio
    alike = np.minimum(CONCEPTS_MOST, concepts.jaccard / features.expected)
    whole = 2 * features.expected / (1 + features.expected)  # containment that equal sizes would have
    return {
        "one": np.ones_like(short),
        "concepts": alike,
        "concepts held": np.minimum(CONCEPTS_MOST, concepts.containment / whole),
        "concepts in figures": np.sqrt(concepts.jaccard),
        "few": -np.log(np.minimum(1, concepts.smaller / CONCEPTS_MANY)),
        "short": short,
        "short, concepts": short * alike,
        "figures differ": figures,
    }


def paraphrase_terms(features: Features) -> dict[str, Floats]:
    """The columns that are weighed where two articles in one language may tell one foreign story."""
    text = terms(features)
    plain = sum((COEFFICIENTS[name] * column for name, column in text.items()), np.zeros_like(features.size_ratio))
    return {
        **across_terms(features),
        "text": np.clip(plain, -LIMIT, LIMIT),
        "numbers differ": text["numbers differ"],
        "names differ": text["names differ"],
        "one source": _elsewhere(features),
        "one source, facts differ": text["one source, facts differ"],
    }


def _told(features: Features) -> Floats:
    """Log-odds by what the articles say rather than by their words; -LIMIT where a side says too little."""
    whole = (features.size_ratio >= WHOLE_RATIO) & (features.shorter >= WHOLE_WORDS)
    rows = features.same_language & whole, ~features.same_language
    odds = np.full_like(features.size_ratio, -LIMIT)
    for chosen, columns, weighed in (
        (rows[0], paraphrase_terms(features), {**PARAPHRASE, "one": PARAPHRASE["one"] - PARAPHRASE_MARGIN}),
        (rows[1], across_terms(_beyond_passages(features)), ACROSS),
    ):
        total = sum((weighed[name] * column for name, column in columns.items()), np.zeros_like(odds))
        odds = np.where(chosen & features.concepts.known, total, odds)
    return odds


def _most_by(weights: Mapping[str, float]) -> float:
    """What facts can add at most: their terms are from -1 to 0, so with weights above 0 nothing at all."""
    return sum(max(0.0, -weights.get(name, 0.0)) for name in FACTS)


def _beyond_passages(features: Features) -> Features:
    """The concepts that two articles share beyond what they share word by word: an agency's notice in English under
    texts in two languages is no translation."""
    words, found = features.words, features.concepts
    verbatim = np.where(words.jaccard >= VERBATIM, words.containment, 0)
    held = np.maximum(0, found.containment - verbatim)
    kept = held / np.maximum(found.containment, TINY)
    shared = kept * found.jaccard / (1 + found.jaccard)
    beyond = replace(found, jaccard=shared / (1 - shared), containment=held)
    return replace(features, concepts=beyond)


def log_odds(features: Features, window_s: float) -> Floats:
    """Log-odds that each pair is one story, within [-LIMIT, LIMIT]. Pairs further apart than the window: -LIMIT."""
    return np.clip(unlimited(features, window_s), -LIMIT, LIMIT)


def unlimited(features: Features, window_s: float) -> Floats:
    """The log-odds before they are limited: not to be believed, but they rank those that are beyond doubt."""
    columns = terms(features)
    total = sum((COEFFICIENTS[name] * column for name, column in columns.items()), np.zeros_like(features.size_ratio))
    total = np.maximum(total, _told(features))
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
    named = np.array([Relation.COPY] * len(features.exact), object)  # np.full would make strings of them
    named[features.size_ratio < EXCERPT_RATIO] = Relation.EXCERPT
    words, opening = features.words, features.opening
    reworded = (words.jaccard < REWORDED) & (opening.containment < HALF) & (features.size_ratio >= WHOLE_RATIO)
    named[~features.same_language | (reworded & features.concepts.known)] = Relation.TRANSLATION
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


_TEXT_MOST = PARAPHRASE["text"] * (_most_by(COEFFICIENTS) if PARAPHRASE["text"] > 0 else -2 * LIMIT)
FACTS_MOST = max(_most_by(COEFFICIENTS), _most_by(ACROSS), _most_by(PARAPHRASE) + _TEXT_MOST)
"""What the facts of a pair can add to its evidence at most, beyond that of the same pair with all facts in
agreement. It is 0 as long as no weight of a fact speaks for a pair that differs."""


def probability(odds: float) -> float:
    """Log-odds as a probability, to three digits: the `score` that people see."""
    return round(1 / (1 + float(np.exp(-odds))), 3)


def _numbers_differ(features: Features) -> Floats:
    """From 0 to -1 where the numbers differ, in proportion to how many there are and how dense they stand."""
    dense = np.minimum(1, features.number_count / (DENSE * features.shorter))
    return _trust(features.number_count) * dense * (features.numbers - 1)


def _names_differ(features: Features) -> Floats:
    """From 0 to -1 where the names differ, in proportion to how many there are."""
    return _trust(features.name_count) * (features.names - 1)


def _elsewhere(features: Features) -> Floats:
    """1 for two pages of one source, else 0."""
    found: Floats = (features.same_source & ~features.same_page).astype(np.float64)
    return found


def _trust(count: Floats) -> Floats:
    """How much an agreement of so many facts says: half at three facts, nearly all at sixteen."""
    return count / (count + 3)
