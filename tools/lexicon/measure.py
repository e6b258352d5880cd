"""Measures the shipped table on the translation sets: `python -m tools.lexicon.measure [--candidates]`.

By pair of languages: how often the nearest document is the right one, the median and the low end of the similarity of
true pairs, the largest of false ones; the best F1 of one threshold on J, and on J over what the pair of languages
lets expect. Nothing of the table was fitted on these sets.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dedup.edges.lexicon_file import shipped_table
from dedup.nouns.article import Article, Clock
from dedup.sketching.concepts import Reader
from dedup.sketching.text import Text
from dedup.sketching.text import read as read_text
from tools.lexicon.sources import folder

SETS = ("wmt22", "wmt23", "ntrex-a")

SAME_TABLE = {"nb": "no", "hr": "sh", "sr": "sh", "bs": "sh", "ms": "id"}
LEAST_PAIRS = 60
CHUNK = 500

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the measuring sets."""

    group: str
    corpus: str
    language: str
    origin: str
    text: Text


@dataclass(frozen=True, slots=True)
class Pool:
    """All documents with their sets, as a matrix of documents by elements."""

    documents: list[Document]
    told: list[str]
    sets: list[NDArray[np.uint32]]
    matrix: csr_matrix
    sizes: Floats


def documents() -> list[Document]:
    """Every document of the translation sets, but for groups that overlap with others in content."""
    place = folder().parent / "translations"
    related = {group for pair in json.loads((place / "related.json").read_text()) for group in pair["groups"]}
    found = []
    for name in SETS:
        with gzip.open(place / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["group"] not in related:
                    language = SAME_TABLE.get(row["lang"], row["lang"])
                    found.append(
                        Document(row["group"], name, language, row["origin"], text_of(row["title"], row["text"]))
                    )
    return found


def pool_of(found: list[Document], reader: Reader) -> Pool:
    """The documents with their sets."""
    read = [reader.read(document.text) for document in found]
    sets = [one.elements for one in read]
    sizes = np.array([len(one) for one in sets], np.float64)
    _, columns = np.unique(np.concatenate(sets), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    matrix = csr_matrix((np.ones(len(columns), np.float32), columns, starts))
    return Pool(found, [one.language for one in read], sets, matrix, sizes)


def jaccards(pool: Pool, rows: NDArray[np.int64]) -> Floats:
    """The similarity of some documents with all."""
    shared = (pool.matrix[rows] @ pool.matrix.T).toarray().astype(np.float64)
    union = pool.sizes[rows][:, None] + pool.sizes - shared
    found: Floats = shared / np.maximum(union, 1)
    return found


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
    _pairs(pool, table.expected)


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


def _pairs(pool: Pool, expected: Callable[[str, str], float]) -> None:
    languages = sorted({document.language for document in pool.documents})
    language_of = np.array([languages.index(document.language) for document in pool.documents])
    corpora = np.array([SETS.index(document.corpus) for document in pool.documents])
    groups = np.unique([document.group for document in pool.documents], return_inverse=True)[1]
    machine = np.array([document.origin.startswith("mt") for document in pool.documents])
    hoped = np.array([[expected(one, other) for other in languages] for one in languages])
    true: dict[tuple[int, int], list[Floats]] = defaultdict(list)
    largest_false: dict[tuple[int, int], float] = defaultdict(float)
    nearest: dict[tuple[int, int], list[NDArray[np.bool_]]] = defaultdict(list)
    trues, falses, scaled_trues, scaled_falses, machines, hopes = [], [], [], [], [], []
    false_count = 0
    for start in range(0, len(pool.documents), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(pool.documents)))
        found = jaccards(pool, rows)
        scaled = found / hoped[language_of[rows]][:, language_of]
        same = groups[rows][:, None] == groups
        upper = np.arange(len(pool.documents)) > rows[:, None]
        trues.append(found[same & upper])
        scaled_trues.append(scaled[same & upper])
        hopes.append((hoped[language_of[rows]][:, language_of])[same & upper])
        machines.append((machine[rows][:, None] | machine)[same & upper])
        apart = ~same & upper
        false_count += int(apart.sum())
        falses.append(found[apart & (found > 0.08)])
        scaled_falses.append(scaled[apart & (scaled > 0.3)])
        for one in np.unique(language_of[rows]):
            own = np.flatnonzero(language_of[rows] == one)
            for other in range(len(languages)):
                there = np.flatnonzero(language_of == other)
                block, is_same = found[np.ix_(own, there)], same[np.ix_(own, there)]
                is_same = is_same & (rows[own][:, None] != there)
                within = corpora[rows[own]][:, None] == corpora[there]
                key = (min(one, other), max(one, other))
                true[key].append(block[is_same])
                wrong = np.where(same[np.ix_(own, there)] | ~within, 0, block)
                largest_false[key] = max(largest_false[key], float(wrong.max(initial=0)))
                best_true = np.where(is_same, block, -1).max(axis=1, initial=-1)
                nearest[key].append((best_true > wrong.max(axis=1, initial=0))[best_true >= 0])
    t, f = np.concatenate(trues), np.concatenate(falses)
    ts, fs = np.concatenate(scaled_trues), np.concatenate(scaled_falses)
    print(
        f"{len(t):,} true pairs, {false_count:,} false pairs; J of true: 1 % {np.quantile(t, 0.01):.3f}, 5 % {np.quantile(t, 0.05):.3f}, median {np.median(t):.3f}"
    )
    m = np.concatenate(machines)
    print(
        f"median J/expected: {np.median(ts):.3f}; with a machine version {np.median(t[m]):.3f}, human both {np.median(t[~m]):.3f}"
    )
    print("best F1 (P, R, at), J:          ", best_f1(t, f))
    print("best F1 (P, R, at), J/expected: ", best_f1(ts, fs))
    for rate in (1e-4, 1e-5):
        count = int(false_count * rate)
        print(
            f"recall at a false rate of {rate:.0e}: J {np.mean(t > np.sort(f)[-count]):.4f}, J/expected {np.mean(ts > np.sort(fs)[-count]):.4f}"
        )
    print("pair      pairs  nearest  median  p05   false  expected")
    rows_ = []
    for key in true:
        values = np.concatenate(true[key])
        if len(values) >= LEAST_PAIRS:
            first, second = languages[key[0]], languages[key[1]]
            hit = np.concatenate(nearest[key]).mean()
            rows_.append(
                (
                    first,
                    second,
                    len(values),
                    hit,
                    np.median(values),
                    np.quantile(values, 0.05),
                    largest_false[key],
                    hoped[key],
                )
            )
    english = [row for row in rows_ if "en" in row[:2]]
    for first, second, count, hit, median, low, false, hope in sorted(english):
        print(f"{first}-{second:5} {count:7} {hit:8.4f} {median:7.3f} {low:6.3f} {false:6.3f} {hope:6.3f}")
    others = np.array([[row[3], row[4], row[5], row[6], row[7]] for row in rows_ if "en" not in row[:2]])
    print(
        f"without English, {len(others)} pairs: mean {others.mean(axis=0).round(3)}; worst nearest {others[:, 0].min():.3f}"
    )
    worst = sorted((row for row in rows_ if "en" not in row[:2]), key=lambda row: row[4])[:12]
    print("lowest medians:", "; ".join(f"{row[0]}-{row[1]} {row[4]:.3f}/{row[7]:.3f}" for row in worst))


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


def text_of(title: str, body: str) -> Text:
    return read_text(Article("", "", title, body, 0, Clock.SEEN, 0, 0))


if __name__ == "__main__":
    main()
