"""The worker: takes articles from the inbox, has them grouped, and acknowledges them.

What it takes it either finishes, or leaves to be delivered again, or buries with its error: nothing is lost. While one
batch is grouped, a thread takes the next one and looks it up.
Any number of workers may run beside each other, in one process or in many.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from dedup.nouns.errors import StoreError
from dedup.nouns.record import Submission
from dedup.spine.store import Delivery, Inbox

MAX_DELIVERIES = 5
"""An article that failed so often will not do better the sixth time."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

log = logging.getLogger(__name__)


class Settler(Protocol):
    """What the worker needs of the pipeline."""

    def settle(self, submissions: Sequence[Submission]) -> object:
        """Bring articles into their clusters; repeating it does no harm."""
        ...

    def admit(self, submissions: Sequence[Submission]) -> Callable[[], object]:
        """Begin to settle them; what is returned ends it. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class _Begun:
    """Articles that have been taken and admitted, and what brings them into their clusters."""

    deliveries: Sequence[Delivery]
    finish: Callable[[], object]


class Worker:
    """One consumer of the inbox; `name` must be its alone among all that are running."""

    def __init__(
        self,
        inbox: Inbox,
        pipeline: Settler,
        *,
        name: str,
        stop: threading.Event,
        batch: int = 1_024,
        wait_s: float = 1.0,
    ) -> None:
        self._inbox = inbox
        self._pipeline = pipeline
        self._name = name
        self._stop = stop
        self._batch = batch
        self._wait_s = wait_s

    def run(self) -> None:
        """Work until `stop` is set, and what has been begun is finished. While the store is away: wait, longer each
        time, and resume."""
        pause_s = FIRST_PAUSE_S
        begun: _Begun | None = None
        with ThreadPoolExecutor(1, self._name) as thread:
            while begun or not self._stop.is_set():
                try:
                    begun = self._round(thread, begun)
                    pause_s = FIRST_PAUSE_S
                except StoreError as error:  # what has been taken is delivered again
                    begun = None
                    log.warning("%s: %s; trying again in %.1f s", self._name, error, pause_s)
                    self._stop.wait(pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _round(self, thread: Executor, begun: _Begun | None) -> _Begun | None:
        """Finish what has been begun, and begin what comes next meanwhile."""
        wait_s = 0 if begun else self._wait_s
        following = None if self._stop.is_set() else thread.submit(self._begin, wait_s)
        if begun:
            self._finish(begun)
        return following.result() if following else None

    def drain(self) -> int:
        """Work until the inbox hands out nothing more; returns how many were taken. Raises StoreError."""
        taken = 0
        while not self._stop.is_set() and (count := self.step(wait_s=0)):
            taken += count
        return taken

    def step(self, wait_s: float) -> int:
        """Take one batch and see to it; returns how many were taken. Raises StoreError, with nothing lost."""
        begun = self._begin(wait_s)
        if begun:
            self._finish(begun)
        return len(begun.deliveries) if begun else 0

    def _begin(self, wait_s: float) -> _Begun | None:
        deliveries = self._inbox.take(self._name, self._batch, wait_s)
        if not deliveries:
            return None
        return _Begun(deliveries, self._pipeline.admit([delivery.submission for delivery in deliveries]))

    def _finish(self, begun: _Begun) -> None:
        try:
            begun.finish()
        except StoreError:
            raise
        except Exception as error:
            # Anything may come out of a foreign text; one bad article must not take its batch along.
            if len(begun.deliveries) == 1:
                self._give_up(begun.deliveries[0], error)
            else:
                for delivery in begun.deliveries:
                    self._finish(_Begun([delivery], partial(self._pipeline.settle, [delivery.submission])))
        else:
            self._inbox.done([delivery.receipt for delivery in begun.deliveries])

    def _give_up(self, delivery: Delivery, error: Exception) -> None:
        """Leave it to be delivered again, or bury it when it has been delivered often enough."""
        name = delivery.submission.article.id
        if delivery.deliveries < MAX_DELIVERIES:
            log.warning("%s: article %r failed and will be tried again: %r", self._name, name, error)
            return
        log.error("%s: article %r failed %d times and is buried", self._name, name, MAX_DELIVERIES, exc_info=error)
        self._inbox.bury(delivery, f"{type(error).__name__}: {error}")
