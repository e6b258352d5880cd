"""The narrator: tells those who watch the daemon what happens, as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dedup.nouns.cluster import Emitted, EventKind
from dedup.nouns.errors import NotFoundError, StoreError
from dedup.spine.desk import Desk

PAGE = 1_000
WAIT_S = 1.0
AWAY_S = 5.0
TOLD = (EventKind.CREATED, EventKind.JOINED, EventKind.MERGED)

Tell = Callable[[Emitted], None]


class Narrator:
    """Tells of each event that came after the narrator was made."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        """Raises StoreError: what has happened already is read here, to be passed over."""
        self._desk = desk
        self._tell = tell
        self._after = _newest(desk)

    def run(self, stop: threading.Event) -> None:
        """Tell until `stop` is set."""
        while not stop.is_set():
            try:
                for emitted in self._desk.events(self._after, PAGE, WAIT_S):
                    self._tell(emitted)
                    self._after = emitted.cursor
            except StoreError:  # the workers have said so already
                stop.wait(AWAY_S)


def in_prose(desk: Desk, say: Callable[[str], None]) -> Tell:
    """For people: a line about each story of several articles that came to be or grew, and nothing about the rest."""

    def tell(emitted: Emitted) -> None:
        if emitted.event.size > 1 and emitted.event.kind in TOLD:
            say(_line(desk, emitted))

    return tell


def _newest(desk: Desk) -> str | None:
    after = None
    while page := desk.events(after, PAGE):
        after = page[-1].cursor
    return after


def _line(desk: Desk, emitted: Emitted) -> str:
    event = emitted.event
    newcomers = ", ".join(filter(None, (_source(desk, each) for each in event.articles[:5])))
    return f"{event.size:>4} articles  {_title(desk, event.cluster)}  + {newcomers or event.other or ''}"


def _source(desk: Desk, article_id: str) -> str:
    try:
        return desk.article(article_id).article.source
    except NotFoundError:
        return ""


def _title(desk: Desk, article_id: str) -> str:
    try:
        return desk.article(article_id).article.title
    except NotFoundError:
        return article_id
