"""Feeds a second: the poller and the `reader` package's `update_feeds`, on the same feeds of one local origin.

The origin runs in a process of its own, and every feed has a host of its own. It answers conditional requests with 304,
and a fifth of the feeds has two new entries in the second round, which is the one that is measured. Processor time
counts everything that polls: ours with its parsers and its Redis. reader is for the benchmark only:
`pip install 'dedup[bench]'`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import redis

from benchmarks.reader_round import ROUND
from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.edges.redis_store import RedisStore
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import PollSummary, Stages
from dedup.nouns.feed import Feed
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint

FEEDS = 2_000
CHANGED = 0.2
WORKERS = 8
HOUR_S, DAY_S = 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Round:
    """What polling all feeds once took; `peak_bytes` of all processes but the origin and Redis."""

    name: str
    feeds: int
    seconds: float
    cpu_s: float
    updated: int
    peak_bytes: int


def polling(feeds: int = FEEDS) -> None:
    """Print a small table."""
    with origin(feeds) as urls:
        rows = [ours(urls)]
    if find_spec("reader") and find_spec("sgmllib"):
        with origin(feeds) as urls:
            rows.append(theirs(urls))
    else:
        print("`reader` is not installed, so there is nothing to compare with: pip install 'dedup[bench]'\n")
    print(f"{feeds} feeds, {CHANGED:.0%} changed since the last poll, {WORKERS} workers\n")
    print("| | seconds | feeds/s | processor s | updated | peak MB |\n|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.name} | {row.seconds:.1f} | {row.feeds / row.seconds:.0f} | {row.cpu_s:.1f} "
            f"| {row.updated} | {row.peak_bytes / 1e6:.0f} |"
        )
    if len(rows) == 2:
        ours_, theirs_ = rows
        print(
            f"\n{theirs_.seconds / ours_.seconds:.1f} times its rate, on {ours_.cpu_s / theirs_.cpu_s:.2f} of its time"
        )


def ours(urls: list[str]) -> Round:
    """Two rounds of the poller on its own Redis; the second is measured."""
    now = time.time()
    with tempfile.TemporaryDirectory() as directory, EmbeddedRedis(Path(directory)) as server:
        store = RedisStore.open(server.url, "bench", window_s=14 * DAY_S)
        allowed = FetchSettings(allow_networks=("127.0.0.0/8",))
        with (
            Fetcher(allowed) as fetcher,
            Parsers(ParserSettings()) as parsers,
            redis.Redis.from_url(server.url) as info,
        ):
            stages = Stages(fetcher.fetch, parsers.parse, partial(read, settings=ReadingSettings()), fingerprint)
            settings = PollerSettings(threads=WORKERS)

            def poll(at: float) -> PollSummary:
                return Poller(store, store, stages, settings, lambda: at, threading.Event()).run_once()

            store.follow([Feed(url) for url in urls])
            poll(now)
            began, used = time.perf_counter(), _cpu_s(parsers, info)
            summary = poll(now + 2 * HOUR_S)
            seconds, used = time.perf_counter() - began, _cpu_s(parsers, info) - used
            peak = _peak_bytes(os.getpid(), *parsers.pids())
        store.close()
    assert summary.feeds == len(urls), summary
    assert not summary.broken, summary
    return Round("dedup", len(urls), seconds, used, summary.feeds - summary.unchanged, peak)


def theirs(urls: list[str]) -> Round:
    """Two rounds of reader, in a process of its own; the second is measured."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-c", ROUND, str(Path(directory) / "db.sqlite"), str(WORKERS)],
            input="\n".join(urls), stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    found = json.loads(done.stdout)
    return Round("reader update_feeds", len(urls), found["seconds"], found["cpu_s"], found["updated"], found["peak"])


@contextmanager
def origin(feeds: int) -> Iterator[list[str]]:
    """The feeds' URLs, each on a loopback address of its own, while they are served."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed_origin", str(feeds), str(CHANGED)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield [f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/{n}" for n in range(feeds)]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _cpu_s(parsers: Parsers, info: redis.Redis) -> float:
    """Processor time of this process, the parsers (all of them idle now) and Redis, so far."""
    ticks = sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) for pid in parsers.pids())
    theirs = cast(dict[str, float], info.info("cpu"))
    used = theirs["used_cpu_user"] + theirs["used_cpu_sys"]
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK") + used


def _peak_bytes(*pids: int) -> int:
    """The most memory that each of these processes ever had, together."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    polling(int(sys.argv[1]) if sys.argv[1:] else FEEDS)
