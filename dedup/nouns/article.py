"""An article: an entry made readable, with an identity and a date that we believe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Clock(StrEnum):
    """Which clock an article's `published` comes from."""

    FEED = "feed"
    """The item's own date, inside the bounds that we believe."""
    SEEN = "seen"
    """Our first sight of it: the item named no date, or an unbelievable one."""


@dataclass(frozen=True, slots=True)
class Article:
    """Plain text with an identity. Times are seconds since 1970 in UTC."""

    id: str
    source: str
    title: str
    text: str
    """The body without markup, one paragraph a line."""
    published: int
    clock: Clock
    seen: int
    updated: int
    """When this version was made: the item's `updated`, else `published`."""
    url: str | None = None
    """The canonical URL."""
    guid: str | None = None
    lang: str | None = None
    feed: str = ""
