"""Fit the weights of the evidence of concepts: for pairs in two languages, and for two versions in one.

Labelled pairs come from `translations/` (documents of one group are one story; related groups are left out), and, for
one language, from the sets of `tools.calibrate`, which must stay as they are. Hard negatives are the documents of
another story with the most alike concepts. A third of the documents is also shown cut to its first 30 to 60 %.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from dedup.matching.deck import deck
from dedup.matching.features import Features
from dedup.matching.judgement import across_terms, paraphrase_terms
from dedup.nouns.record import Record
from tools.calibrate import Array, cross_validated, design, fit, weights_of
from tools.labelled import ROOT, Labelled, first_words, translations
from tools.samples import Sample, own_samples, record, shared_samples

TARGET = ROOT / "dedup" / "matching" / "concept_calibration.py"
PER_GROUP = 12
"""True pairs drawn of one group and kind, so that stories in thirty languages do not outweigh the others."""
RIVALS = 3
ACROSS_SHARES = {"across together": 2.0, "across cut": 0.7, "across near": 5.0, "across far": 1.0}
PARAPHRASE_SHARES = {
    "paraphrase together": 2.0,
    "paraphrase cut": 0.5,
    "paraphrase near": 3.0,
    "paraphrase far": 0.5,
    "helsinki diff": 2.0,
    "helsinki partial": 1.0,
    "ecbplus diff": 2.0,
    "copies apart": 0.5,
    "lookalikes near": 2.0,
    "lookalikes far": 0.5,
}


def main() -> None:
    """Fit both, report, write."""
    samples = list(translated_samples())
    across = fitted([one for one in samples if one[0] in ACROSS_SHARES], across_terms, ACROSS_SHARES)
    texts = (
        *shared_samples("helsinki"),
        *shared_samples("ecbplus"),
        *own_samples("copies"),
        *own_samples("lookalikes"),
    )
    samples += texts
    paraphrase = fitted([one for one in samples if one[0] in PARAPHRASE_SHARES], paraphrase_terms, PARAPHRASE_SHARES)
    write(across, paraphrase)


def fitted(
    samples: list[Sample], terms: Callable[[Features], dict[str, Array]], shares: dict[str, float]
) -> tuple[dict[str, float], list[str]]:
    """The weights of the terms, and the cross-validated report."""
    names, columns, exact = design(samples, terms)
    kinds = np.array([sample[0] for sample in samples])
    truth = np.array([sample[3] for sample in samples], np.float64)
    weights = weights_of(kinds, shares)
    report = cross_validated(columns, truth, weights, kinds, exact, [sample[4] for sample in samples], shares)
    print("\n".join(report))
    return dict(zip(names, fit(columns, truth, weights).tolist(), strict=True)), report


def translated_samples() -> Iterator[Sample]:
    """True pairs of each group, and for some documents their nearest and some chance documents of other stories."""
    chance = random.Random(11)
    articles, related = translations()
    groups: dict[str, list[Record]] = defaultdict(list)
    group_of: dict[str, str] = {}
    for article in articles:
        made = record(article)
        groups[article.group or ""].append(made)
        group_of[made.id] = article.group or ""
    by_id = {article.id: article for article in articles}
    for group, members in sorted(groups.items()):
        for same in (False, True):
            pairs = [(a, b) for number, a in enumerate(members) for b in members[:number] if _alike(a, b) is same]
            for a, b in chance.sample(pairs, min(PER_GROUP, len(pairs))):
                kind = "paraphrase" if same else "across"
                yield f"{kind} together", a, b, True, group
                if chance.random() < 1 / 3:
                    yield f"{kind} cut", cut(by_id[a.id], chance), b, True, group
    everything = [one for members in groups.values() for one in members]
    columns = deck(everything)
    languages = np.array([one.fingerprint.language for one in everything])
    for place in chance.sample(range(len(everything)), 1_500):
        one = everything[place]
        alike = (columns.views[2].signatures == columns.views[2].signatures[place]).mean(axis=1)
        other = np.array([group_of[rival.id] != group_of[one.id] for rival in everything])
        for same in (False, True):
            rivals = np.flatnonzero(other & ((languages == one.fingerprint.language) == same))
            near = rivals[np.argsort(-alike[rivals])[:RIVALS]]
            far = chance.sample(rivals.tolist(), min(2, len(rivals)))
            kind = "paraphrase" if same else "across"
            for distance, chosen in (("near", near.tolist()), ("far", far)):
                for rival in chosen:
                    if frozenset((group_of[one.id], group_of[everything[rival].id])) not in related:
                        yield f"{kind} {distance}", one, everything[rival], False, group_of[one.id]


def cut(article: Labelled, chance: random.Random) -> Record:
    """The first part of a document, as a brief has it."""
    text = article.entry.content
    count = round(len(text.split()) * chance.uniform(0.3, 0.6)) if " " in text else 0
    shortened = first_words(text, count) if count else text[: round(len(text) * chance.uniform(0.3, 0.6))]
    return record(
        Labelled(replace(article.entry, id=f"{article.id}~cut", content=shortened), article.group, article.event)
    )


def _alike(a: Record, b: Record) -> bool:
    return a.fingerprint.language == b.fingerprint.language


def write(across: tuple[dict[str, float], list[str]], paraphrase: tuple[dict[str, float], list[str]]) -> None:
    """Write the module that the package reads its weights from."""

    def table(weights: dict[str, float]) -> str:
        return "\n".join(f'    "{name}": {value:.3f},' for name, value in weights.items())

    notes = "\n".join((*across[1], "", *paraphrase[1]))
    TARGET.write_text(
        '"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.\n\n'
        "Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of\n"
        "calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:\n\n"
        f'{notes}\n"""\n\nACROSS = {{\n{table(across[0])}\n}}\n\nPARAPHRASE = {{\n{table(paraphrase[0])}\n}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
