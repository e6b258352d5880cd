"""The sample's files as documents to serve: dates filled in, validators made, later editions behind earlier ones.

A file `name.xml` is the feed's first edition. A file `name.2.xml` beside it is its second: the same feed some time
later, with some items changed. Dates in the files are written `{{minutes_ago:90}}`, so that the sample is always fresh.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

FEEDS = Path(__file__).parent / "feeds"

_DATE = re.compile(rb"\{\{minutes_ago:(\d+)\}\}")
_NAME = re.compile(r"(?P<stem>[\w-]+)(?:\.(?P<edition>\d+))?(?P<suffix>\.\w+)")
_CONTENT_TYPES = {
    ".xml": "application/rss+xml",
    ".rdf": "application/rdf+xml",
    ".atom": "application/atom+xml",
    ".json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What one URL answers with, and the validators of these very bytes."""

    body: bytes
    content_type: str
    etag: str
    modified: datetime


def editions(now: datetime, folder: Path = FEEDS) -> dict[str, tuple[Document, ...]]:
    """Every feed of `folder` by the name of its first edition's file, with all its editions in order.

    `now` is the moment that the dates in the files count back from; the same `now` gives the same bytes.
    """
    found: defaultdict[str, list[tuple[int, Path]]] = defaultdict(list)
    for path in folder.iterdir():
        feed, edition = feed_and_edition(path.name)
        found[feed].append((edition, path))
    return {
        feed: tuple(_document(path, now, edition) for edition, path in sorted(paths))
        for feed, paths in sorted(found.items())
    }


def feed_and_edition(name: str) -> tuple[str, int]:
    """The feed that a file belongs to and the edition that it is: `a.2.xml` is `("a.xml", 2)`, `a.xml` `("a.xml", 1)`.

    Raises ValueError for a name of another form.
    """
    parts = _NAME.fullmatch(name)
    if parts is None or parts["suffix"] not in _CONTENT_TYPES:
        raise ValueError(f"{name!r} is not the name of a sample feed")
    return parts["stem"] + parts["suffix"], int(parts["edition"] or 1)


def document(body: bytes, content_type: str, modified: datetime) -> Document:
    """A document whose entity tag is a digest of its bytes."""
    return Document(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:16]}"', modified)


def _document(path: Path, now: datetime, edition: int) -> Document:
    # HTTP dates count whole seconds: each edition is a second younger than the one before it.
    modified = now.replace(microsecond=0) - timedelta(minutes=1) + timedelta(seconds=edition)
    return document(_dated(path.read_bytes(), path.suffix, now), _CONTENT_TYPES[path.suffix], modified)


def _dated(body: bytes, suffix: str, now: datetime) -> bytes:
    """`body` with its dates filled in as its format writes them: RFC 822 in RSS 2.0, RFC 3339 in all others."""

    def date(found: re.Match[bytes]) -> bytes:
        moment = now.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=int(found[1]))
        text = format_datetime(moment, usegmt=True) if suffix == ".xml" else moment.isoformat().replace("+00:00", "Z")
        return text.encode("ascii")

    return _DATE.sub(date, body)
