"""Memory of a live article, and the cost of one more, as the index grows."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from time import perf_counter
from typing import cast

from benchmarks.corpus import Corpus
from benchmarks.prints import Prints
from benchmarks.stand import BATCH, WINDOW_S, Stand, chart, describe, stand, table, timed
from dedup.nouns.feed import Entry
from dedup.nouns.record import Submission
from dedup.reading.article import ReadingSettings
from dedup.spine.preparing import Preparer
from dedup.spine.settle import Settler

MEASURED = 8_192
"""Articles over which the cost at a size is averaged."""
LOOKUPS = 2_000
SAMPLED = 20_000
KINDS = {"a": "record", "t": "text", "l": "links", "c": "cluster"}


def large(articles: int = 100_000) -> None:
    """10,000, 100,000 and so on, up to `articles`."""
    describe()
    sizes = [size for size in (10_000, 100_000, 1_000_000) if size < articles] + [articles]
    memory: list[tuple[object, ...]] = []
    cost: list[tuple[object, ...]] = []
    with stand() as here:
        empty = here.used_bytes()
        settler = Settler(here.store, window_s=WINDOW_S, clock=here.clock)
        prints, texts = Prints(spacing_s=WINDOW_S / articles), iter(Corpus())
        for size in sizes:
            while prints.made < size - MEASURED:
                _settle(here, settler, list(prints.take(BATCH)))
            cost.append((size, *_cost(here, settler, prints, texts), *_lookups(here, size)))
            memory.append((size, *bytes_an_article(here, empty, size)))
    head: tuple[str, ...] = ("articles", "settling", "Redis", "both", "reading its text", "all", "p50, ms", "p99, ms")
    table("Cost of one more article, µs of processor, and of a look-up by id", head, cost)
    chart("Processor, text to cluster, µs", [(f"{row[0]:,}", cast(float, row[5])) for row in cost])
    chart("Look-up p99, ms", [(f"{row[0]:,}", cast(float, row[7])) for row in cost])
    head = (
        "articles",
        *KINDS.values(),
        "bands",
        "arrivals",
        "events",
        "all but text, events",
        "INFO memory, less both",
    )
    table("Bytes an article", head, memory)


def _cost(here: Stand, settler: Settler, prints: Prints, texts: Iterator[Entry]) -> tuple[float, ...]:
    """Processor time an article in microseconds: ours for settling, Redis's, both, ours for reading, and all together.

    Reading a text, which has nothing to do with the index, is done between the batches: so all are of one moment.
    """
    preparer, settling_s, reading_s, redis_s = Preparer(ReadingSettings()), 0.0, 0.0, here.cpu_s()
    for _ in range(MEASURED // BATCH):
        batch, entries = list(prints.take(BATCH)), list(islice(texts, BATCH))
        settling_s += timed(partial(_settle, here, settler, batch)).cpu_s
        reading_s += timed(partial(preparer.entries, entries)).cpu_s
    spent_s = settling_s, here.cpu_s() - redis_s, reading_s
    settling, redis, reading = (1e6 * each / MEASURED for each in spent_s)
    return settling, redis, settling + redis, reading, settling + redis + reading


def _settle(here: Stand, settler: Settler, batch: Sequence[Submission]) -> None:
    here.clock.now = float(batch[-1].article.seen)
    settler.settle(batch)


def _lookups(here: Stand, size: int) -> tuple[float, float]:
    spent = []
    for number in range(0, size, max(1, size // LOOKUPS)):
        start = perf_counter()
        here.store.cluster_of(f"{number:016x}")
        spent.append(1e3 * (perf_counter() - start))
    spent.sort()
    return statistics.median(spent), spent[len(spent) * 99 // 100]


def bytes_an_article(here: Stand, empty: int, size: int) -> tuple[float, ...]:
    """Bytes an article, by kind of key, then all but texts and events: by key, and as INFO has it.

    By key is MEMORY USAGE of a sample, with what the server adds for its tables.
    """
    sums: defaultdict[str, float] = defaultdict(float)
    counts: defaultdict[str, int] = defaultdict(int)
    for key in islice(here.client.scan_iter("bench:*", count=5_000), SAMPLED + size // 4):
        kind = _kind(cast(bytes, key))
        counts[kind] += 1
        if counts[kind] <= SAMPLED:
            sums[kind] += cast(int, here.client.memory_usage(key, samples=0)) + TABLES_BYTES
    keys = cast(int, here.client.dbsize())
    seen = sum(counts.values())
    each = {kind: sums[kind] / min(SAMPLED, counts[kind]) * counts[kind] * keys / seen / size for kind in counts}
    arrivals = cast(int, here.client.memory_usage("bench:arrivals", samples=0)) / size
    events = cast(int, here.client.memory_usage("bench:events", samples=0)) / size
    mine = [each.get(kind, 0.0) for kind in KINDS]
    total = (here.used_bytes() - empty) / size
    parts = sum(each.values()) - each.get("t", 0.0) - each.get("other", 0.0) + arrivals
    return (*mine, each.get("bands", 0.0), arrivals, events, parts, total - each.get("t", 0.0) - events)


TABLES_BYTES = 24 + 8 + 8
"""Of the table of expiries: an entry, and a place in each table; MEMORY USAGE counts only the key's own entry."""


def _kind(key: bytes) -> str:
    tail = key.rpartition(b"}")[2].decode()
    if tail.startswith(":"):
        return "bands"
    return tail if tail in KINDS else "other"
