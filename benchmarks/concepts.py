"""What the view of concepts costs an article, in processor time and memory, while its window is full.

The same articles with the view and without it, in one run: real texts are read and fingerprinted (the sets of the
shared data if they are there, else the project's own), and made-up fingerprints, which meet strangers as often as real
ones do, are grouped in two indexes by turns, one with the view and one without. The indexes were filled before with
others that nobody grouped: bytes are those of records and postings, without some 130 for links and clusters.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import process_time

from benchmarks.large import bytes_an_article
from benchmarks.prints import Prints
from benchmarks.stand import BATCH, WINDOW_S, Stand, describe, stand, table
from dedup.edges.lexicon_file import Listener
from dedup.edges.redis_store.store import FLEETING_S
from dedup.nouns.feed import Entry
from dedup.nouns.record import Submission
from dedup.reading.article import ReadingSettings
from dedup.reading.identity import ref_of
from dedup.spine.filing import fleeting_keys, posting_keys, record_of
from dedup.spine.preparing import Preparer
from dedup.spine.settle import Settler
from tools.labelled import own, shared_data, syndication, translations

TEXTS = 2_000
WARMING = 400
"""Texts after which a reader knows most words."""
BATCHES = 4
"""So many are grouped in each index once it is full, by turns."""
ACQUAINTING = 8
"""So many before that. The worker of an index that was filled by others has yet to be shown who is there; one that has
been at work for a day has not (spine/acquaintances.py)."""
FILLING = 1_024
"""Articles at a time while an index is filled: a key that several share is looked at once."""


@dataclass(slots=True)
class Side:
    """An index, with or without the view, and what its articles cost."""

    name: str
    here: Stand
    settler: Settler
    prints: Prints
    preparer: Preparer
    empty_bytes: int
    reading_s: list[float] = field(default_factory=list)
    grouping_s: list[float] = field(default_factory=list)
    redis_s: list[float] = field(default_factory=list)

    def fill(self, size: int) -> None:
        """Articles into the index up to so many: records and postings; nobody asks what they are grouped with."""
        while self.prints.made < size:
            batch = self._batch(min(FILLING, size - self.prints.made))
            records = [record_of(submission) for submission in batch]
            self.here.store.register(records, batch)
            self.here.store.post([(ref_of(one.article.id), posting_keys(one)) for one in batch])
            self.here.store.post_fleeting([(ref_of(one.article.id), fleeting_keys(one)) for one in batch])

    def group(self) -> None:
        """Group one more batch."""
        batch = self._batch()
        began, redis_began = process_time(), self.here.cpu_s()
        self.settler.settle(batch)
        self.grouping_s.append(process_time() - began)
        self.redis_s.append(self.here.cpu_s() - redis_began)

    def _batch(self, size: int = BATCH) -> list[Submission]:
        batch = list(self.prints.take(size))
        self.here.clock.now = float(batch[-1].article.seen)
        return batch

    def read(self, entry: Entry) -> None:
        """Read one more text."""
        began = process_time()
        self.preparer.entries([entry])
        self.reading_s.append(process_time() - began)


def concepts(articles: int = 200_000) -> None:
    """On and off, with 20,000 articles in the view's window, 100,000 and so on, up to `articles`."""
    describe()
    sizes = [size for size in (20_000, 100_000) if size < articles] + [articles]
    with ExitStack() as stands:
        sides = [_side(name, stands.enter_context(stand()), articles) for name in ("off", "on")]
        for entry in _texts():
            for side in sides:
                side.read(entry)
        for size in sizes:
            for side in sides:
                side.fill(size)
            for _ in range(ACQUAINTING + BATCHES):
                for side in sides:
                    side.group()
            _print(size, sides)


def _print(size: int, sides: Sequence[Side]) -> None:
    off, on = ([*_costs(side), *_bytes(side)] for side in sides)
    ratios = [with_it / without for with_it, without in zip(on, off, strict=True)]
    rows = [("off", *off), ("on", *on), ("on / off", *ratios)]
    head = ("concepts", "reading", "grouping", "Redis", "all, µs of processor", "bytes by key", "bytes by INFO")
    table(f"An article, with {size:,} in the window", head, rows)


def _costs(side: Side) -> Iterator[float]:
    """Microseconds an article: reading, grouping, Redis, and their sum."""
    reading = 1e6 * sum(side.reading_s[WARMING:]) / len(side.reading_s[WARMING:])
    grouping, redis = (1e6 * sum(spent[-BATCHES:]) / BATCHES / BATCH for spent in (side.grouping_s, side.redis_s))
    yield from (reading, grouping, redis, reading + grouping + redis)


def _bytes(side: Side) -> tuple[float, ...]:
    return bytes_an_article(side.here, side.empty_bytes, side.prints.made)[-2:]


def _side(name: str, here: Stand, articles: int) -> Side:
    with_view = name == "on"
    return Side(
        name,
        here,
        Settler(here.store, window_s=WINDOW_S, clock=here.clock),
        Prints(spacing_s=FLEETING_S / articles, fleeting=with_view),
        Preparer(ReadingSettings(), Listener() if with_view else None),
        here.used_bytes(),
    )


def _texts() -> list[Entry]:
    """Articles in many languages, each in one of its versions, in no order. The same ones every time."""
    chance = random.Random(7)
    if shared_data() is None:
        found = [one.entry for name in ("copies", "lookalikes", "two_hands") for one in own(name)]
    else:
        stories: dict[str, list[Entry]] = {}
        for document in translations()[0]:
            stories.setdefault(document.group or document.id, []).append(document.entry)
        english = [article for name in ("helsinki", "ecbplus") for article in syndication(name)[0]]
        found = [*map(chance.choice, stories.values()), *(article.entry for article in english)]
    chance.shuffle(found)
    return found[: TEXTS + WARMING]
