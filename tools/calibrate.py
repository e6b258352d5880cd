"""Fit the weights of the evidence on labelled pairs and write them into the package: `make calibrate`.

A regularised logistic regression over the terms of `dedup.matching.judgement`, each kind of pair given the share
that SHARES says, whatever its number. Cross-validated by event: no event is both fitted and scored. Deterministic.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dedup.edges.lexicon_file import Listener
from dedup.matching.deck import deck
from dedup.matching.features import Features, compare
from dedup.matching.judgement import DENSE, terms
from dedup.nouns.article import Article
from dedup.nouns.record import Record
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import short_digest
from dedup.sketching.fingerprint import fingerprint
from tools.labelled import EXCERPTED_WORDS, ROOT, Labelled, excerpt_of, own, syndication

TARGET = ROOT / "dedup" / "matching" / "calibration.py"
SHARES = {
    "helsinki dup": 2.0,
    "helsinki diff": 2.0,
    "helsinki partial": 4.0,  # not one story, but near enough that their place is at the border
    "ecbplus dup": 1.0,
    "ecbplus diff": 1.0,
    "ecbplus partial": 0.5,
    "excerpt together": 2.0,
    "excerpt of another": 2.0,
    "copies together": 1.0,
    "copies apart": 0.5,
    "lookalikes near": 2.5,  # pairs of one family
    "lookalikes far": 0.5,
    "lookalikes elsewhere": 0.1,  # 0.3 parts more of them (.98, .82 elsewhere), and loses one in fifty of the copies
}
LISTEN = Listener()
RIDGE = 1.0
FOLDS = 5
Array = NDArray[np.float64]
Sample = tuple[str, Record, Record, bool, str]
"""Kind of pair, the two records, whether they are one story, and the event that it belongs to."""


def main() -> None:
    """Fit, report, write."""
    samples = [
        *shared_samples("helsinki"),
        *shared_samples("ecbplus"),
        *own_samples("copies"),
        *(lookalikes := own_samples("lookalikes")),
        *printed_elsewhere(lookalikes),
    ]
    names, columns, exact = design(samples)
    kinds = np.array([sample[0] for sample in samples])
    truth = np.array([sample[3] for sample in samples], np.float64)
    weights = np.array([SHARES[kind] for kind in kinds]) / np.array([np.sum(kinds == kind) for kind in kinds]) * 1e4
    fitted = fit(columns, truth, weights)
    report = cross_validated(columns, truth, weights, kinds, exact, [sample[4] for sample in samples])
    print("\n".join(report))
    write(dict(zip(names, fitted, strict=True)), report)


def shared_samples(name: str) -> list[Sample]:
    """Labelled pairs of a shared set, and excerpts of its articles beside the originals and beside others."""
    articles, pairs = syndication(name)
    records = {article.id: record(article) for article in articles}
    by_id = {article.id: article for article in articles}
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    samples: list[Sample] = []
    for pair in pairs:
        labels[pair.a][pair.b] = labels[pair.b][pair.a] = pair.label
        if (kind := f"{name} {pair.label}") in SHARES:
            event = by_id[pair.a].event
            samples.append((kind, records[pair.a], records[pair.b], pair.label == "dup", event))
    return [*samples, *excerpt_samples(articles, records, labels)]


def excerpt_samples(
    articles: Sequence[Labelled], records: Mapping[str, Record], labels: Mapping[str, Mapping[str, str]]
) -> list[Sample]:
    """Excerpts beside their originals, and beside others: what else the outlet prints, which has the same furniture,
    what is labelled as another text, and whatever comes."""
    chance = random.Random(7)
    samples: list[Sample] = []
    for article in articles:
        if len(article.entry.content.split()) <= EXCERPTED_WORDS:
            continue
        said = labels.get(article.id, {})
        excerpt = record(excerpt_of(article, chance))
        samples.append(("excerpt together", excerpt, records[article.id], True, article.event))
        source = article.entry.source
        outlet = [one.id for one in articles if source and one.entry.source == source and one.id != article.id]
        outlet = [one for one in outlet if said.get(one, "diff") == "diff"]
        others = sorted(other for other, label in said.items() if label == "diff")
        others += [one for one in chance.sample(sorted(records), 2) if one not in said and one != article.id]
        for rivals in (outlet, others):
            for other in chance.sample(rivals, min(4, len(rivals))):
                samples.append(("excerpt of another", excerpt, records[other], False, article.event))
    return samples


def own_samples(name: str) -> list[Sample]:
    """All pairs of one of the project's own sets."""
    articles = own(name)
    records = {article.id: record(article) for article in articles}
    samples: list[Sample] = []
    for a, b in combinations(articles, 2):
        together = a.group is not None and a.group == b.group
        if name == "copies":
            kind = "copies together" if together else "copies apart"
        else:
            kind = "lookalikes near" if a.event == b.event else "lookalikes far"
        samples.append((kind, records[a.id], records[b.id], together, f"own {zlib.crc32(a.event.encode()) % 10}"))
    return samples


def printed_elsewhere(lookalikes: Sequence[Sample]) -> list[Sample]:
    """The near look-alikes that are about their numbers, as two outlets print them.

    Draws, quotations and results of two days stand in papers side by side: such a template is known by its numbers, not
    by its source. (What is filled in with words, a horoscope, is one outlet's own.)
    """
    near = [sample for sample in lookalikes if sample[0] == "lookalikes near" and not sample[3]]
    pairs = np.arange(2 * len(near)).reshape(-1, 2)
    features = compare(deck([one for _, a, b, _, _ in near for one in (a, b)]), pairs[:, 0], pairs[:, 1])
    counted = (features.number_count >= 6) & (features.number_count >= DENSE / 2 * features.shorter)
    return [
        (
            "lookalikes elsewhere",
            a,
            replace(b, id=f"{b.id} elsewhere", origin=short_digest("elsewhere.example")),
            False,
            event,
        )
        for (_, a, b, _, event), chosen in zip(near, counted, strict=True)
        if chosen
    ]


def record(article: Labelled) -> Record:
    """The article as the index would hold it."""
    made = read(article.entry, ReadingSettings(min_words=1))
    if not isinstance(made, Article):
        raise SystemExit(f"{article.id}: {made.reason}")
    return Record(0, made.id, 0, 0, short_digest(made.source), short_digest(made.id), fingerprint(made, LISTEN))


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


def fit(columns: Array, truth: Array, weights: Array) -> Array:
    """Weights of the terms that make the labels most likely, with a ridge on all but the constant."""

    def loss(coefficients: Array) -> tuple[float, Array]:
        odds = columns @ coefficients
        ridge = RIDGE * coefficients * (np.arange(len(coefficients)) > 0)
        value = float((weights * (np.logaddexp(0, odds) - truth * odds)).sum() + (ridge * coefficients).sum())
        return value, columns.T @ (weights * (1 / (1 + np.exp(-odds)) - truth)) + 2 * ridge

    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 5000})
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
        "project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.\n"
        "Cross-validated by event:\n\n"
        f'{notes}\n"""\n\nCOEFFICIENTS = {{\n{table}\n}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
