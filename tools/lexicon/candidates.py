"""Measures ways to find candidates among concept sets: `python -m tools.lexicon.candidates`.

Each way gives a document some keys, under which it is posted and which it asks for; documents that share enough keys
are candidates. All translation sets and the syndication sets lie in one pool. What is read grows with the pool, so it
is given as a share of it, and for 200,000 articles.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dedup.edges.lexicon_file import shipped_table
from dedup.sketching.concepts import Reader
from dedup.sketching.lexicon.elements import KIND_SHIFT, Kind
from dedup.sketching.lexicon.table import Table
from dedup.sketching.minhash import signature
from tools.lexicon.pool import Document, Pool, documents, jaccards, pool_of, text_of
from tools.lexicon.sources import folder

Keys = NDArray[np.uint64]
WINDOW = 200_000
SAMPLE = 1500
RELATIVE = 0.62
"""Of J over what the languages let expect: pairs above it are taken for verified."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to make keys, and how many must be shared."""

    name: str
    keys: Callable[[NDArray[np.uint32]], Keys]
    hits: tuple[int, ...]
    cap: float = 1.0
    """Of all stories, the share that a key may have: keys of more are neither posted nor asked for."""


def bands(elements: NDArray[np.uint32], rows: int, count: int) -> Keys:
    """MinHash bands."""
    if len(elements) == 0:
        return np.empty(0, np.uint64)
    slots = signature(elements, rows * count).astype(np.uint64).reshape(count, rows)
    keys = np.arange(count, dtype=np.uint64) + np.uint64(1)
    for row in range(rows):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) ^ slots[:, row]
    return keys


class Rare:
    """The elements of a document that are rare enough, the commonest of them first."""

    def __init__(self, table: Table, cap: float, most: int, kinds: tuple[Kind, ...] = ()) -> None:
        self._rarity = table.rarity.astype(np.int64)
        self._least = -16 * np.log2(cap)
        self._most, self._kinds = most, kinds

    def __call__(self, elements: NDArray[np.uint32]) -> Keys:
        concepts = elements[elements < len(self._rarity)]
        rarity = self._rarity[concepts]
        rare = concepts[rarity >= self._least]
        chosen = rare[np.argsort(self._rarity[rare], kind="stable")][: self._most]
        others = [elements[elements >> np.uint32(KIND_SHIFT) == kind] for kind in self._kinds]
        return np.concatenate([chosen, *others]).astype(np.uint64)


def common_left_out(table: Table, cap: float) -> Callable[[NDArray[np.uint32]], NDArray[np.uint32]]:
    """Sets without concepts of more than this share of articles."""
    common = np.flatnonzero(table.rarity < -16 * np.log2(cap)).astype(np.uint32)
    return lambda elements: elements[~np.isin(elements, common)]


def main() -> None:
    """Prints a line for each way."""
    table = shipped_table()
    reader = Reader(table)
    found = documents()
    translations = len(found)
    found += syndication()
    pool = pool_of(found, reader)
    print(f"{translations:,} documents of translation sets, {len(found) - translations:,} of syndication sets")
    rows = np.sort(np.random.default_rng(1).choice(translations, SAMPLE, replace=False))
    groups = np.unique([document.group for document in found], return_inverse=True)[1]
    told = [list(table.languages).index(language) for language in pool.told]
    expected = (
        table.array("expected")
        .astype(np.float64)
        .reshape(len(table.languages), -1)[np.ix_([told[row] for row in rows], told)]
    )
    similar = jaccards(pool, rows) / expected
    true = (groups[rows][:, None] == groups) & (rows[:, None] != np.arange(len(found)))
    verified = true & (similar >= RELATIVE)
    print(f"{true.sum():,} true pairs, {verified.sum():,} of them verified (J/expected >= {RELATIVE})")
    under = {cap: common_left_out(table, cap) for cap in (0.01, 0.02, 0.05, 0.1)}
    anchors = (Kind.NUMBER, Kind.NAME, Kind.WORD)
    ways = [
        *(
            Way(
                f"{most} commonest concepts df<{rare:.1%}, anchors, cap {cap:.2%}",
                Rare(table, rare, most, anchors),
                (2, 3),
                cap,
            )
            for rare, most, cap in ((0.01, 24, 0.01), (0.01, 24, 0.02))
        ),
        *(
            Way(f"every element, cap {cap:.2%}", lambda e: e.astype(np.uint64), (2, 3, 4), cap)
            for cap in (0.01, 0.015, 0.02)
        ),
        Way("r=2 b=128", lambda e: bands(e, 2, 128), (1, 2)),
        Way("r=2 b=64", lambda e: bands(e, 2, 64), (1, 2)),
        Way("r=2 b=128, df<5%", lambda e: bands(under[0.05](e), 2, 128), (1, 2)),
    ]
    print(
        "way | hits | recall true | recall verified | meets its story | false a document | at 200k | keys | read (share) | if each story came once | read at 200k"
    )
    for way in ways:
        _measure(way, pool, groups, rows, true, verified)


def _measure(
    way: Way,
    pool: Pool,
    groups: NDArray[np.int64],
    rows: NDArray[np.int64],
    true: NDArray[np.bool_],
    verified: NDArray[np.bool_],
) -> None:
    nothing = np.empty(0, np.uint64)
    keys = [way.keys(elements) if len(elements) else nothing for elements in pool.sets]
    owners = np.repeat(np.arange(len(keys)), [len(own) for own in keys])
    columns = np.unique(np.concatenate(keys), return_inverse=True)[1]
    stories = np.bincount(_columns_of_stories(columns, groups[owners]))
    kept = stories[columns] <= way.cap * (groups.max() + 1)
    owners, columns = owners[kept], columns[kept]
    sizes = np.bincount(owners, minlength=len(keys))
    ones = np.ones(len(columns), np.int32)
    posted = csr_matrix((ones, (owners, columns)), (len(keys), len(stories)))
    bucket = np.bincount(columns, minlength=len(stories))
    read = np.mean([bucket[posted[row].indices].sum() for row in rows])
    read_once = np.mean([stories[posted[row].indices].sum() for row in rows]) * len(keys) / (groups.max() + 1)
    shared = (posted[rows] @ posted.T).toarray()
    has_story = verified.any(axis=1)
    own = np.zeros_like(true)
    own[np.arange(len(rows)), rows] = True
    weight = np.log(len(keys) / np.maximum(bucket, 1)).astype(np.float32)
    weighed = (posted[rows].multiply(weight).tocsr() @ posted.T).toarray()
    ranked = _ranked(weighed, true | own, verified) * WINDOW / len(keys)
    print(
        f"{way.name} | of verified pairs among the best 32, 64, 128, 256 at 200k: {[round(float((ranked <= most).mean()), 4) for most in (32, 64, 128, 256)]}"
    )
    for hits in way.hits:
        found = shared >= hits
        false = (found & ~true & ~own).sum(axis=1).mean()
        meets = (found & verified).any(axis=1)[has_story].mean()
        print(
            f"{way.name} | {hits} | {(found & true).sum() / true.sum():.3f} | {(found & verified).sum() / verified.sum():.3f} | {meets:.4f} | "
            f"{false:.0f} | {false * WINDOW / len(keys):.0f} | {sizes.mean():.0f} | {read / len(keys):.2%} | {read_once / len(keys):.2%} | {read_once * WINDOW / len(keys):.0f}",
            flush=True,
        )


def _ranked(weighed: NDArray[np.float32], related: NDArray[np.bool_], verified: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each verified pair how many documents of other stories come before it."""
    before = []
    for row in range(len(weighed)):
        strangers = np.sort(weighed[row][~related[row]])
        found = weighed[row][verified[row]]
        places = len(strangers) - np.searchsorted(strangers, found)
        before.append(np.where(found > 0, places, len(strangers)))
    return np.concatenate(before)


def _columns_of_stories(columns: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """The key of each distinct pair of a key and a story."""
    width = int(groups.max()) + 1
    return np.unique(columns * width + groups) // width


def syndication() -> list[Document]:
    """The documents of the syndication sets, each a group of its own: no pair of theirs is counted as true."""
    found = []
    for name in ("helsinki", "ecbplus"):
        with gzip.open(folder().parent / "syndication" / f"{name}.docs.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                story = text_of(row.get("title") or "", row["text"])
                found.append(Document(f"{name}:{row['id']}", name, row.get("lang") or "en", "source", story))
    return found


if __name__ == "__main__":
    main()
