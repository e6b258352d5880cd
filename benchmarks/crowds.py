"""Hot buckets: what many articles share must neither slow the worker to a crawl nor tear one story apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import numpy as np

from benchmarks.corpus import Corpus
from benchmarks.stand import BATCH, describe, stand, table
from dedup.nouns.feed import Entry

BOILERPLATE = (
    "The agency supplies its reports to subscribers in many countries and answers for their accuracy at all times. "
    "Readers who notice a mistake are asked to write to the editors, who correct it on the same day and say so. "
    "Pictures and graphics that belong to this report are available to subscribers for an additional charge."
)


def crowds(articles: int = 5_000) -> None:
    """Each crowd of so many articles."""
    describe()
    rows = [
        ("plain", *_measured(Corpus().take(articles))),
        ("a boilerplate passage in all", *_measured(list(islice(_boilerplate(), articles)))),
        ("one story, other outlets", *_measured(list(islice(_one_story(), articles)))),
        ("one template filled in", *_measured(list(islice(_template(), articles)))),
    ]
    head = (
        "crowd",
        "articles",
        "articles/s",
        "in the last fifth",
        "clusters",
        "largest",
        "bytes an article, with text",
    )
    table("Crowds", head, rows)


def template(articles: int = 20_000) -> None:
    """One template filled in ever more often: what an article costs must not depend on how many there are."""
    describe()
    rows = []
    with stand() as here:
        pipeline, entries, before = here.pipeline(), _template(), here.used_bytes()
        step = max(BATCH, articles // 10)
        for done in range(step, articles + 1, step):
            some = list(islice(entries, step))
            begun, python_s, redis_s = perf_counter(), process_time(), here.cpu_s()
            for start in range(0, step, BATCH):
                pipeline.ingest(some[start : start + BATCH])
            spent = perf_counter() - begun, process_time() - python_s, here.cpu_s() - redis_s
            rows.append(
                (
                    done,
                    step / spent[0],
                    1e6 * spent[1] / step,
                    1e6 * spent[2] / step,
                    getrusage(RUSAGE_SELF).ru_maxrss / 1024,
                    (here.used_bytes() - before) / done,
                )
            )
    head = ("articles", "articles/s", "worker, us an article", "Redis, us", "worker, MB", "bytes an article, with text")
    table("One template filled in", head, rows)


def _measured(entries: Sequence[Entry]) -> tuple[int, float, float, int, int, float]:
    with stand() as here:
        pipeline, spent_s, before = here.pipeline(), list[float](), here.used_bytes()
        for start in range(0, len(entries), BATCH):
            begun = perf_counter()
            pipeline.ingest(entries[start : start + BATCH])
            spent_s.append(perf_counter() - begun)
        late = max(1, len(spent_s) // 5)
        late_count = len(entries) - (len(spent_s) - late) * BATCH
        clusters = here.clusters()
        return (
            len(entries),
            len(entries) / sum(spent_s),
            late_count / sum(spent_s[-late:]),
            len(clusters),
            max(len(cluster.members) for cluster in clusters),
            (here.used_bytes() - before) / len(entries),
        )


def _boilerplate() -> Iterator[Entry]:
    for entry in Corpus(2):
        yield replace(entry, content=f"{entry.content}\n{BOILERPLATE}")


def _one_story() -> Iterator[Entry]:
    """One story with small edits, outlet by outlet."""
    corpus = iter(Corpus(3))
    story, chance = next(corpus), np.random.default_rng(3)
    words = story.content.split(" ")
    for number, other in enumerate(corpus):
        edited = list(words)
        for place in chance.integers(0, len(words), size=max(2, len(words) // 100)):
            edited[place] = other.title.split()[0].lower()
        yield replace(other, title=story.title, content=" ".join(edited), id=f"s{number}")


def _template() -> Iterator[Entry]:
    chance = np.random.default_rng(4)
    for number, entry in enumerate(Corpus(5)):
        balls = ", ".join(map(str, sorted(chance.choice(50, 6, replace=False))))
        prize = int(chance.integers(1_000, 9_000_000))
        yield replace(
            entry,
            id=f"t{number}",
            title=f"Lottery numbers of draw {number}",
            content=(
                f"These are the winning numbers of draw {number} of the state lottery: {balls}. The bonus ball was "
                f"{int(chance.integers(50))}. {int(chance.integers(9))} tickets shared the jackpot of {prize} crowns. "
                f"Results are confirmed by the lottery's notary and published without guarantee. The next draw is "
                f"on Saturday at eight in the evening, and tickets can be bought until seven at every kiosk."
            ),
        )
