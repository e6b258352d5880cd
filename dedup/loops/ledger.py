"""The ledger: what polls have found and not written down yet, written down many at a time.

A poll of an unchanged feed costs half a millisecond; a round trip to Redis of its own would be a third on top. The
order holds for all of them together: first what was found goes to the inbox, then the feeds are remembered. What a
crash takes from the ledger is found again by the next poll.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from dedup.loops.harvest import Harvest
from dedup.loops.patience import Patience
from dedup.loops.visit import PollSummary
from dedup.nouns.feed import Skipped
from dedup.nouns.record import Submission
from dedup.nouns.schedule import FeedState
from dedup.spine.store import FeedBook, Inbox

_FEEDS = 32
"""Feeds in the ledger at most, and what a crash has asked once more."""


@dataclass(slots=True)
class _Page:
    """What is to be written down together."""

    submissions: list[Submission] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    states: list[FeedState] = field(default_factory=list)
    summary: PollSummary = field(default_factory=PollSummary)


class Ledger:
    """Writes to `inbox` and `feeds`, with patience; threads may share it.

    `batch`: articles put into the inbox at a time. Whoever fills a page writes it down, and waits while the store is
    away; so do all others whose page is full.
    """

    def __init__(self, inbox: Inbox, feeds: FeedBook, patiently: Patience, batch: int) -> None:
        self._inbox = inbox
        self._feeds = feeds
        self._patiently = patiently
        self._batch = batch
        self._page_lock = threading.Lock()
        self._writing = threading.Lock()
        self._page = _Page()
        self._written = PollSummary()

    def note(self, state: FeedState, summary: PollSummary, crop: Harvest | None = None) -> None:
        """Note how a poll ended and what it brought. Raises StoreError only when it is time to stop."""
        with self._page_lock:
            page = self._page
            page.summary += summary
            if crop:
                page.submissions += crop.submissions
                page.skipped += crop.skipped
                page.failed += crop.failed
            page.states.append(state)
            full = len(page.states) >= _FEEDS or len(page.submissions) >= self._batch
        if full:
            self.write()

    def write(self) -> None:
        """Write down what there is. Raises StoreError only when it is time to stop."""
        with self._writing:
            with self._page_lock:
                page, self._page = self._page, _Page()
            for start in range(0, len(page.submissions), self._batch):
                self._patiently(self._inbox.put, page.submissions[start : start + self._batch])
            if page.skipped:
                self._patiently(self._inbox.tell_skipped, page.skipped)
            for name, error in page.failed:
                self._patiently(self._inbox.tell_failed, name, error)
            if page.states:
                self._patiently(self._feeds.remember, *page.states)
            self._written += page.summary

    def written(self) -> PollSummary:
        """What has been written down since this was last asked."""
        with self._writing:
            written, self._written = self._written, PollSummary()
            return written
