"""JSON Feed 1.0 and 1.1 -> entries. (The format: jsonfeed.org/version/1.1.)"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from dedup.edges.document import Document, assemble, publisher, web_url
from dedup.edges.sniff import looks_like
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Entry, Feed, Response


def is_json(response: Response) -> bool:
    """Whether the document is JSON, by its content type or its first character."""
    kind = response.content_type.partition(";")[0].strip().lower()
    head = response.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") or (kind in ("application/feed+json", "application/json") and head[:1] != b"<")


def parse_json_feed(response: Response, feed: Feed, now: int, max_entries: int) -> Document:
    """The document's entries. Fields of a wrong type count as absent. Raises ParseError."""
    try:
        found = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise ParseError(feed.url, f"broken JSON: {error}") from error
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        raise ParseError(feed.url, f"not a feed: {looks_like(response.body)} (it has no list of items)")
    document = assemble(_text(found, "title"), _entries(found, items, response.url, feed, now), max_entries)
    return replace(document, hub=_hub(found, response.url), topic=web_url(_text(found, "feed_url"), response.url) or "")


def _hub(top: Mapping[str, object], base: str) -> str:
    """The first hub that speaks WebSub."""
    hubs = top.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub":
            return web_url(_text(hub, "url"), base) or ""
    return ""


def _entries(top: Mapping[str, object], items: list[object], base: str, feed: Feed, now: int) -> Iterator[Entry]:
    source = publisher(feed)
    for item in items:
        fields: Mapping[str, object] = item if isinstance(item, dict) else {}
        yield Entry(
            source=source,
            feed=feed.url,
            guid=_name(fields.get("id")),
            url=web_url(_text(fields, "url"), base) or web_url(_text(fields, "external_url"), base),
            title=_text(fields, "title"),
            summary=_text(fields, "summary"),
            content=_text(fields, "content_html") or _text(fields, "content_text"),
            lang=_text(fields, "language") or _text(top, "language") or None,
            published=_seconds(_text(fields, "date_published")),
            updated=_seconds(_text(fields, "date_modified")),
            seen=now,
        )


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _name(value: object) -> str | None:
    """An id; version 1.0 feeds also have numbers, which are to be read as strings."""
    if isinstance(value, bool):
        return None
    return str(value) if isinstance(value, str | int | float) else None


def _seconds(date: str) -> int | None:
    """RFC 3339 to seconds since 1970; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(date)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
