"""Feeds a second: the poller and the `reader` package's `update_feeds`, on the same feeds of one local origin.

The origin runs in a process of its own, and every feed has a host of its own. It answers conditional requests with 304,
and a fifth of the feeds has two new entries in the second round, which is the one that is measured. Processor time
counts everything that polls: ours with its parsers and its Redis. reader is for the benchmark only:
`pip install 'dedup[bench]'`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

import redis

from benchmarks.reader_round import ROUND
from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.redis_store import RedisStore
from dedup.nouns.feed import Feed

Process: TypeAlias = "subprocess.Popen[str]"
FEEDS = 2_000
CHANGED = 0.2
WORKERS = 8
POLLERS = (1, 2)
"""Processes that poll: as many `dedup poll` as there are cores may share the feeds."""
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
    rows = []
    for pollers in POLLERS:
        with origin(feeds) as urls:
            rows.append(ours(urls, pollers))
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
    *mine, theirs_ = rows
    for row in mine if len(rows) > len(POLLERS) else ():
        times, share = theirs_.seconds / row.seconds, row.cpu_s / theirs_.cpu_s
        print(f"\n{row.name}: {times:.1f} times its rate, on {share:.2f} of its processor time")


def ours(urls: list[str], pollers: int) -> Round:
    """Two rounds of so many pollers, processes of their own on one Redis; the second is measured."""
    now = time.time()
    with tempfile.TemporaryDirectory() as directory, EmbeddedRedis(Path(directory)) as server:
        store = RedisStore.open(server.url, "bench", window_s=14 * DAY_S)
        store.follow([Feed(url) for url in urls])
        with redis.Redis.from_url(server.url) as info, ExitStack() as running:
            processes = [running.enter_context(_poller(server.url)) for _ in range(pollers)]
            _round(processes, now)
            began, redis_s = time.perf_counter(), _redis_s(info)
            told = _round(processes, now + 2 * HOUR_S)
            seconds, redis_s = time.perf_counter() - began, _redis_s(info) - redis_s
        store.close()
    polled = sum(each["feeds"] for each in told)
    assert polled == len(urls), told
    name = "dedup" if pollers == 1 else f"dedup, {pollers} pollers"
    cpu_s, peak = redis_s + sum(each["cpu_s"] for each in told), sum(each["peak"] for each in told)
    return Round(name, polled, seconds, cpu_s, polled - sum(each["unchanged"] for each in told), peak)


@contextmanager
def _poller(url: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "benchmarks.poller_round", url, str(WORKERS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def _round(processes: Sequence[Process], at: float) -> list[dict[str, Any]]:
    """What each poller tells of one round."""
    for process in processes:
        assert process.stdin
        process.stdin.write(f"{at}\n")
        process.stdin.flush()
    return [json.loads(cast(IO[str], process.stdout).readline()) for process in processes]


def _redis_s(info: redis.Redis) -> float:
    used = cast(dict[str, float], info.info("cpu"))
    return used["used_cpu_user"] + used["used_cpu_sys"]


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


if __name__ == "__main__":
    polling(int(sys.argv[1]) if sys.argv[1:] else FEEDS)
