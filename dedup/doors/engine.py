"""The engine: the parts put together, ready for any door. `opening` puts them together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from dedup.loops.hubs import Hubs
from dedup.loops.worker import Settler
from dedup.nouns.article import Article
from dedup.nouns.feed import Entry, Skipped
from dedup.spine.desk import Holdings, Pipeline


class Grouping(Pipeline, Settler, Protocol):
    """The pipeline, as desk and worker need it."""


class Polling(Protocol):
    """The poller, as the daemon needs it."""

    def run(self) -> None:
        """Poll feeds as they fall due, until told to stop."""
        ...

    def run_once(self) -> object:
        """Poll every feed that is due now, once."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs behind the doors.

    `place` says for people where the data is. `poller` makes a poller that stops on an event. `revive` starts a Redis
    of our own again if it has died; None if Redis is not ours. `closing` gives everything back.
    `discover` finds the feeds of a site; it raises FeedError. `hubs` are there if hubs can reach us.
    `reads_pages`: whether full text can be had (dedup[fulltext] is installed).
    """

    place: str
    store: Holdings
    pipeline: Grouping
    read: Callable[[Entry], Article | Skipped]
    canonical: Callable[[str], str | None]
    poller: Callable[[threading.Event], Polling]
    closing: ExitStack
    hubs: Hubs | None = None
    reads_pages: bool = True
    discover: Callable[[str], tuple[str, ...]] = lambda url: (url,)
    revive: Callable[[], None] | None = None
