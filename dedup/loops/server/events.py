"""`GET /v1/events`: what happened to clusters, page by page as JSON, or as a stream of server-sent events.

The stream is that of the HTML standard (https://html.spec.whatwg.org/multipage/server-sent-events.html), as browsers'
EventSource reads it. Events of clusters have no names of their own: one `onmessage` gets all, and `kind` tells which it
is.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from dedup.nouns.cluster import Events
from dedup.nouns.errors import DedupError
from dedup.spine import shapes
from dedup.spine.contracts import EventsShape
from dedup.spine.desk import Desk

log = logging.getLogger(__name__)

MAX_PAGE = 1_000
MAX_WAIT_S = 60.0
SLICE_S = 1.0
"""A waiting request looks so often whether the server is to stop; a stream, whether its reader has gone."""
MAX_WAITING = 16
"""So many requests may wait for events at once, streams among them, so that threads remain for others (there are 40,
the framework's default). More are answered without waiting; a stream, which cannot be, with 503."""

SSE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Nobody between us and the reader is to keep events, or to hold them back until there are more."""
IDLE = ":\n\n"
"""A comment. Without it nobody would notice, while nothing happens, that the other side has gone."""
LOST = "event: lost\ndata: {}\n\n"
"""Before events of which some that came earlier are gone."""

STREAM_TOO: dict[int | str, dict[str, Any]] = {HTTPStatus.OK.value: {"content": {SSE: {"schema": {"type": "string"}}}}}


def events(desk: Desk, stop: threading.Event) -> APIRouter:
    """The route, before this desk."""
    router = APIRouter()
    seats = threading.BoundedSemaphore(MAX_WAITING)

    # The type of the answer is told here: of one that may also be a stream the framework makes no description.
    @router.get("/v1/events", tags=["events"], response_model=EventsShape, responses=STREAM_TOO)
    def events(
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Seconds to wait for the first event.")] = 0,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
        last_event_id: Annotated[str, Header(description="Of a stream: go on here, whatever `after` says.")] = "",
    ) -> EventsShape | Response:
        """What happened after a cursor (without one: since the oldest event kept).

        Ask again with the `after` of the answer. An event may come twice; `cluster` and `version` tell. If `lost` is
        true, events after the cursor are kept no more: read the clusters.

        With `Accept: text/event-stream` the answer is a stream without end: for each event its cursor as `id` and the
        same JSON as `data`. Who connects again with `Last-Event-ID`, as EventSource does, goes on after that one; if
        some after it are kept no more, an event with the name `lost` comes first.
        """
        if SSE in accept.lower():
            return _stream(desk, stop, seats, last_event_id or after, limit)
        seated = wait > 0 and seats.acquire(blocking=False)
        try:
            return shapes.events(_wait_for(desk, stop, after, limit, wait if seated else 0), after)
        finally:
            if seated:
                seats.release()

    return router


def _stream(
    desk: Desk, stop: threading.Event, seats: threading.BoundedSemaphore, after: str | None, limit: int
) -> Response:
    """The stream after a cursor. Raises HTTPException 503 if no seat is free, and what the desk raises at once."""
    found = desk.events(after, limit)  # what is wrong with the cursor or the store is told before a stream begins
    if not seats.acquire(blocking=False):
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, f"{MAX_WAITING} others are waiting for events already")
    return _SeatedResponse(_told(desk, stop, found, after, limit), seats)


class _SeatedResponse(StreamingResponse):
    """A stream that gives its seat back however it ends: the reader gone, the server stopped, the store away."""

    def __init__(self, content: Iterator[str], seats: threading.BoundedSemaphore) -> None:
        super().__init__(content, headers=HEADERS, media_type=SSE)
        self._seats = seats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._seats.release()


def _told(desk: Desk, stop: threading.Event, found: Events, after: str | None, limit: int) -> Iterator[str]:
    """Events as they are written to a stream, beginning with those found, until `stop` is set or the store is away."""
    try:
        while True:
            if found.lost:
                yield LOST
            for each in found:
                yield f"id: {each.cursor}\ndata: {json.dumps(shapes.event(each), ensure_ascii=False)}\n\n"
                after = each.cursor
            if stop.is_set():
                return
            if not found:
                yield IDLE
            found = _wait_for(desk, stop, after, limit, SLICE_S)
    except DedupError as error:  # the status has been sent long ago; the reader connects again, and is told then
        log.warning("a stream of events ends: %s", error)


def _wait_for(desk: Desk, stop: threading.Event, after: str | None, limit: int, wait_s: float) -> Events:
    deadline = time.monotonic() + wait_s
    while True:
        left_s = deadline - time.monotonic()
        found = desk.events(after, limit, wait_s=max(0.0, min(left_s, SLICE_S)))
        if found or left_s <= SLICE_S or stop.is_set():
            return found
