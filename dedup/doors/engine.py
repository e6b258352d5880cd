"""The engine: the parts put together, ready for any door. `opening` puts them together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Protocol

from dedup.loops import importer
from dedup.loops.hubs import Hubs
from dedup.loops.worker import Settler
from dedup.nouns.article import Article
from dedup.nouns.feed import Entry, Skipped
from dedup.nouns.intake import Intake, Part
from dedup.spine import desk
from dedup.spine.desk import Pipeline


class Grouping(Pipeline, Settler, importer.Grouping, Protocol):
    """The pipeline, as desk, worker and importer need it."""


class Holdings(desk.Holdings, importer.Holdings, Protocol):
    """The store, as desk and importer need it."""


class Polling(Protocol):
    """The poller, as the daemon needs it."""

    def run(self) -> None:
        """Poll feeds as they fall due, until told to stop."""
        ...

    def run_once(self) -> object:
        """Poll every feed that is due now, once."""
        ...


class ReadingPool(AbstractContextManager["ReadingPool"], Protocol):
    """Processes that read archives, as long as it is open."""

    def prepare(self, part: Part) -> Intake:
        """What can be grouped of a part, and what not; raises ProcessError."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs behind the doors.

    `place` says for people where the data is. `poller` makes a poller that stops on an event. `revive` starts a Redis
    of our own again if it has died; None if Redis is not ours. `closing` gives everything back.
    `readers` makes a pool of so many processes that read archives; None: they are read here.
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
    readers: Callable[[int], ReadingPool] | None = None
