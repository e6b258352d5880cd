"""Feeds a second: the poller and the `reader` package's `update_feeds`, on the same 2,000 feeds of one local origin.

The origin runs in a process of its own. It answers conditional requests with 304, and a fifth of the feeds has two new
entries in the second round, which is the one that is measured. Sizes are those of real feeds: 5 to 300 kB, half of them
under 34 kB, as in the collection that this project is tested with. reader is for the benchmark only:
`pip install reader`.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from wsgiref.handlers import format_date_time

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
DAY_S = 86_400

_ENTRY_BYTES = (300, 300, 800, 1_500, 3_000, 8_000)
_ENTRIES = (10, 15, 20, 30, 50)
_WORDS = (
    "harbour ferry council bridge storm minister school river budget strike border hospital report police train court "
    "market energy water island winter market club season player border budget station village company worker"
).split()


@dataclass(frozen=True, slots=True)
class Round:
    """What polling all feeds once took."""

    name: str
    seconds: float
    updated: int
    peak_bytes: int


def run() -> None:
    """Print a small table."""
    rows = []
    with origin() as urls:
        rows.append(ours(urls))
    try:
        import reader  # noqa: F401
    except ImportError:
        print("(the package `reader` is not installed: nothing to compare with)")
    else:
        with origin() as urls:
            rows.append(theirs(urls))
    print(f"{FEEDS} feeds, {CHANGED:.0%} changed since the last poll, {WORKERS} workers")
    print(f"{'':<24}{'seconds':>9}{'feeds/s':>9}{'updated':>9}{'peak MB':>9}")
    for row in rows:
        rate = FEEDS / row.seconds
        print(f"{row.name:<24}{row.seconds:>9.1f}{rate:>9.0f}{row.updated:>9}{row.peak_bytes / 1e6:>9.0f}")
    if len(rows) == 2:
        print(f"ratio {rows[1].seconds / rows[0].seconds:.1f}")


def ours(urls: list[str]) -> Round:
    """Two rounds of the poller on its own Redis; the second is measured."""
    now = time.time()
    with tempfile.TemporaryDirectory() as directory, EmbeddedRedis(Path(directory)) as redis:
        store = RedisStore.open(redis.url, "bench", window_s=14 * DAY_S)
        allowed = FetchSettings(allow_networks=("127.0.0.0/8",))
        with Fetcher(allowed) as fetcher, Parsers(ParserSettings()) as parsers:
            stages = Stages(fetcher.fetch, parsers.parse, partial(read, settings=ReadingSettings()), fingerprint)
            settings = PollerSettings(threads=WORKERS)

            def poll(at: float) -> PollSummary:
                return Poller(store, store, stages, settings, lambda: at, threading.Event()).run_once()

            store.follow([Feed(url) for url in urls])
            poll(now)
            began = time.perf_counter()
            summary = poll(now + 2 * DAY_S)
            seconds = time.perf_counter() - began
        store.close()
    assert summary.feeds == len(urls), summary
    assert not summary.broken, summary
    return Round("dedup", seconds, summary.feeds - summary.unchanged, _peak_bytes())


def theirs(urls: list[str]) -> Round:
    """Two rounds of reader, in a process of its own; the second is measured."""
    program = (
        "import sys, time, resource, logging\n"
        "from reader import make_reader\n"
        "reader = make_reader(sys.argv[1])\n"
        "urls = sys.stdin.read().split()\n"
        "[reader.add_feed(url) for url in urls]\n"
        f"reader.update_feeds(workers={WORKERS}, scheduled=False)\n"
        "began = time.perf_counter()\n"
        f"results = list(reader.update_feeds_iter(workers={WORKERS}, scheduled=False))\n"
        "updated = [one for one in results if one.value is not None]\n"
        "took = time.perf_counter() - began\n"
        "print(took, sum(1 for one in updated if not isinstance(one.value, Exception)),\n"
        "      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-c", program, str(Path(directory) / "db.sqlite")],
            input="\n".join(urls), capture_output=True, text=True, check=True,
        )  # fmt: skip
    seconds, updated, peak = done.stdout.split()
    return Round("reader update_feeds", float(seconds), int(updated), int(peak))


@contextmanager
def origin() -> Iterator[list[str]]:
    """The feeds' URLs, each on a loopback address of its own, while they are served."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed_origin", str(FEEDS), str(CHANGED)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield [f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/{n}" for n in range(FEEDS)]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def document(number: int, edition: int) -> bytes:
    """Feed `number` in its first or second edition, which has two new entries in front."""
    dice = random.Random(number)
    entries, size = dice.choice(_ENTRIES), dice.choice(_ENTRY_BYTES)
    first = 2 if edition else 0
    items = "".join(_item(number, n, size) for n in range(entries + first, first, -1))
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>Paper {number}</title><link>http://paper{number}.example/</link>{items}</channel></rss>"
    ).encode()


def _item(number: int, n: int, size: int) -> str:
    dice = random.Random(number * 1_000 + n)
    title = " ".join(dice.choices(_WORDS, k=8))
    text = "".join(f"&lt;p&gt;{' '.join(dice.choices(_WORDS, k=40))}.&lt;/p&gt;" for _ in range(1 + size // 300))
    return (
        f"<item><guid>http://paper{number}.example/{n}</guid><link>http://paper{number}.example/{n}</link>"
        f"<title>{title}</title><pubDate>{format_date_time(1_750_000_000 + n * 3_600)}</pubDate>"
        f"<description>{text}</description></item>"
    )


def _peak_bytes() -> int:
    """Of this process and the largest of its parsers."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return (own.ru_maxrss + children.ru_maxrss) * 1024


if __name__ == "__main__":
    run()
