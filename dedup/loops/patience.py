"""Patience with a store that is away: wait, longer each time, and try again, until it is back or we are to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from dedup.nouns.errors import IndexMismatchError, StoreError

P = ParamSpec("P")
R = TypeVar("R")

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 15.0


class Patience:
    """Calls that outlast a store's absence. They must be repeatable without harm, as all of a store's are."""

    def __init__(
        self,
        stop: threading.Event,
        log: logging.Logger,
        lasts_s: float = float("inf"),
        mend: Callable[[], None] | None = None,
    ) -> None:
        """A store that is away for longer than `lasts_s` is given up. `mend` may bring it back before each new try."""
        self._stop = stop
        self._log = log
        self._lasts_s = lasts_s
        self._mend = mend

    def __call__(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `call` returns, however often it takes.

        Raises StoreError when told to stop, when patience is at its end, or if waiting is no use.
        """
        wait_s, ends = FIRST_WAIT_S, time.monotonic() + self._lasts_s
        while True:
            try:
                return call(*args, **kwargs)
            except IndexMismatchError:
                raise
            except StoreError as error:
                self._log.warning("the store is away, trying again in %.1f s: %s", wait_s, error)
                if time.monotonic() > ends or self._stop.wait(wait_s):
                    raise
                if self._mend:
                    self._mend()
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
