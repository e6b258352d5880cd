"""Which feeds a web page announces, and where sites keep them that announce none."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from dedup.reading.markup import head_links

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_MOST = 20
"""Feeds of one page: some announce one for every tag and every comment."""

COMMON_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml")
"""Where the usual publishing systems keep the main feed; asked one after the other, until one is there."""


def announced_feeds(body: bytes, url: str) -> tuple[str, ...]:
    """The feeds that the page at `url` announces with `<link rel="alternate">`, in its order, each once."""
    links, base = head_links(body)
    base = _joined(url, base)
    found = [_joined(base, link["href"]) for link in links if _is_feed(link)]
    return tuple(dict.fromkeys(filter(None, found)))[:_MOST]


def common_feeds(url: str) -> tuple[str, ...]:
    """Where the feed of the site at `url` may be."""
    return tuple(urljoin(url, path) for path in COMMON_PATHS)


def _is_feed(link: Mapping[str, str]) -> bool:
    kind = link.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in link.get("rel", "").lower().split() and kind in _TYPES and bool(link.get("href", "").strip())


def _joined(base: str, link: str) -> str:
    """The link as an absolute http(s) URL; empty if it is none."""
    try:
        url = urljoin(base, link.strip())
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
