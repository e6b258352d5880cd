"""Loops in threads: started in order, restarted when they crash, stopped in the opposite order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_S = 300.0
"""A loop that ran for so long is sound: when it crashes, that has nothing to do with the crashes before."""

log = logging.getLogger(__name__)

Loop = Callable[[threading.Event], None]
"""Runs until its event is set. That it raises, or returns before, is a crash."""


class Supervised:
    """One loop in a thread of its own."""

    def __init__(self, name: str, loop: Loop, first_pause_s: float = FIRST_PAUSE_S, steady_s: float = STEADY_S) -> None:
        """After a crash there is a pause, twice as long after each one, but the first again after `steady_s`."""
        self.name = name
        self._loop = loop
        self._first_pause_s = first_pause_s
        self._steady_s = steady_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, patience_s: float) -> bool:
        """Tell the loop to stop and wait for it; False if it has not stopped when patience ran out."""
        self._stop.set()
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause_s = self._first_pause_s
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._loop(self._stop)
                if self._stop.is_set():
                    return
                pause_s = self._pause_s(pause_s, began)
                log.error("%s ended by itself; starting it again in %.0f s", self.name, pause_s)
            except Exception:
                pause_s = self._pause_s(pause_s, began)
                log.exception("%s crashed; starting it again in %.0f s", self.name, pause_s)
            self._stop.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _pause_s(self, next_s: float, began: float) -> float:
        return self._first_pause_s if time.monotonic() - began >= self._steady_s else next_s


class Crew:
    """A context manager: loops run inside it, in the order they were added; leaving it stops the last one first."""

    def __init__(self, patience_s: float = 10.0, first_pause_s: float = FIRST_PAUSE_S) -> None:
        """Each loop is given `patience_s` to stop; one that does not is left to end with the process."""
        self._patience_s = patience_s
        self._first_pause_s = first_pause_s
        self._members: list[Supervised] = []

    def add(self, name: str, loop: Loop) -> None:
        """Start one more loop."""
        member = Supervised(name, loop, self._first_pause_s)
        self._members.append(member)
        member.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._members:
            member = self._members.pop()
            if not member.stop(self._patience_s):
                log.error("%s did not stop within %.0f s", member.name, self._patience_s)
