"""Where the margin of a paraphrase comes from: `python -m tools.paraphrase` prints the trade-off.

Two versions in one language are told to be one story above a margin, from a least length and ratio of lengths on
(`matching/judgement.py`). Here the weights are fitted on the stories of one year and without one of the syndication
sets, and what passes is counted on the other year's stories and on that set: four fits, none of which has seen what it
is asked about. Rivals are the nearest documents of other stories (WMT), reports of one event by different hands
(`ecbplus`: all pairs of an event that are not copies and share hardly a phrase) and other texts of one event (`helsinki`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from dedup.matching.deck import deck
from dedup.matching.features import Features, compare
from dedup.matching.judgement import paraphrase_terms
from tools.calibrate import Array, fit, weights_of
from tools.calibrate_concepts import PARAPHRASE_SHARES, translated_samples
from tools.samples import Sample, own_samples, same_events, shared_samples

YEARS = ("wmt22", "wmt23")
MARGINS = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0)
WHOLE = ((0.7, 150), (0.7, 120), (0.7, 100), (0.6, 100), (0.5, 80))
"""Least ratio of lengths, and least words of the shorter."""
OWN_WORDS = 0.1
"""Of their 3-word shingles, reports by different hands share less: what shares more is judged by its words."""


def main() -> None:
    """Print a line for each length, and in it for each margin the recall and the rivals that pass."""
    told = [one for one in translated_samples() if one[0].startswith("paraphrase")]
    ours = [*own_samples("copies"), *own_samples("lookalikes")]
    sets = {name: shared_samples(name) for name in ("helsinki", "ecbplus")}
    rivals = {
        "helsinki": [one for one in sets["helsinki"] if one[0] == "helsinki diff"],
        "ecbplus": same_events(but=("dup",)),
    }
    for year, held in product(YEARS, sets):
        fitted_on = [one for one in told if one[4].startswith(year)] + ours
        fitted_on += [one for name, samples in sets.items() if name != held for one in samples]
        weights = fitted([one for one in fitted_on if one[0] in PARAPHRASE_SHARES])
        asked = [one for one in told if one[4].startswith(YEARS) and not one[4].startswith(year)] + rivals[held]
        print(f"fitted on {year}, without {held}")
        report(asked, weights, rivals[held][0][0])


def fitted(samples: Sequence[Sample]) -> Array:
    """Weights of the terms, each kind of pair with its share."""
    kinds = np.array([sample[0] for sample in samples])
    truth = np.array([sample[3] for sample in samples], np.float64)
    return fit(columns_of(features_of(samples)), truth, weights_of(kinds, PARAPHRASE_SHARES))


def report(samples: Sequence[Sample], weights: Array, rival: str) -> None:
    """What passes at each length and margin."""
    features = features_of(samples)
    odds = columns_of(features) @ weights
    kinds = np.array([sample[0] for sample in samples])
    for ratio, words in WHOLE:
        whole = (features.size_ratio >= ratio) & (features.shorter >= words)
        true, near = kinds == "paraphrase together", whole & (kinds == "paraphrase near")
        apart = whole & (kinds == rival) & (features.words.jaccard < OWN_WORDS)
        shown = "  ".join(
            f"{margin}: {np.mean(whole[true] & (odds[true] > margin)):.3f} {np.sum(odds[apart] > margin)} {np.sum(odds[near] > margin)}"
            for margin in MARGINS
        )
        print(
            f"  {ratio}, {words} words, {apart.sum()} {rival} and {near.sum()} near; recall and who passes at {shown}"
        )


def features_of(samples: Sequence[Sample]) -> Features:
    """The features of the pairs."""
    records = {one.id: one for _, a, b, _, _ in samples for one in (a, b)}
    place = {name: number for number, name in enumerate(records)}
    left = np.array([place[a.id] for _, a, _, _, _ in samples])
    right = np.array([place[b.id] for _, _, b, _, _ in samples])
    return compare(deck(list(records.values())), left, right)


def columns_of(features: Features) -> Array:
    """The terms, one column each."""
    return np.column_stack(list(paraphrase_terms(features).values()))


if __name__ == "__main__":
    main()
