"""A poller in a process of its own, to be measured: `python -m tests.loops.hostile_poller`, for `test_hostile`.

It reads lines with URLs, the hostile one first, and polls them all at once. It answers each with a line of JSON: what
that took, and when the others were done.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Stages
from dedup.nouns.feed import Feed
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox

LIMITS = FetchSettings(read_timeout_s=1, total_timeout_s=3, allow_networks=("127.0.0.0/8",))


def main() -> None:
    """Poll what is asked for, until nothing more is."""
    with Fetcher(LIMITS) as fetcher, Parsers(ParserSettings(processes=2)) as parsers:
        stages = Stages(fetcher.fetch, parsers.parse, partial(read, settings=ReadingSettings()), fingerprint)
        for line in sys.stdin:
            print(json.dumps(polled(stages, line.split())), flush=True)


def polled(stages: Stages, urls: Sequence[str]) -> dict[str, object]:
    """One round."""
    book, inbox = MemoryFeedBook(), MemoryInbox()
    book.follow([Feed(url) for url in urls])
    poller = Poller(
        book, inbox, stages, PollerSettings(threads=4, idle_s=0.05, host_pause_s=0), time.time, threading.Event()
    )
    _forget_peak()
    before, used, began = _size_bytes(), _cpu_s(), time.monotonic()
    polling = threading.Thread(target=poller.run_once)
    polling.start()
    others_s = None
    while polling.is_alive():
        polling.join(0.02)
        if others_s is None and all(state.last_success for state in book.feeds() if state.feed.url != urls[0]):
            others_s = time.monotonic() - began
    state = book.feed(urls[0])
    return {
        "cpu_s": _cpu_s() - used,
        "wall_s": time.monotonic() - began,
        "grown_bytes": _peak_bytes() - before,
        "others_s": others_s,
        "error": state.error,
        "entries": state.entries,
        "articles": [[one.submission.article.title, one.submission.article.url, one.submission.article.text]
                     for one in inbox.take("t", 1_000, 0) if one.submission.article.feed == urls[0]],
    }  # fmt: skip


def _cpu_s() -> float:
    """Of this process alone: what a document costs in a parser is bounded and tested there."""
    return time.process_time()


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _size_bytes() -> int:
    return _status("VmRSS")


def _peak_bytes() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{os.getpid()}/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


if __name__ == "__main__":
    main()
