"""Allowance: what one exchange with a server may cost us in all: time, bytes on the wire, and words before the answer.

A server that cannot make us wait can still make us work: with headers that never end, with "103 Early Hints" a million
times over, with chunks of one byte behind extensions of 90 kB. So what comes in is counted where it comes in.
"""

from __future__ import annotations

import threading
import time

_HEAD_BYTES = 128 * 1024
"""Of everything before a body, the first packet of the body included. Servers refuse headers above 8 to 64 kB."""
_HEAD_READS = 2_000
"""Pieces that they may come in: whoever sends headers byte by byte wants our time."""
_FRAMING = 1.5
_FRAMING_BYTES = 256 * 1024
"""Times the body's own cap, and on top of it: an honest server needs a few bytes a chunk, and a TLS handshake."""


class OverdrawnError(OSError):
    """The other side has sent more than anybody needs."""


class _Left(threading.local):
    """What a thread has left; as much as it likes outside of an exchange."""

    ends = bytes = head_bytes = head_reads = float("inf")


class Allowance:
    """The allowance of the exchange that the calling thread is in; threads may share the object."""

    def __init__(self) -> None:
        self._left = _Left()

    def start(self, seconds: float, max_bytes: int) -> None:
        """Begin an exchange that may last this long, and whose bodies may have this many bytes as they are sent."""
        self._left.ends = time.monotonic() + seconds
        self._left.bytes = max_bytes * _FRAMING + _FRAMING_BYTES
        self.await_head()

    def await_head(self) -> None:
        """From now on what comes in is the head of an answer."""
        self._left.head_bytes, self._left.head_reads = _HEAD_BYTES, _HEAD_READS

    def head_is_in(self) -> None:
        """From now on what comes in is a body."""
        self._left.head_bytes = self._left.head_reads = float("inf")

    def remaining_s(self) -> float:
        """What is left of the time; 0 or less: it is over."""
        return self._left.ends - time.monotonic()

    def at_most(self, timeout_s: float | None) -> float:
        """The smaller of a timeout and what is left; raises TimeoutError if nothing is."""
        left = self.remaining_s()
        if left <= 0:
            raise TimeoutError("the time for the whole exchange is over")
        return left if timeout_s is None else min(timeout_s, left)

    def take(self, size: int) -> None:
        """Count what came in with one read; raises OverdrawnError if it is too much."""
        left = self._left
        left.bytes -= size
        left.head_bytes -= size
        left.head_reads -= 1
        if left.head_bytes < 0 or left.head_reads < 0:
            raise OverdrawnError("the headers have no end")
        if left.bytes < 0:
            raise OverdrawnError("much more is sent than the document holds")
