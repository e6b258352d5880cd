"""The poller: due feed -> fetch -> parse -> harvest -> inbox -> remember, on threads, until told to stop.

What a poll found goes to the inbox before the feed's new state is remembered. A crash in between means that the next
poll finds it again; it never means a loss.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from hashlib import blake2b

from dedup.edges.document import Document
from dedup.edges.parse import parse
from dedup.following.schedule import Failed, Outcome, ScheduleSettings, Unchanged, Updated, after_poll
from dedup.loops.harvest import Harvest, Read, TakeFingerprint, harvest
from dedup.loops.lanes import Lanes
from dedup.loops.patience import Patience
from dedup.nouns.errors import FeedError, FetchError, StoreError
from dedup.nouns.feed import Feed, NotModified, Response, Validators
from dedup.nouns.schedule import FeedState
from dedup.spine.store import FeedBook, Inbox

log = logging.getLogger("dedup.poller")

Fetch = Callable[[str, Validators], Response | NotModified]
Parse = Callable[[Response, Feed, int], Document]


@dataclass(frozen=True, slots=True)
class PollerSettings:
    """How much a poller does at a time."""

    threads: int = 8
    """Feeds fetched at a time. Most of a fetch is waiting; for more cores, run more pollers."""
    feeds_in_hand: int = 256
    """Feeds claimed and not done: enough that a host with many feeds in line does not keep the threads idle."""
    lease_s: int = 900
    """When a claimed feed is given to another poller: after the longest line that the settings above allow for."""
    idle_s: float = 1.0
    """Between two looks for due feeds; one look is one command to Redis."""
    batch: int = 100
    """Articles put into the inbox at a time: about half a megabyte."""
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)


@dataclass(frozen=True, slots=True)
class PollSummary:
    """What polls brought. Of `entries` held, `fresh` were new or changed; sent + skipped + failed is what we told."""

    feeds: int = 0
    unchanged: int = 0
    broken: int = 0
    """Feeds that could not be fetched or parsed."""
    entries: int = 0
    fresh: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: PollSummary) -> PollSummary:
        return PollSummary(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


class Poller:
    """Polls due feeds of a feed book into an inbox.

    `fetch`, `parse`, `read` and `fingerprint` are the stages of the journey, plain functions that threads may share;
    `clock` gives seconds since 1970. While the store is away the poller waits, and loses nothing.
    """

    def __init__(
        self,
        feeds: FeedBook,
        inbox: Inbox,
        fetch: Fetch,
        read: Read,
        fingerprint: TakeFingerprint,
        settings: PollerSettings,
        clock: Callable[[], float],
        stop: threading.Event,
        parse: Parse = parse,
    ) -> None:
        self._feeds = feeds
        self._inbox = inbox
        self._fetch = fetch
        self._parse = parse
        self._read = read
        self._fingerprint = fingerprint
        self._settings = settings
        self._clock = clock
        self._stop = stop
        self._patiently = Patience(stop, log)

    def run(self) -> None:
        """Poll feeds as they fall due, until `stop` is set; feeds that were begun are finished, the rest given back."""
        with self._lanes(self.poll_feed) as lanes:
            while not self._stop.is_set():
                room = self._settings.feeds_in_hand - lanes.held()
                due = self._claim(int(self._clock()), room) if room > 0 else []
                lanes.add(due)
                if not due:
                    self._stop.wait(self._settings.idle_s)

    def run_once(self) -> PollSummary:
        """Poll every feed that is due now, once; what that brought."""
        summaries: list[PollSummary] = []
        now = int(self._clock())
        with self._lanes(lambda state: summaries.append(self.poll_feed(state))) as lanes:
            while due := self._claim(now, self._settings.feeds_in_hand):
                lanes.add(due)
                lanes.wait()
        return sum(summaries, PollSummary())

    def poll_feed(self, state: FeedState) -> PollSummary:
        """One poll of one feed, from request to remembered state. Raises StoreError only, and only when stopping."""
        now = int(self._clock())
        outcome, summary = self._visit(state, now)
        after = after_poll(state, outcome, now, self._settings.schedule)
        self._patiently(self._feeds.remember, after)
        _tell(after, outcome, summary)
        return summary

    def _visit(self, state: FeedState, now: int) -> tuple[Outcome, PollSummary]:
        """Fetch, parse, harvest and deliver: how the poll ended, and what it brought."""
        try:
            answer = self._fetch(state.feed.url, state.validators)
            if isinstance(answer, NotModified) or _body_digest(answer) == state.body_digest:
                return Unchanged(answer.validators, answer.max_age_s), PollSummary(feeds=1, unchanged=1)
            document = self._parse(answer, state.feed, now)
        except Exception as error:  # one feed's trouble, expected or not, stops neither the poller nor the feed
            return _failed(state, error), PollSummary(feeds=1, broken=1)
        if answer.permanent_url:
            log.info("%s: has moved for good to %s: follow that instead", state.feed.url, answer.permanent_url)
        crop = harvest(document, state.seen, self._read, self._fingerprint)
        self._deliver(crop)
        outcome = Updated(
            body_digest=_body_digest(answer),
            seen=crop.seen,
            fresh=crop.fresh,
            held=len(document.entries),
            title=document.title,
            validators=answer.validators,
            max_age_s=answer.max_age_s,
        )
        summary = PollSummary(
            feeds=1,
            entries=len(document.entries),
            fresh=crop.fresh,
            sent=len(crop.submissions),
            skipped=len(crop.skipped),
            failed=len(crop.failed),
        )
        return outcome, summary

    def _deliver(self, crop: Harvest) -> None:
        for start in range(0, len(crop.submissions), self._settings.batch):
            self._patiently(self._inbox.put, crop.submissions[start : start + self._settings.batch])
        if crop.skipped:
            self._patiently(self._inbox.tell_skipped, crop.skipped)
        for name, error in crop.failed:
            self._patiently(self._inbox.tell_failed, name, error)

    def _claim(self, now: int, limit: int) -> list[FeedState]:
        """Due feeds; none when we are to stop."""
        if self._stop.is_set():
            return []
        try:
            return self._patiently(self._feeds.claim, now, limit, self._settings.lease_s)
        except StoreError:
            if self._stop.is_set():
                return []
            raise

    @contextmanager
    def _lanes(self, work: Callable[[FeedState], object]) -> Iterator[Lanes]:
        """Lanes on threads of their own; at the end, all that is in line is done (or, when we are to stop, left)."""
        with ThreadPoolExecutor(self._settings.threads, "poll") as pool:
            lanes = Lanes(pool, work, self._feeds.remember, self._stop)
            try:
                yield lanes
            finally:
                lanes.wait()


def _body_digest(response: Response) -> str:
    return blake2b(response.body, digest_size=16).hexdigest()


def _failed(state: FeedState, error: Exception) -> Failed:
    match error:
        case FetchError():
            return Failed(error.reason, error.status, error.retry_after_s)
        case FeedError():
            return Failed(error.reason)
    log.error("%s: unexpected error", state.feed.url, exc_info=error)
    return Failed(f"unexpected {type(error).__name__}: {error}")


def _tell(state: FeedState, outcome: Outcome, summary: PollSummary) -> None:
    match outcome:
        case Failed():
            log.info("%s: %s (%s)", state.feed.url, state.error, state.why)
        case Unchanged():
            log.info("%s: unchanged (%s)", state.feed.url, state.why)
        case Updated():
            log.info(
                "%s: %d entries, %d fresh: %d sent, %d skipped, %d failed (%s)",
                state.feed.url,
                summary.entries,
                summary.fresh,
                summary.sent,
                summary.skipped,
                summary.failed,
                state.why,
            )
