"""Hot buckets: what many articles share must neither slow the worker to a crawl nor tear one story apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from time import perf_counter

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
    """Each crowd of `articles` (boilerplate and template: of ten times and twenty times as many when asked for)."""
    describe()
    rows = []
    for name, entries in (
        ("plain", Corpus().take(articles)),
        ("a boilerplate passage in all", list(islice(_boilerplate(), articles))),
        ("one story, other outlets", list(islice(_one_story(), articles))),
        ("one template filled in", list(islice(_template(), articles))),
    ):
        with stand() as here:
            pipeline, spent, before = here.pipeline(), [], here.used_bytes()
            for start in range(0, len(entries), BATCH):
                begun = perf_counter()
                tally = pipeline.ingest(entries[start : start + BATCH])
                spent.append((perf_counter() - begun) / tally.accepted)
            last = spent[-max(1, len(spent) // 5) :]
            page = here.store.clusters(1, limit=len(entries) + 1)
            biggest = max(len(cluster.members) for cluster in page.clusters)
            used = (here.used_bytes() - before) / len(entries)
            rows.append(
                (
                    name,
                    len(entries),
                    len(entries) / sum(spent) / BATCH,
                    len(last) / sum(last),
                    len(page.clusters),
                    biggest,
                    used,
                )
            )
    rows = [(name, count, rate * BATCH, *rest) for name, count, rate, *rest in rows]
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
                f"{int(chance.integers(50))}. {int(chance.integers(9))} tickets shared the jackpot of {prize} crowns. Results "
                f"are confirmed by the lottery's notary and published without guarantee. The next draw takes place on "
                f"Saturday at eight in the evening, and tickets can be bought until seven at every kiosk in the country."
            ),
        )
