"""The routes that take a body: push articles, ask for what is similar to a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException

from dedup.nouns.errors import InputError
from dedup.reading.lines import json_object, json_value
from dedup.spine import shapes
from dedup.spine.contracts import ErrorShape, MatchesShape, PushedShape
from dedup.spine.desk import Desk, Offered

T = TypeVar("T")

BODY = {"type": "object", "required": ["text"], "properties": {
    "text": {"type": "string", "description": "Plain text or HTML."},
    "title": {"type": "string"},
    "id": {"type": "string", "maxLength": 512, "description": "Your own name for the article."},
    "url": {"type": "string"},
    "source": {"type": "string", "description": "The publisher; without one the host of the URL."},
    "lang": {"type": "string", "description": "Such as en; found out without one."},
    "published": {"type": ["string", "number"], "description": "ISO 8601, or seconds since 1970."},
    "updated": {"type": ["string", "number"], "description": "ISO 8601, or seconds since 1970."},
}}  # fmt: skip

REFUSALS: dict[int | str, dict[str, Any]] = {
    HTTPStatus.BAD_REQUEST.value: {"model": ErrorShape},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value: {"model": ErrorShape},
}


MOST_PUSHED = 10_000
"""Articles in one body. Sixteen megabytes have room for millions of things that are none, each with an error of its
own; who has more articles sends several bodies, or calls `dedup ingest`."""


class BodyTooLargeError(Exception):
    """More bytes came, or more articles, than are taken at once."""


def pushes(desk: Desk, max_body_bytes: int) -> APIRouter:
    """The routes, before this desk; more than `max_body_bytes`, or than MOST_PUSHED articles, are refused with 413."""
    router = APIRouter(responses=REFUSALS)

    async def body(request: Request) -> bytes:
        return await read_body(request, max_body_bytes)

    # As a default value, because the types of parameters are looked up outside this function.
    whole_body = Depends(body)

    @router.post("/v1/articles", tags=["articles"], openapi_extra=_described(
        {"application/json": {"oneOf": [BODY, {"type": "array", "items": BODY}]}, "application/x-ndjson": BODY}
    ))  # fmt: skip
    def push(request: Request, body: bytes = whole_body) -> PushedShape:
        """Take in one article, a list of them, or one per line; answers when all of them are grouped.

        An unusable article does not stop the others: it is counted as failed, and its error is in its place of the
        list. If none is usable the answer is 422. More than 10,000 are refused with 413.
        """
        tally, received = desk.push(offered(body, request.headers.get("content-type", "")))
        if tally.failed and tally.failed == tally.accepted:
            raise InputError("no article was usable", next(each.error or "" for each in received))
        return shapes.pushed(tally, received)

    @router.post("/v1/similar", tags=["articles"], openapi_extra=_described({"application/json": BODY}))
    def similar(body: bytes = whole_body) -> MatchesShape:
        """The articles that match a text, best first. Nothing is stored.

        One story is told within the window: with `published` only articles within a window of it match, without it
        those of any date. That a reworded text is of another day speaks against it: without `published` it is of today.
        """
        entry = desk.entry(_object(body), "body")
        return shapes.matches(desk.similar(entry.title, entry.content, lang=entry.lang, published=entry.published))

    return router


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The body of a request; raises BodyTooLargeError."""
    refusal = f"the body has more than {max_bytes} bytes (http.max_body_bytes)"
    if int(request.headers.get("content-length") or 0) > max_bytes:
        raise BodyTooLargeError(refusal)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLargeError(refusal)
        chunks.append(chunk)
    return b"".join(chunks)


def offered(body: bytes, content_type: str) -> list[Offered]:
    """The articles in a body: a JSON object, a list of them, or one object per line.

    Lines are taken for lines when the content type says so (x-ndjson, jsonl), or when the first of several is an
    object of its own. Raises HTTPException 400, and BodyTooLargeError before anything is made of too many.
    """
    if _is_lines(list(islice(_lines(body), 2)), content_type):
        return [_from_line(number, line) for number, line in _few(_lines(body))]
    whole = _parsed(body)
    values = whole if isinstance(whole, list) else [whole]
    return [_from_value(value, number) for number, value in enumerate(_few(values), start=1)]


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers, one by one: there may be millions."""
    return ((number, line) for number, line in enumerate(BytesIO(body), start=1) if line.strip())


def _few(articles: Iterable[T]) -> list[T]:
    found = list(islice(articles, MOST_PUSHED + 1))
    if len(found) > MOST_PUSHED:
        raise BodyTooLargeError(f"the body has more than {MOST_PUSHED} articles; send them in several")
    return found


def _is_lines(first: list[tuple[int, bytes]], content_type: str) -> bool:
    if "ndjson" in content_type or "jsonl" in content_type:
        return True
    # The first line of a JSON text that spans several is never an object of its own.
    return len(first) > 1 and not isinstance(_from_line(*first[0]), InputError)


def _from_value(value: object, number: int) -> Offered:
    return value if isinstance(value, dict) else InputError(f"article {number}", "expected a JSON object")


def _from_line(number: int, line: bytes) -> Offered:
    try:
        return json_object(line, f"line {number}")
    except InputError as error:
        return error


def _object(body: bytes) -> Mapping[str, object]:
    """The one JSON object of a body; raises HTTPException 400 if it is no JSON, InputError if it is no object."""
    whole = _parsed(body)
    if not isinstance(whole, dict):
        raise InputError("body", "expected a JSON object")
    return whole


def _parsed(body: bytes) -> object:
    try:
        return json_value(body, "body")
    except InputError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error


def _described(media: dict[str, dict[str, Any]]) -> dict[str, Any]:
    content = {media_type: {"schema": schema} for media_type, schema in media.items()}
    return {"requestBody": {"required": True, "content": content}}
