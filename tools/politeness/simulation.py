"""Two simulated days of polling, by the real poller over real HTTP."""

from __future__ import annotations

import threading
from functools import partial

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.guard import GuardedNetwork
from dedup.edges.parse import parse
from dedup.following.addresses import networks
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Stages
from dedup.nouns.feed import Feed
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox
from tools.politeness.sites import HOUR_S, PATHS, SITES
from tools.politeness.watch import Watch


def simulate(watch: Watch, hours: int = 48, restarts: int = 20) -> list[int]:
    """Poll the sites for so long, with a new poller after each restart; when those were."""
    book = MemoryFeedBook()
    feeds = (
        Feed(f"http://{name}.example:{watch.port}{path}")
        for name in SITES
        if name != "new-home"
        for path in PATHS.get(name, ("/feed",))
    )
    book.follow(list(feeds))
    ends = watch.now + hours * HOUR_S
    moments = [watch.now + (n + 1) * hours * HOUR_S // (restarts + 1) for n in range(restarts)]
    for until in (*moments, ends):
        with Fetcher(FetchSettings(contact="https://dedup.example/bot"), _network()) as fetcher:
            stages = Stages(fetcher.fetch, parse, partial(read, settings=ReadingSettings()), fingerprint)
            poller = Poller(
                book, MemoryInbox(), stages, PollerSettings(host_pause_s=0), lambda: watch.now, threading.Event()
            )
            while watch.now < until:
                poller.run_once()
                due = min(state.next_poll for state in book.feeds() if not state.gone)
                watch.now = min(until, max(due, watch.now + 1))
    return moments


def _network() -> GuardedNetwork:
    return GuardedNetwork(networks(["127.0.0.1"]), lambda host, port: ["127.0.0.1"])
