"""Signals that ask the process to stop, as an event.

A handler runs in the middle of whatever the main thread does, perhaps while that holds the very lock which setting
the event takes. So the handler only puts a note into a queue made for this, and a thread does the rest.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

LOOK_AGAIN_S = 0.5
"""A signal that comes just before the main thread falls asleep does not wake it: it wakes by itself this often."""

log = logging.getLogger(__name__)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that the first SIGTERM or SIGINT sets; the second one ends the process as usual.

    A terminal that is closed (SIGHUP, unless it is ignored, as under nohup) asks too, however often: what closes it
    may have sent SIGTERM before, and must not cut off what that began.
    """
    stop = threading.Event()
    notes: SimpleQueue[int | None] = SimpleQueue()
    usual = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}

    def note(number: int, frame: FrameType | None) -> None:
        restore(signal.SIGTERM, signal.SIGINT)
        notes.put(number)

    def restore(*numbers: signal.Signals) -> None:
        for number in numbers:
            signal.signal(number, usual[number])

    reader = threading.Thread(target=_read, args=(notes, stop), name="signals", daemon=True)
    reader.start()
    for number, former in usual.items():
        if number != signal.SIGHUP or former != signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield stop
    finally:
        restore(*usual)
        notes.put(None)
        reader.join()


def wait_for(stop: threading.Event) -> None:
    """Wait in the main thread until `stop` is set."""
    while not stop.wait(LOOK_AGAIN_S):
        pass


def _read(notes: SimpleQueue[int | None], stop: threading.Event) -> None:
    while (number := notes.get()) is not None:
        log.info("stopping on %s", signal.Signals(number).name)
        stop.set()
