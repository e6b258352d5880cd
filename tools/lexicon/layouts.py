"""Measures layouts of the bands of `concepts`: `python -m tools.lexicon.layouts`. Half a minute each.

All translation sets lie in one pool with the syndication sets. A pair counts as verified where the evidence puts it
together. What an article would read, and which of its keys would be crowded, in a window of 200,000 articles is worked
out from how often documents of different stories share a slot: the chance of a key is that of its slots, times what
stories have in common beyond chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dedup.edges.lexicon_file import Listener, shipped_table
from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.matching.judgement import LINK, log_odds
from dedup.nouns.feed import Skipped
from dedup.nouns.record import Record, Submission
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.concepts import Concepts
from dedup.sketching.fingerprint import fingerprint
from dedup.sketching.lexicon.handicaps import COMMON, RARE, Handicaps
from dedup.sketching.minhash import sketch
from dedup.sketching.text import Hashes, Text
from dedup.sketching.text import read as read_text
from dedup.sketching.views import CONCEPTS_LEAST, View, concepts
from dedup.spine.filing import record_of
from dedup.spine.store import BUCKET_CAP
from tools.briefs import briefs
from tools.labelled import Labelled, syndication, translations

WINDOW = 200_000
ASKED = 400
"""Documents whose meetings with strangers are counted."""
PAIRS_AT_ONCE = 4_096
COLUMNS = (
    *("layout", "pairs", "WMT22", "WMT23", "NTREX", "two versions", "en-ja", "briefs"),
    *("read", "proposed", "crowded keys", "pairs without these"),
)
EVERYTHING_RARE = (-1, 0)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Layout:
    """So many bands of so many rows; with handicaps if there is a `power`, see handicaps.py."""

    bands: int
    rows: int
    power: int | None = None
    by_rarity: bool = True
    hits: int = 1
    """Keys that two documents must share."""

    def __str__(self) -> str:
        weighed = "" if self.power is None else f", {'rarity, ' * self.by_rarity}kept^{self.power}"
        return f"{self.bands} of {self.rows} rows{weighed}" + f", {self.hits} keys asked for" * (self.hits > 1)

    def handicaps(self) -> Handicaps | None:
        """Those of the shipped table."""
        if self.power is None:
            return None
        return Handicaps(shipped_table(), *((COMMON, RARE) if self.by_rarity else EVERYTHING_RARE), self.power)


LAYOUTS = (
    *(Layout(bands, 3) for bands in (64, 85)),
    Layout(64, 2),
    Layout(85, 2, hits=2),
    *(Layout(64, 3, power) for power in range(7)),
    *(Layout(bands, 3, 6) for bands in (48, 56, 72, 85)),
    Layout(85, 3, 4),
    Layout(64, 3, 6, by_rarity=False),
    Layout(64, 4, 6),
    Layout(64, 2, 1, hits=2),
    *(Layout(85, 3, power, hits=2) for power in (4, 6)),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is compared, and the story that it tells."""

    id: str
    story: str
    record: Record
    elements: Hashes


@dataclass(frozen=True, slots=True)
class Pool:
    """Documents; pairs of them that the evidence puts together; of each document what its story counts for, so that
    all stories together count alike however many versions they have."""

    documents: list[Document]
    left: Indices
    right: Indices
    shares: Floats


def main() -> None:
    """Prints a line for each layout."""
    labelled, _ = translations()
    strangers = [article for name in ("helsinki", "ecbplus") for article in syndication(name)[0]]
    made = briefs()[1]
    originals = {brief.article.id: brief.original.id for brief in made}
    pool = _pool([*_read(labelled, by_event=False), *_read(strangers, by_event=True)])
    short = _with_originals(list(_read((one.article for one in made), by_event=False)), pool, originals)
    print(f"{len(pool.documents):,} documents, {len(pool.left):,} verified pairs; at {WINDOW:,} articles:")
    print(*COLUMNS, sep=" | ")
    for layout in LAYOUTS:
        print(layout, *(f"{value:.3f}" for value in _measure(layout, pool, short)), sep=" | ", flush=True)


def _read(articles: Iterable[Labelled], by_event: bool) -> Iterator[Document]:
    listen, settings = Listener(), ReadingSettings()
    for one in articles:
        article = read(one.entry, settings)
        if not isinstance(article, Skipped):
            said = listen(read_text(article))
            record = record_of(Submission(article, fingerprint(article, partial(_said, said))))
            if len(said.elements) >= CONCEPTS_LEAST:
                yield Document(one.id, one.event if by_event else one.group or one.id, record, said.elements)


def _said(said: Concepts, text: Text) -> Concepts:
    return said


def _pool(documents: list[Document]) -> Pool:
    stories: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        stories.setdefault(document.story, []).append(place)
    told = [places for places in stories.values() if documents[places[0]].id.startswith(("wmt", "ntrex"))]
    pairs = np.array([pair for places in told for pair in combinations(places, 2)], np.intp)
    odds = _odds([document.record for document in documents], pairs)
    left, right = pairs[odds > LINK].T
    shares = np.array([1 / len(stories[document.story]) for document in documents])
    return Pool(documents, left, right, shares / shares.sum())


def _with_originals(made: list[Document], pool: Pool, originals: dict[str, str]) -> list[tuple[Document, int]]:
    places = {document.id: place for place, document in enumerate(pool.documents)}
    return [(brief, places[originals[brief.id]]) for brief in made if originals[brief.id] in places]


def _odds(records: list[Record], pairs: Indices) -> Floats:
    columns = deck(records)
    parts = (pairs[start : start + PAIRS_AT_ONCE] for start in range(0, len(pairs), PAIRS_AT_ONCE))
    return np.concatenate([log_odds(compare(columns, part[:, 0], part[:, 1]), float("inf")) for part in parts])


def _measure(layout: Layout, pool: Pool, short: list[tuple[Document, int]]) -> Iterator[float]:
    handicaps = layout.handicaps()
    slots = np.array([_slots(layout, document.elements, handicaps) for document in pool.documents])
    chances = _chances(layout, slots, pool.shares)
    met = _met(layout, slots[pool.left], slots[pool.right])
    read, proposed, expected = _strangers(layout, slots, chances, pool)
    sizes = chances * WINDOW * read / expected
    crowded = sizes >= BUCKET_CAP
    found = met.sum(axis=1) >= layout.hits
    corpora = np.array([document.id[:5] for document in pool.documents])[pool.left]
    yield found.mean()
    yield from (found[corpora == corpus].mean() for corpus in ("wmt22", "wmt23", "ntrex"))
    yield found[_one_pair_a_story(pool)].mean()
    yield found[_english_and_japanese(pool)].mean()
    cut = np.array([_slots(layout, brief.elements, handicaps) for brief, _ in short])
    whole = slots[[place for _, place in short]]
    yield (_met(layout, cut, whole).sum(axis=1) >= layout.hits).mean()
    yield read * WINDOW
    yield proposed * WINDOW
    yield crowded.mean()
    yield ((met & ~crowded[pool.left]).sum(axis=1) >= layout.hits).mean()


def _slots(layout: Layout, elements: Hashes, handicaps: Handicaps | None) -> NDArray[np.uint64]:
    """What each slot is drawn to: keys of bands of one row."""
    count = layout.bands * layout.rows
    view = View("concepts", concepts, slots=count, bands=count, rows=1)
    return np.array(sketch(view, elements, handicaps.of(elements) if handicaps else None).bands, np.uint64)


def _met(layout: Layout, one: NDArray[np.uint64], other: NDArray[np.uint64]) -> Bools:
    """For each pair and band whether all of its rows agree."""
    met: Bools = (one == other).reshape(-1, layout.bands, layout.rows).all(axis=2)
    return met


def _chances(layout: Layout, slots: NDArray[np.uint64], shares: Floats) -> Floats:
    """For each document and band the chance that another story has the key, if its slots were independent."""
    chances = np.empty(slots.shape)
    for slot in range(slots.shape[1]):
        values, places = np.unique(slots[:, slot], return_inverse=True)
        chances[:, slot] = np.bincount(places, shares, len(values))[places]
    found: Floats = chances.reshape(-1, layout.bands, layout.rows).prod(axis=2)
    return found


def _strangers(layout: Layout, slots: NDArray[np.uint64], chances: Floats, pool: Pool) -> tuple[float, float, float]:
    """Keys that a document shares with one of another story, on average; how often enough of them to propose it; and
    what `chances` lets expect of the first."""
    rows = np.random.default_rng(11).choice(len(slots), ASKED, replace=False)
    stories = np.array([document.story for document in pool.documents])
    related = Counter[str]()
    for group in translations()[1]:
        related.update(dict.fromkeys(group, 1))
    shared = []
    for row in rows:
        apart = (stories != stories[row]) & ((stories[row] not in related) | ~np.isin(stories, list(related)))
        weights = pool.shares * apart
        keys = _met(layout, slots, slots[row]).sum(axis=1)
        shared.append((np.average(keys, weights=weights), np.average(keys >= layout.hits, weights=weights)))
    read, proposed = np.mean(shared, axis=0).tolist()
    return read, proposed, float(chances[rows].sum(axis=1).mean())


def _one_pair_a_story(pool: Pool) -> Indices:
    """One verified pair of each story, as if it ran in two versions."""
    order = np.random.default_rng(5).permutation(len(pool.left))
    stories = np.array([document.story for document in pool.documents])[pool.left[order]]
    return order[np.unique(stories, return_index=True)[1]]


def _english_and_japanese(pool: Pool) -> Bools:
    languages = np.array([document.record.fingerprint.language for document in pool.documents])
    one, other = languages[pool.left], languages[pool.right]
    both: Bools = ((one == "en") & (other == "ja")) | ((one == "ja") & (other == "en"))
    return both


if __name__ == "__main__":
    main()
