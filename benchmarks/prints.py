"""Fingerprints made up directly, for indexes too large to read a text for each article.

Unrelated articles share a slot now and then because they share common phrases: on English news two have a similarity of
.003 in `words` and .004 in `opening` (measured on `syndication/ecbplus` and `translations/wmt22`: 2.4 and 4.2 chance
meetings in 10,000 pairs with 36 and 14 bands). So a share of the slots is drawn from a few thousand common values,
Zipf-distributed. In `concepts` every slot is drawn from two hundred: so 570 postings of strangers are read at 200,000
articles, 290 of them from keys that keep all of theirs, and one key in 15 is crowded; of 9,120 real documents 540, 310
and one in 15 (design, decision 13).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import COPIED_SHARE, START
from dedup.nouns.article import Article, Clock
from dedup.nouns.fingerprint import Facts, Fingerprint, Sketch
from dedup.nouns.record import Submission
from dedup.sketching.facts import KEPT
from dedup.sketching.minhash import band_keys
from dedup.sketching.views import VIEWS

COMMON = {"words": (0.34, 2_000), "opening": (0.41, 2_000), "concepts": (1.0, 200)}
"""For each view the share of slots that are drawn from common values, and how many of these there are."""
CHANGED_SHARE = 0.1
"""Of the slots of a copy."""
SPACING_S = 1.2
"""Between two articles: a million in fourteen days."""

Slots = dict[str, NDArray[np.uint32]]


class Prints:
    """An endless supply of submissions whose text is one line; all views speak, or all but the fleeting ones."""

    def __init__(self, seed: int = 1, spacing_s: float = SPACING_S, fleeting: bool = False) -> None:
        self._random = np.random.default_rng(seed)
        self._recent: list[Slots] = []
        self._spacing_s = spacing_s
        self._views = [view for view in VIEWS if fleeting or not view.fleeting]
        self.made = 0

    def take(self, count: int) -> Iterator[Submission]:
        """The next `count` submissions."""
        for _ in range(count):
            yield self._one()

    def _one(self) -> Submission:
        number, self.made = self.made, self.made + 1
        copied = bool(self._recent) and self._random.random() < COPIED_SHARE
        slots = self._changed() if copied else {view.name: self._slots(view.name, view.slots) for view in self._views}
        if not copied:
            self._recent.append(slots)
            del self._recent[:-500]
        sketches = {
            view.name: Sketch(350, slots[view.name].astype(np.uint8).tobytes(), band_keys(view, slots[view.name]))
            for view in self._views
        }
        facts = Facts(self._facts(), self._facts())
        exact = int(self._random.integers(1 << 63))
        return Submission(self._article(number), Fingerprint(exact, 380, "latin", sketches, facts))

    def _article(self, number: int) -> Article:
        published = START + int(number * self._spacing_s)
        outlet = f"outlet-{number % 500}.example"
        return Article(
            *(f"{number:016x}", outlet, "A headline", "A text.", published, Clock.FEED, published, published),
            url=f"https://{outlet}/news/{number}",
        )

    def _slots(self, view: str, count: int) -> NDArray[np.uint32]:
        own = self._random.integers(1 << 32, size=count, dtype=np.uint32)
        share, values_in_common = COMMON[view]
        common = self._random.random(count) < share
        values = _zipf(values_in_common).searchsorted(self._random.random(int(common.sum())), side="right")
        own[common] = values.astype(np.uint32) * np.uint32(2_654_435_761)
        return own

    def _changed(self) -> Slots:
        changed: Slots = {}
        for name, slots in self._recent[int(self._random.integers(len(self._recent)))].items():
            fresh = self._random.random(len(slots)) < CHANGED_SHARE
            changed[name] = np.where(fresh, self._slots(name, len(slots)), slots)
        return changed

    def _facts(self) -> tuple[int, ...]:
        return tuple(sorted({int(value) for value in self._random.integers(1 << 16, size=KEPT)}))


@cache
def _zipf(count: int) -> NDArray[np.float64]:
    """The shares of values, each added to those before it."""
    sums = np.cumsum(1 / np.arange(1, count + 1))
    shares: NDArray[np.float64] = sums / sums[-1]
    return shares
