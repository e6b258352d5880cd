"""Lanes: feeds of one host stand in one line, lines move side by side. So no host gets two requests at a time."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from urllib.parse import urlsplit

from dedup.nouns.errors import StoreError
from dedup.nouns.schedule import FeedState

log = logging.getLogger("dedup.poller")


class Lanes:
    """Does `work` for each feed added, on the threads of `pool`, never two feeds of one host at a time.

    After each feed its lane goes to the back of the pool's queue, so that a long lane does not hold up the others.
    When `stop` is set, feeds that nobody began with go to `leave` instead.
    """

    def __init__(
        self,
        pool: Executor,
        work: Callable[[FeedState], object],
        leave: Callable[[FeedState], object],
        stop: threading.Event,
    ) -> None:
        self._pool = pool
        self._work = work
        self._leave = leave
        self._stop = stop
        self._changed = threading.Condition()
        self._lanes: dict[str, deque[FeedState]] = {}
        self._held: set[str] = set()

    def add(self, states: Iterable[FeedState]) -> None:
        """Put feeds in line; one that is in line or being worked on already stays where it is."""
        for state in states:
            url, host = state.feed.url, host_of(state.feed.url)
            with self._changed:
                if url in self._held:
                    continue
                self._held.add(url)
                idle = host not in self._lanes
                self._lanes.setdefault(host, deque()).append(state)
            if idle:
                self._pool.submit(self._step, host)

    def held(self) -> int:
        """Feeds in line or being worked on."""
        with self._changed:
            return len(self._held)

    def wait(self) -> None:
        """Wait until no feed is held."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held)

    def _step(self, host: str) -> None:
        """One feed of a lane; the lane stays in `_lanes` while it has feeds, or one being worked on."""
        with self._changed:
            state = self._lanes[host].popleft()
        try:
            (self._leave if self._stop.is_set() else self._work)(state)
        except StoreError as error:
            log.warning("%s: left until its lease is over: %s", state.feed.url, error)
        except Exception:
            log.exception("%s: left until its lease is over", state.feed.url)
        with self._changed:
            self._held.discard(state.feed.url)
            more = bool(self._lanes[host])
            if not more:
                del self._lanes[host]
            self._changed.notify_all()
        if more:
            self._pool.submit(self._step, host)


def host_of(url: str) -> str:
    """The host that a feed's requests go to; the URL itself if it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
