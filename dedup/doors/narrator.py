"""The narrator: tells a person who watches the daemon which stories just gained a print."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dedup.nouns.cluster import Emitted, EventKind
from dedup.nouns.errors import NotFoundError, StoreError
from dedup.spine.desk import Desk

PAGE = 1_000
WAIT_S = 1.0
AWAY_S = 5.0


def narrate(desk: Desk, say: Callable[[str], None], stop: threading.Event) -> None:
    """Until `stop` is set, say one line about each story of several articles that came to be or grew from now on."""
    after = _newest(desk)
    while not stop.is_set():
        try:
            page = desk.events(after, PAGE, WAIT_S)
        except StoreError:  # the workers have said so already
            stop.wait(AWAY_S)
            continue
        for emitted in page:
            after = emitted.cursor
            if emitted.event.size > 1 and emitted.event.kind in (EventKind.CREATED, EventKind.JOINED, EventKind.MERGED):
                say(_line(desk, emitted))


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
