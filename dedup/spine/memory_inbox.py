"""The in-memory twin of the inbox, and of the bookmarks, whose turning counts too."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Bookmark, Failure, Intake
from dedup.nouns.record import Submission
from dedup.spine.store import Delivery

KEPT = 1_000
"""Skipped and dead entries kept for people to read."""


class MemoryInbox:
    """`Inbox` in a deque, and `Bookmarks`. What was not acknowledged is handed out again when nothing is waiting."""

    def __init__(self) -> None:
        self._arrival = threading.Condition()
        self._waiting: deque[Delivery] = deque()
        self._taken: dict[str, Delivery] = {}
        self._received = 0
        self._counts: Counter[str] = Counter()
        self._bookmarks: dict[str, Bookmark] = {}
        self.skipped: deque[Skipped] = deque(maxlen=KEPT)
        self.dead: deque[Failure] = deque(maxlen=KEPT)

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
                failure = Failure(delivery.submission.article.id, error)
                self.dead.append(failure)
                self._counts.update(("failed", f"failed.{failure.kind}"))

    def waiting(self) -> int:
        """See `Inbox.waiting`."""
        with self._arrival:
            return len(self._waiting) + len(self._taken)

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        """See `Inbox.tell_skipped`."""
        self.tell(Intake(skipped=tuple(skipped)))

    def tell_failed(self, name: str, error: str) -> None:
        """See `Inbox.tell_failed`."""
        self.tell(Intake(failures=(Failure(name, error),)))

    def tell(self, intake: Intake) -> None:
        """See `Inbox.tell`."""
        with self._arrival:
            self.skipped.extend(intake.skipped)
            self.dead.extend(intake.failures)
            self._counts.update(intake.totals)

    def bookmark(self, archive: str) -> Bookmark | None:
        """See `Bookmarks.bookmark`."""
        with self._arrival:
            return self._bookmarks.get(archive)

    def lay(self, archive: str, bookmark: Bookmark) -> None:
        """See `Bookmarks.lay`."""
        with self._arrival:
            self._bookmarks[archive] = bookmark

    def turn(self, archive: str, bookmark: Bookmark, done: Intake) -> bool:
        """See `Bookmarks.turn`."""
        with self._arrival:
            held = self._bookmarks.get(archive)
            if held is None or held.run != bookmark.run:
                return False
            if held.parts >= bookmark.parts:
                return True
            self._bookmarks[archive] = bookmark
        self.tell(done)
        return True

    def close_book(self, archives: Collection[str]) -> None:
        """See `Bookmarks.close_book`."""
        with self._arrival:
            for archive in archives:
                self._bookmarks.pop(archive, None)

    def counts(self) -> Mapping[str, int]:
        """See `Library.counts`."""
        with self._arrival:
            return dict(self._counts)
