"""The poller: due feed -> fetch -> parse -> harvest -> inbox -> remember, on threads, until told to stop.

What a poll found goes to the inbox before the feed's new state is remembered (`Ledger`). A crash in between means that
the next poll finds it again; it never means a loss.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from dedup.following.outcomes import Failed, Outcome, Unchanged, Updated
from dedup.following.schedule import ScheduleSettings, after_hold, after_poll, conditions, host_hold_s
from dedup.loops.lanes import Lanes, host_of
from dedup.loops.ledger import Ledger
from dedup.loops.patience import Patience
from dedup.loops.visit import PollSummary, Stages, Visit, visit
from dedup.nouns.errors import StoreError
from dedup.nouns.schedule import FeedState
from dedup.spine.store import FeedBook, Inbox

log = logging.getLogger("dedup.poller")


@dataclass(frozen=True, slots=True)
class PollerSettings:
    """How much a poller does at a time."""

    threads: int = 8
    """Feeds fetched at a time. Most of a fetch is waiting; for more cores, run more pollers."""
    feeds_in_hand: int = 256
    """Feeds claimed and not done: enough that a host with many feeds in line does not keep the threads idle."""
    lease_s: int = 900
    """When a claimed feed, and its site, may be had by another poller. Most lines are done long before; that of a host
    with hundreds of feeds that takes its time over each is not, and a second poller then asks the same host."""
    idle_s: float = 1.0
    """Between two looks for due feeds; one look is one command to Redis."""
    batch: int = 100
    """Articles put into the inbox at a time: about half a megabyte."""
    host_pause_s: float = 0.25
    """Between two requests to one host."""
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)


class Poller:
    """Polls due feeds of a feed book into an inbox, through the `stages`.

    `clock` gives seconds since 1970. While the store is away the poller waits, and loses nothing.
    """

    def __init__(
        self,
        feeds: FeedBook,
        inbox: Inbox,
        stages: Stages,
        settings: PollerSettings,
        clock: Callable[[], float],
        stop: threading.Event,
    ) -> None:
        self._feeds = feeds
        self._stages = stages
        self._settings = settings
        self._clock = clock
        self._stop = stop
        self._patiently = Patience(stop, log)
        self._ledger = Ledger(inbox, feeds, self._patiently, settings.batch)
        self._name = uuid4().hex
        self._holds: dict[str, int] = {}

    def run(self) -> None:
        """Poll feeds as they fall due, until `stop` is set; feeds that were begun are finished, the rest given back.

        But a feed whose pages are being fetched is left until its lease is over: there may be hundreds.
        """
        with self._lanes() as lanes:
            leased: set[str] = set()
            while not self._stop.is_set():
                room = self._settings.feeds_in_hand - lanes.held()
                due = self._claim(int(self._clock()), room) if room > 0 else []
                lanes.add(due)
                leased = self._release(leased | {state.feed.url for state in due}, lanes.urls())
                if not due:
                    self._stop.wait(self._settings.idle_s)

    def run_once(self) -> PollSummary:
        """Poll every feed that is due now, once; what that brought."""
        now = int(self._clock())
        with self._lanes() as lanes:
            while due := self._claim(now, self._settings.feeds_in_hand):
                lanes.add(due)
                self._finish(lanes)
                self._release({state.feed.url for state in due}, set())
        return self._ledger.written()

    def poll_feed(self, state: FeedState) -> None:
        """One poll of one feed, from request to a line in the ledger. StoreError and StoppedError mean that we stop."""
        now = int(self._clock())
        settings = self._settings.schedule
        until = self._holds.get(host_of(state.address), 0)
        if until > now:
            self._ledger.note(after_hold(state, until, now, settings), PollSummary(held=1))
            return
        ended = visit(self._stages, state, conditions(state, now, settings), now, self._stop)
        self._leave_in_peace(state, ended, now)
        after = after_poll(state, ended.outcome, now, settings)
        self._ledger.note(after, ended.summary, ended.crop)
        _tell(state, after, ended.outcome, ended.summary)

    def _leave_in_peace(self, state: FeedState, ended: Visit, now: int) -> None:
        """Hold all feeds of a host that asked for less; it is remembered, so that a restart does not forget it."""
        if not isinstance(ended.outcome, Failed):
            return
        wait_s = host_hold_s(ended.outcome, self._settings.schedule)
        if wait_s > 0:
            for host in {host_of(ended.failed_at or state.address), host_of(state.address)}:
                self._holds[host] = now + wait_s
                self._patiently(self._feeds.hold, host, now + wait_s, now)

    def _claim(self, now: int, limit: int) -> list[FeedState]:
        """Due feeds, and what is known of holds on their hosts; none when we are to stop."""
        if self._stop.is_set():
            return []
        try:
            due = self._patiently(self._feeds.claim, now, limit, self._settings.lease_s, self._name)
            if due:
                self._note_holds(sorted({host_of(state.address) for state in due}), now)
        except StoreError:
            if self._stop.is_set():
                return []
            raise
        return due

    def _note_holds(self, hosts: Sequence[str], now: int) -> None:
        found = self._patiently(self._feeds.holds, hosts)
        self._holds = {host: until for host, until in {**self._holds, **found}.items() if until > now}

    def _release(self, leased: set[str], held: set[str]) -> set[str]:
        """Let other pollers have the hosts that no feed in hand belongs to; the feeds that are still in hand.

        What the ledger holds is written down first: whoever claims a feed next must know what we know.
        """
        self._write_down()
        kept = leased & held
        if done := leased - held:
            self._patiently(self._feeds.release, sorted(done), self._name, sorted(kept))
        return kept

    @contextmanager
    def _lanes(self) -> Iterator[Lanes]:
        """Lanes on threads of their own; at the end, all that is in line is done (or, when we are to stop, left)."""
        with ThreadPoolExecutor(self._settings.threads, "poll") as pool:
            lanes = Lanes(pool, self.poll_feed, self._feeds.remember, self._stop, self._settings.host_pause_s)
            try:
                yield lanes
            finally:
                self._finish(lanes)

    def _finish(self, lanes: Lanes) -> None:
        """Wait until all that is in line is done; what the quick ones found is written down meanwhile."""
        while not lanes.wait(self._settings.idle_s):
            self._write_down()
        self._write_down()

    def _write_down(self) -> None:
        try:
            self._ledger.write()
        except StoreError as error:  # we are to stop, and cannot wait for the store
            log.warning("what the last polls found is left to the next ones: %s", error)


def _tell(before: FeedState, after: FeedState, outcome: Outcome, summary: PollSummary) -> None:
    url = after.feed.url
    if after.moved_to and after.moved_to != before.moved_to:
        log.warning("%s: has moved for good to %s, and is followed there", url, after.moved_to)
    if after.gone:
        log.warning("%s: gone (410), not asked any more; `dedup feeds add` asks it again", url)
    match outcome:
        case Failed():
            log.info("%s: %s (%s)", url, after.error, after.why)
        case Unchanged():
            log.info("%s: unchanged (%s)", url, after.why)
        case Updated():
            log.info(
                "%s: %d entries, %d fresh: %d sent, %d skipped, %d failed (%s)",
                url,
                summary.entries,
                summary.fresh,
                summary.sent,
                summary.skipped,
                summary.failed,
                after.why,
            )
