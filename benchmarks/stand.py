"""The test stand: a private Redis, a clock that runs as articles are published, and tables of results."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis

from benchmarks.corpus import START
from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.redis_store import RedisStore
from dedup.nouns.cluster import Cluster
from dedup.spine.pipeline import Pipeline

DAY_S = 86_400
WINDOW_S = 14.0 * DAY_S
CHART_SIGNS = 50
"""Of the longest bar."""
BATCH = 1_024


class Hands:
    """A clock set by hand."""

    def __init__(self, now: float = START + DAY_S) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Stand:
    """A Redis with nothing in it, and the store on it."""

    url: str
    client: redis.Redis
    store: RedisStore
    clock: Hands

    def pipeline(self) -> Pipeline:
        return Pipeline(self.store, window_s=WINDOW_S, clock=self.clock, batch=BATCH)

    def clusters(self) -> list[Cluster]:
        found, page = list[Cluster](), self.store.clusters(limit=BATCH)
        while page.after is not None:
            found += page.clusters
            page = self.store.clusters(after=page.after, limit=BATCH)
        return [*found, *page.clusters]

    def used_bytes(self) -> int:
        return int(cast(dict[str, int], self.client.info("memory"))["used_memory"])

    def cpu_s(self) -> float:
        info = cast(dict[str, float], self.client.info("cpu"))
        return info["used_cpu_user"] + info["used_cpu_sys"]


@contextmanager
def stand(window_s: float = WINDOW_S) -> Iterator[Stand]:
    """A private Redis as `dedup` starts it, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder)) as server:
        clock = Hands()
        store = RedisStore.open(server.url, "bench", window_s=window_s, clock=clock)
        with redis.Redis.from_url(server.url) as client:
            yield Stand(server.url, client, store, clock)
        store.close()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock on the wall and of this process's processor time."""

    wall_s: float
    cpu_s: float


def timed(action: Callable[[], object]) -> Spent:
    """How long it takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def chart(title: str, rows: Sequence[tuple[object, float]]) -> None:
    """A bar for each row, in proportion to its value."""
    print(f"\n### {title}\n\n```text")
    most = max(value for _, value in rows)
    for name, value in rows:
        print(f"{name!s:>10}  {'#' * round(CHART_SIGNS * value / most)} {value:,.3g}")
    print("```")


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as Markdown."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(map(_cell, row)) + " |")
    sys.stdout.flush()


def describe() -> None:
    """Print what it runs on: figures are only good beside each other."""
    with stand() as here:
        version = cast(dict[str, str], here.client.info("server"))["redis_version"]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, Redis {version};", end=" "
    )
    print(f"load average {load} at the start")


def _cell(value: object) -> str:
    return (
        f"{value:,.0f}"
        if isinstance(value, float) and value >= 100
        else f"{value:.3g}"
        if isinstance(value, float)
        else str(value)
    )
