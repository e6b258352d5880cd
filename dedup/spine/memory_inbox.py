"""The in-memory twin of the inbox."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dedup.nouns.errors import kind_of
from dedup.nouns.feed import Skipped
from dedup.nouns.record import Submission, Tally
from dedup.spine.store import Delivery

KEPT = 1_000
"""Skipped and dead entries kept for people to read."""


@dataclass(frozen=True, slots=True)
class Dead:
    """An entry that failed, and why."""

    name: str
    error: str


class MemoryInbox:
    """`Inbox` in a deque. What was taken and not acknowledged is handed out again when nothing new is waiting."""

    def __init__(self) -> None:
        self._arrival = threading.Condition()
        self._waiting: deque[Delivery] = deque()
        self._taken: dict[str, Delivery] = {}
        self._received = 0
        self._counts: Counter[str] = Counter()
        self.skipped: deque[Skipped] = deque(maxlen=KEPT)
        self.dead: deque[Dead] = deque(maxlen=KEPT)

    def put(self, submissions: Sequence[Submission]) -> None:
        """See `Inbox.put`."""
        with self._arrival:
            for submission in submissions:
                self._received += 1
                self._waiting.append(Delivery(str(self._received), submission, 0))
            self._counts["accepted"] += len(submissions)
            self._arrival.notify_all()

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        """See `Inbox.take`."""
        with self._arrival:
            if not self._waiting and not self._taken and wait_s > 0:
                self._arrival.wait_for(lambda: bool(self._waiting), wait_s)
            if not self._waiting:
                self._waiting.extend(self._taken.values())
                self._taken.clear()
            count = min(limit, len(self._waiting))
            taken = [
                replace(delivery, deliveries=delivery.deliveries + 1)
                for delivery in (self._waiting.popleft() for _ in range(count))
            ]
            self._taken.update({delivery.receipt: delivery for delivery in taken})
            return taken

    def done(self, receipts: Collection[str]) -> None:
        """See `Inbox.done`."""
        with self._arrival:
            self._counts["clustered"] += sum(self._taken.pop(receipt, None) is not None for receipt in receipts)

    def bury(self, delivery: Delivery, error: str) -> None:
        """See `Inbox.bury`."""
        with self._arrival:
            if self._taken.pop(delivery.receipt, None):
                self.dead.append(Dead(delivery.submission.article.id, error))
                self._counts.update(("failed", f"failed.{kind_of(error)}"))

    def waiting(self) -> int:
        """See `Inbox.waiting`."""
        with self._arrival:
            return len(self._waiting) + len(self._taken)

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        """See `Inbox.tell_skipped`."""
        with self._arrival:
            self.skipped.extend(skipped)
            self._counts.update(accepted=len(skipped), skipped=len(skipped))
            self._counts.update(f"skipped.{one.reason}" for one in skipped)

    def tell_failed(self, name: str, error: str) -> None:
        """See `Inbox.tell_failed`."""
        with self._arrival:
            self.dead.append(Dead(name, error))
            self._counts.update(("accepted", "failed", f"failed.{kind_of(error)}"))

    def count(self, tally: Tally) -> None:
        """See `Inbox.count`."""
        with self._arrival:
            self._counts.update(accepted=tally.accepted, clustered=tally.clustered)

    def counts(self) -> Mapping[str, int]:
        """See `Library.counts`."""
        with self._arrival:
            return dict(self._counts)
