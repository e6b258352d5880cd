"""One poller of several, as a process: `python -m benchmarks.poller_round REDIS_URL THREADS`.

For each line of its input, a moment, it polls every feed that is due then, and prints what that took.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from functools import partial
from pathlib import Path

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.edges.redis_store import RedisStore
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Stages
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint

WINDOW_S = 14 * 86_400


def main(url: str, threads: int) -> None:
    """Poll as asked until the input ends."""
    store = RedisStore.open(url, "bench", window_s=WINDOW_S)
    with Fetcher(FetchSettings(allow_networks=("127.0.0.0/8",))) as fetcher, Parsers(ParserSettings()) as parsers:
        stages = Stages(fetcher.fetch, parsers.parse, partial(read, settings=ReadingSettings()), fingerprint)
        for line in sys.stdin:
            at, before = float(line), _cpu_s(parsers)
            poller = Poller(store, store, stages, PollerSettings(threads=threads), lambda at=at: at, threading.Event())  # type: ignore[misc]
            summary = poller.run_once()
            assert not summary.broken, summary
            told = {
                "feeds": summary.feeds,
                "unchanged": summary.unchanged,
                "cpu_s": _cpu_s(parsers) - before,
                "peak": _peak_bytes(os.getpid(), *parsers.pids()),
            }
            print(json.dumps(told), flush=True)
    store.close()


def _cpu_s(parsers: Parsers) -> float:
    """Processor time of this process and its parsers (all of them idle now), so far."""
    ticks = sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) for pid in parsers.pids())
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _peak_bytes(*pids: int) -> int:
    """The most memory that each of these processes ever had, together."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
