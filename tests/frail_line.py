"""A port of loopback that passes on what a client and a server say, until an answer is lost on the way."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class FrailLine:
    """`lose` breaks it, so that the server has done what the client never hears of; `mend` lets all pass again."""

    def __init__(self, listening: socket.socket, to: int) -> None:
        self.port = int(listening.getsockname()[1])
        self._listening = listening
        self._to = to
        self._left: int | None = None
        self._for_good = False
        self._lock = threading.Lock()

    def lose(self, which: int, *, for_good: bool) -> None:
        """Lose an answer from now (1: the next one) and break the connection; `for_good`: nobody gets through then."""
        with self._lock:
            self._left, self._for_good = which, for_good

    def mend(self) -> None:
        """Everything passes from now on."""
        with self._lock:
            self._left = None

    def serve(self) -> None:
        """Take connections until the port is closed."""
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._to)) as far:
            while True:
                for end in select.select([near, far], [], [])[0]:
                    said = _heard(end)
                    if not said or (self._is_lost() if end is far else self._is_down()):
                        return
                    (near if end is far else far).sendall(said)

    def _is_down(self) -> bool:
        with self._lock:
            return self._left == 0 and self._for_good

    def _is_lost(self) -> bool:
        with self._lock:
            if self._left is None or (self._left == 0 and not self._for_good):
                return False
            self._left = max(0, self._left - 1)
            return self._left == 0


def _heard(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 20)
    except OSError:
        return b""


@contextmanager
def frail_line(to: int) -> Iterator[FrailLine]:
    """A line to that port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = FrailLine(listening, to)
        threading.Thread(target=line.serve, daemon=True).start()
        yield line
        listening.shutdown(socket.SHUT_RDWR)
