"""Names to addresses, in time: the system's look-up cannot be told to hurry, nor be interrupted.

So it is done on a thread of its own, which is left behind when it takes too long. Few are left behind at a time: when
all seats are taken by look-ups that hang, others wait for a seat, and fail when their own time is over.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address

Resolve = Callable[[str, int], Sequence[str]]

_SEATS = 64
"""Look-ups at a time. A name server that is away holds one for 10 to 30 seconds, as long as the system insists."""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the order in which the system wants them tried. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Resolver:
    """Looks names up with `resolve`, within the time that the caller has; threads may share it."""

    def __init__(self, resolve: Resolve = addresses_of, seats: int = _SEATS) -> None:
        self._resolve = resolve
        self._seats = threading.BoundedSemaphore(seats)

    def __call__(self, host: str, port: int, timeout_s: float | None) -> Sequence[str]:
        """The addresses of a name. Raises TimeoutError when it takes longer, and what `resolve` raises."""
        if _is_address(host):
            return [host]
        began = time.monotonic()
        if not self._seats.acquire(timeout=timeout_s):
            raise TimeoutError("too many names are being looked up and do not come")
        answer: Future[Sequence[str]] = Future()
        threading.Thread(target=self._look_up, args=(host, port, answer), name="resolve", daemon=True).start()
        left_s = None if timeout_s is None else max(0.0, timeout_s - (time.monotonic() - began))
        return answer.result(left_s)

    def _look_up(self, host: str, port: int, answer: Future[Sequence[str]]) -> None:
        try:
            answer.set_result(self._resolve(host, port))
        except Exception as error:  # whatever it is, it belongs to whoever asked
            answer.set_exception(error)
        finally:
            self._seats.release()


def _is_address(host: str) -> bool:
    """Whether there is nothing to look up. Only the canonical spellings: 0x7f.1 is for the system to read."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
