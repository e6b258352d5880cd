"""Fit the weights of the evidence on labelled pairs and write them into the package: `make calibrate`.

A regularised logistic regression over the terms of `dedup.matching.judgement`, each kind of pair given the share
that SHARES says, whatever its number. Cross-validated by event: no event is both fitted and scored. Deterministic.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dedup.matching.deck import deck
from dedup.matching.features import Features, compare
from dedup.matching.judgement import terms
from dedup.nouns.record import Record
from tools.labelled import ROOT
from tools.samples import Sample, form_samples, own_samples, printed_elsewhere, same_events, shared_samples

TARGET = ROOT / "dedup" / "matching" / "calibration.py"
SHARES = {
    "helsinki dup": 2.0,
    "helsinki diff": 2.0,
    "helsinki partial": 4.0,  # not one story, but near enough that their place is at the border
    "ecbplus dup": 1.5,
    "ecbplus diff": 1.0,
    "ecbplus partial": 3.5,
    "ecbplus same event": 1.0,
    "excerpt together": 6.0,
    "excerpt of another": 2.0,
    "copies together": 3.0,
    "copies apart": 0.5,
    "lookalikes near": 2.5,  # pairs of one family
    "lookalikes far": 0.5,
    "lookalikes elsewhere": 0.2,
    "forms one outlet": 0.2,
    "forms elsewhere": 0.4,  # with 1.0 another 3 in 100 of them are apart, and 2 in 100 of the copies are lost
    "forms together": 0.5,
}
RIDGE = 1.0
FOLDS = 5
Array = NDArray[np.float64]


def main() -> None:
    """Fit, report, write."""
    samples = everything()
    names, columns, exact = design(samples)
    kinds = np.array([sample[0] for sample in samples])
    truth = np.array([sample[3] for sample in samples], np.float64)
    weights = weights_of(kinds, SHARES)
    fitted = fit(columns, truth, weights)
    report = cross_validated(columns, truth, weights, kinds, exact, [sample[4] for sample in samples])
    print("\n".join(report))
    write(dict(zip(names, fitted, strict=True)), report)


def everything() -> list[Sample]:
    """All labelled pairs that the evidence of words is fitted on."""
    return [
        *shared_samples("helsinki"),
        *shared_samples("ecbplus"),
        *same_events(),
        *own_samples("copies"),
        *(lookalikes := own_samples("lookalikes")),
        *printed_elsewhere(lookalikes),
        *form_samples(),
    ]


def weights_of(kinds: NDArray[np.str_], shares: Mapping[str, float]) -> Array:
    """The weight of each pair: the share of its kind, divided by how many there are."""
    names, places, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    found: Array = (np.array([shares[name] for name in names.tolist()]) / counts * 1e4)[places]
    return found


def design(
    samples: Sequence[Sample], weighed: Callable[[Features], dict[str, Array]] = terms
) -> tuple[list[str], Array, NDArray[np.bool_]]:
    """The names of the terms, their values [samples, terms], and which pairs have one text."""
    places: dict[str, int] = {}
    records: list[Record] = []
    for _, *pair, _, _ in samples:
        for one in pair:
            if isinstance(one, Record) and places.setdefault(one.id, len(places)) == len(records):
                records.append(one)
    left = np.array([places[a.id] for _, a, _, _, _ in samples])
    right = np.array([places[b.id] for _, _, b, _, _ in samples])
    features = compare(deck(records), left, right)
    columns = weighed(features)
    return list(columns), np.column_stack(list(columns.values())), features.exact


def fit(columns: Array, truth: Array, weights: Array, start: Array | None = None) -> Array:
    """Weights of the terms that make the labels most likely, with a ridge on all but the constant.

    Looked for from `start` on, which saves time where a similar fit is known.
    """

    def loss(coefficients: Array) -> tuple[float, Array]:
        odds = columns @ coefficients
        ridge = RIDGE * coefficients * (np.arange(len(coefficients)) > 0)
        value = float((weights * (np.logaddexp(0, odds) - truth * odds)).sum() + (ridge * coefficients).sum())
        return value, columns.T @ (weights * (1 / (1 + np.exp(-odds)) - truth)) + 2 * ridge

    begin = np.zeros(columns.shape[1]) if start is None else start
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 5000})
    return np.asarray(found.x, np.float64)


def cross_validated(
    columns: Array,
    truth: Array,
    weights: Array,
    kinds: NDArray[np.str_],
    exact: NDArray[np.bool_],
    events: list[str],
    shares: Mapping[str, float] = SHARES,
) -> list[str]:
    """For each kind of pair: how many, the share on the right side of 0, and quantiles of the log-odds."""
    order = {event: place for place, event in enumerate(random.Random(3).sample(sorted(set(events)), len(set(events))))}
    folds = np.array([order[event] % FOLDS for event in events])
    odds = np.zeros(len(truth))
    for fold in range(FOLDS):
        inside = folds != fold
        odds[~inside] = columns[~inside] @ fit(columns[inside], truth[inside], weights[inside])
    odds[exact] = 8
    lines = [f"{'pairs':20s} {'number':>7s} {'right':>7s}   log-odds at 1, 5, 50, 95, 99 %"]
    for kind in shares:
        rows = kinds == kind
        right = float(((odds[rows] > 0) == (truth[rows] > 0)).mean())
        quantiles = " ".join(f"{value:6.1f}" for value in np.quantile(odds[rows], [0.01, 0.05, 0.5, 0.95, 0.99]))
        lines.append(f"{kind:20s} {int(rows.sum()):7d} {right:7.4f}   {quantiles}")
    return lines


def write(coefficients: dict[str, float], report: list[str]) -> None:
    """Write the module that the package reads its weights from."""
    table = "\n".join(f'    "{name}": {value:.3f},' for name, value in coefficients.items())
    notes = "\n".join(report)
    TARGET.write_text(
        '"""The weights of the evidence. Written by `make calibrate`; do not edit.\n\n'
        "Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,\n"
        "Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the\n"
        "project's own copies, look-alikes and forms. Shares of the kinds of pairs, ridge, folds: tools/calibrate.py.\n"
        "Cross-validated by event and by family:\n\n"
        f'{notes}\n"""\n\nCOEFFICIENTS = {{\n{table}\n}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
