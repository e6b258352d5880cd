"""Lanes: feeds of one host stand in one line, lines move side by side. So no host gets two requests at a time.

Between two requests to one host there is a pause: five hundred feeds of one host are due together after a night that we
were not running, and its owner should not notice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from heapq import heappop, heappush
from urllib.parse import urlsplit

from dedup.nouns.errors import StoppedError, StoreError
from dedup.nouns.schedule import FeedState

log = logging.getLogger("dedup.poller")

_STOP_CHECK_S = 0.1
"""How often a pause looks whether it is to be cut short."""


class Lanes:
    """Does `work` for each feed added, on the threads of `pool`, never two feeds of one host at a time.

    After each feed its lane goes to the back of the pool's queue, so that a long lane does not hold up the others, and
    not before `pause_s` seconds have passed. When `stop` is set, feeds that nobody began with go to `leave` instead.
    """

    def __init__(
        self,
        pool: Executor,
        work: Callable[[FeedState], object],
        leave: Callable[[FeedState], object],
        stop: threading.Event,
        pause_s: float = 0.0,
    ) -> None:
        self._pool = pool
        self._work = work
        self._leave = leave
        self._stop = stop
        self._pause_s = pause_s
        self._changed = threading.Condition()
        self._lanes: dict[str, deque[FeedState]] = {}
        self._held: set[str] = set()
        self._rested: dict[str, float] = {}
        self._resting: list[tuple[float, str]] = []
        self._waker: threading.Thread | None = None

    def add(self, states: Iterable[FeedState]) -> None:
        """Put feeds in line; one that is in line or being worked on already stays where it is."""
        for state in states:
            url, host = state.feed.url, host_of(state.address)
            with self._changed:
                if url in self._held:
                    continue
                self._held.add(url)
                idle = host not in self._lanes
                self._lanes.setdefault(host, deque()).append(state)
            if idle:
                self._go_on(host)

    def held(self) -> int:
        """Feeds in line or being worked on."""
        with self._changed:
            return len(self._held)

    def urls(self) -> set[str]:
        """The feeds in line or being worked on."""
        with self._changed:
            return set(self._held)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until no feed is held; False if that takes longer than `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._held, timeout_s)

    def _go_on(self, host: str) -> None:
        """The next feed of the lane, at once or when the host has had its pause."""
        with self._changed:
            ready = self._rested.pop(host, 0.0)
            if ready > time.monotonic() and not self._stop.is_set():
                heappush(self._resting, (ready, host))
                if self._waker is None:
                    self._waker = threading.Thread(target=self._wake, name="lanes", daemon=True)
                    self._waker.start()
                return
        self._pool.submit(self._step, host)

    def _wake(self) -> None:
        """End each pause in its time; ends itself when no lane rests."""
        while True:
            with self._changed:
                if not self._resting:
                    self._waker = None
                    return
                ready, host = self._resting[0]
                due = ready <= time.monotonic() or self._stop.is_set()
                if due:
                    heappop(self._resting)
            if due:
                self._pool.submit(self._step, host)
            else:
                self._stop.wait(min(_STOP_CHECK_S, max(0.0, ready - time.monotonic())))

    def _step(self, host: str) -> None:
        """One feed of a lane; the lane stays in `_lanes` while it has feeds, or one being worked on."""
        with self._changed:
            state = self._lanes[host].popleft()
        try:
            (self._leave if self._stop.is_set() else self._work)(state)
        except (StoreError, StoppedError) as error:
            log.warning("%s: left until its lease is over: %s", state.feed.url, error)
        except Exception:
            log.exception("%s: left until its lease is over", state.feed.url)
        with self._changed:
            self._rest(host)
            self._held.discard(state.feed.url)
            more = bool(self._lanes[host])
            if not more:
                del self._lanes[host]
            self._changed.notify_all()
        if more:
            self._go_on(host)

    def _rest(self, host: str) -> None:
        """Note until when the host has its pause; forget those that have had theirs."""
        if not self._pause_s:
            return
        now = time.monotonic()
        if len(self._rested) > 1_000:
            self._rested = {each: ready for each, ready in self._rested.items() if ready > now}
        self._rested[host] = now + self._pause_s


def host_of(url: str) -> str:
    """The host that a feed's requests go to; the URL itself if it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
