"""Pollers and workers as processes of their own, `dedup poll` and `dedup work`, from feeds to clusters.

Feeds of news-length articles are served from this machine, each at an address of its own, so that hosts are no limit.
First the workers alone, on fingerprints that wait in the inbox: what one more of them brings.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.news_origin import ENTRIES
from benchmarks.prints import Prints
from benchmarks.stand import Stand, describe, stand, table
from dedup.nouns.feed import Feed

ARTICLES = 10_000
LOOK_EVERY_S = 0.05
TICKS = os.sysconf("SC_CLK_TCK")
CONFIG = """
[redis]
url = "{url}"
namespace = "bench"
[poll]
allow_networks = ["127.0.0.0/8"]
host_pause_s = 0.0
[log]
level = "error"
"""


def workers(articles: int = ARTICLES) -> None:
    describe()
    head = ("pollers", "workers", "articles/s", "poller", "worker", "Redis", "cores busy")
    alone = [_measured(0, count, articles) for count in (1, 2)]
    table("Fingerprint to cluster; processor time in µs an article", head, alone)
    whole = [_measured(*counts, articles) for counts in ((1, 1), (1, 2), (2, 1), (2, 2))]
    table("Feed to cluster; processor time in µs an article", head, whole)


def _measured(pollers: int, workers: int, articles: int) -> tuple[object, ...]:
    """One arrangement, on a Redis of its own."""
    with stand() as here, ExitStack() as running:
        config = Path(here.url.removeprefix("unix://")).parent / "bench.toml"
        config.write_text(CONFIG.format(url=here.url))
        feeds = running.enter_context(_origin(articles // ENTRIES)) if pollers else []
        if not pollers:
            _fill(here, articles)
        working = [running.enter_context(_role("work", config)) for _ in range(workers)]
        polling = [running.enter_context(_role("poll", config)) for _ in range(pollers)]
        here.store.follow([Feed(url) for url in feeds])
        _wait(here, 1)
        wall_s, spent = perf_counter(), _spent(here, polling, working)
        done = _clustered(here)
        _wait(here, articles)
        wall_s, articles = perf_counter() - wall_s, articles - done
        each = [
            (after - before) / articles for after, before in zip(_spent(here, polling, working), spent, strict=True)
        ]
    costs = [1e6 * cost for cost in each]
    return (pollers, workers, articles / wall_s, *costs, sum(each) * articles / wall_s)


def _fill(here: Stand, articles: int) -> None:
    prints = Prints(spacing_s=1.0)
    while prints.made < articles:
        here.store.put(list(prints.take(500)))


def _clustered(here: Stand) -> int:
    return here.store.counts().get("clustered", 0)


def _wait(here: Stand, articles: int) -> None:
    while _clustered(here) < articles:
        time.sleep(LOOK_EVERY_S)


def _spent(here: Stand, polling: Sequence[int], working: Sequence[int]) -> tuple[float, float, float]:
    """Seconds of a processor so far: of pollers with their parsers, of workers, of Redis."""
    return sum(map(_cpu_s, polling)), sum(map(_cpu_s, working)), here.cpu_s()


def _cpu_s(pid: int) -> float:
    """Of a process and its children, as Linux tells them; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(_cpu_s(int(child)) for child in children)


@contextmanager
def _role(name: str, config: Path) -> Iterator[int]:
    """`dedup NAME`, as long as the block runs; its process id."""
    command = [sys.executable, "-m", "dedup.doors.cli", name, "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        process.stderr.readline()  # it greets when it is ready
        yield process.pid
        process.terminate()
        process.stderr.read()


@contextmanager
def _origin(feeds: int) -> Iterator[list[str]]:
    command = [sys.executable, "-m", "benchmarks.news_origin", str(feeds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        yield [f"http://127.2.{number // 250}.{number % 250 + 1}:{port}/{number}" for number in range(feeds)]
        process.kill()
