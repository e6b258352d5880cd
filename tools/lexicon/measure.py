"""Measures the shipped table on the translation sets: `python -m tools.lexicon.measure`.

By pair of languages: how often the nearest document is the right one, the median and the low end of the similarity of
true pairs, the largest of false ones; the best F1 of one threshold on J, and on J over what the pair of languages
lets expect. Nothing of the table was fitted on these sets.
"""

from __future__ import annotations

import time
from collections import defaultdict

import numpy as np

from dedup.edges.lexicon_file import shipped_table
from dedup.sketching.concepts import Reader
from tools.lexicon.pairs import Labels, LanguagePair, Pairs, all_pairs, blocks, by_languages, expectations
from tools.lexicon.pool import Document, Floats, Pool, documents, pool_of

LEAST_PAIRS = 60
FALSE_RATES = (1e-4, 1e-5)


def main() -> None:
    """Prints the tables."""
    found = documents()
    table = shipped_table()
    reader = Reader(table)
    began = time.perf_counter()
    pool = pool_of(found, reader)
    took = time.perf_counter() - began
    words = sum(document.text.length for document in found)
    print(
        f"{len(found):,} documents, {words / len(found):.0f} words each, {len(found) / took:.0f} a second (with memory growing)"
    )
    _rate(found, Reader(table))
    print(f"elements a document: median {np.median(pool.sizes):.0f}, mean {pool.sizes.mean():.0f}")
    _told(pool)
    labels = Labels.of(pool)
    expected = expectations(labels, table.expected)
    compared = list(blocks(pool, labels, expected))
    _print_pairs(all_pairs(compared, labels))
    _print_languages(list(by_languages(compared, labels, expected, LEAST_PAIRS)))


def _rate(found: list[Document], reader: Reader) -> None:
    by_language: dict[str, list[Document]] = defaultdict(list)
    for document in found:
        by_language[document.language].append(document)
    rates = []
    for language, some in sorted(by_language.items()):
        for one in some[:100]:
            reader.read(one.text)
        began = time.process_time()
        for one in some[-200:]:
            reader.read(one.text)
        took = time.process_time() - began
        rates.append(f"{language} {sum(one.text.length for one in some[-200:]) / 400 / took:.0f}")
    print("articles of 400 words a second of processor time:", ", ".join(rates))


def _told(pool: Pool) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: dict[tuple[str, str], int] = defaultdict(int)
    for document, told in zip(pool.documents, pool.told, strict=True):
        right[document.language].append(told == document.language)
        if told != document.language:
            wrong[document.language, told] += 1
    total = [hit for hits in right.values() for hit in hits]
    print(f"language told: {np.mean(total):.4f};", "; ".join(f"{a}->{b} {n}" for (a, b), n in wrong.items()))


def _print_pairs(pairs: Pairs) -> None:
    true, false = pairs.true, pairs.false
    low, lower, median = np.quantile(true, (0.01, 0.05, 0.5))
    print(f"{len(true):,} true pairs, {pairs.false_count:,} false pairs;", end=" ")
    print(f"J of true: 1 % {low:.3f}, 5 % {lower:.3f}, median {median:.3f}")
    machine, human = np.median(true[pairs.machine]), np.median(true[~pairs.machine])
    print(f"median J/expected: {np.median(pairs.scaled_true):.3f};", end=" ")
    print(f"with a machine version {machine:.3f}, human both {human:.3f}")
    print("best F1 (P, R, at), J:          ", best_f1(true, false))
    print("best F1 (P, R, at), J/expected: ", best_f1(pairs.scaled_true, pairs.scaled_false))
    for rate in FALSE_RATES:
        passed = int(pairs.false_count * rate)
        recall = np.mean(true > np.sort(false)[-passed])
        scaled = np.mean(pairs.scaled_true > np.sort(pairs.scaled_false)[-passed])
        print(f"recall at a false rate of {rate:.0e}: J {recall:.4f}, J/expected {scaled:.4f}")


def _print_languages(pairs: list[LanguagePair]) -> None:
    print("pair      pairs  nearest  median  p05   false  expected")
    rows = [(each, float(np.median(each.true)), float(np.quantile(each.true, 0.05))) for each in pairs]
    for each, median, low in rows:
        if "en" in (each.first, each.second):
            told = f"{each.nearest:8.4f} {median:7.3f} {low:6.3f} {each.largest_false:6.3f} {each.expected:6.3f}"
            print(f"{each.first}-{each.second:5} {len(each.true):7} {told}")
    others = [row for row in rows if "en" not in (row[0].first, row[0].second)]
    figures = np.array([[each.nearest, median, low, each.largest_false, each.expected] for each, median, low in others])
    worst = figures[:, 0].min()
    print(f"without English, {len(others)} pairs: mean {figures.mean(axis=0).round(3)}; worst nearest {worst:.3f}")
    lowest = sorted(others, key=lambda row: row[1])[:12]
    medians = (f"{each.first}-{each.second} {median:.3f}/{each.expected:.3f}" for each, median, _ in lowest)
    print("lowest medians:", "; ".join(medians))


def best_f1(true: Floats, false: Floats) -> tuple[float, float, float, float]:
    """The best F1 of one threshold, with its precision, its recall and where it lies."""
    true, false = np.sort(true), np.sort(false)
    places = np.unique(np.quantile(true, np.linspace(0, 0.6, 2000)))
    hits = len(true) - np.searchsorted(true, places)
    slips = len(false) - np.searchsorted(false, places)
    precision, recall = hits / np.maximum(hits + slips, 1), hits / len(true)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(f1.argmax())
    return tuple(round(float(value[best]), 4) for value in (f1, precision, recall, places))  # type: ignore[return-value]


if __name__ == "__main__":
    main()
