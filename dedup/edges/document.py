"""Document: what a feed's bytes turned out to hold, whatever format they were in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from dedup.following.freshness import content_digest, digest, name_of
from dedup.nouns.feed import Entry, Feed, Skipped
from dedup.nouns.schedule import Pace

MAX_ENTRIES = 5_000
"""Kept of one document. The longest real feeds that we know of are archives of one to two thousand items."""

_MAX_NAME = 2_048
"""Characters of a guid or URL. The longest URLs that browsers and CDNs pass on are about this long."""


@dataclass(frozen=True, slots=True)
class Document:
    """The entries of a feed document, in its order, each with a name of its own; `skipped` tells what was left out."""

    title: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()
    pace: Pace = field(default_factory=Pace)
    hub: str = ""
    """The WebSub hub that the document announces, if it announces one."""
    topic: str = ""
    """The name under which the hub knows the feed."""
    prints: tuple[str, ...] = ()
    """The print of each entry (`edges.cuts`), if they have any; `entries` are then those whose prints are not `cut`."""
    cut: frozenset[str] = frozenset()

    @property
    def held(self) -> int:
        """How many entries the document holds."""
        return len(self.prints) or len(self.entries)

    def items(self) -> Iterator[tuple[str, Entry | None]]:
        """Print (empty: it has none) and entry of each, in the document's order; None for those that were cut."""
        rest = iter(self.entries)
        for each in self.prints:
            yield each, None if each in self.cut else next(rest)
        for entry in rest:
            yield "", entry


def assemble(title: str, entries: Iterable[Entry], max_entries: int = MAX_ENTRIES) -> Document:
    """Make a document of raw entries, so that no entry hides another.

    Some feeds use one guid (or, without guids, one URL) for several entries. The first keeps it; a later one that says
    something else gets a guid made of the name and a digest of what it says, so that both live, under names that the
    next poll finds again. One that says the same is skipped: `repeated_in_feed`. Entries beyond `max_entries` are
    skipped: `too_many_entries`.
    """
    kept: list[Entry] = []
    skipped: list[Skipped] = []
    names: set[str] = set()
    contents: set[tuple[str, str]] = set()
    for entry in map(_sound, entries):
        name, content = name_of(entry), content_digest(entry)
        if (name, content) in contents:
            skipped.append(Skipped("repeated_in_feed", "the same entry stands in the document already", name))
        elif len(kept) >= max_entries:
            skipped.append(Skipped("too_many_entries", f"only the first {max_entries:,} are read", name or content))
        else:
            kept.append(replace(entry, guid=f"{name}#{content}") if name and name in names else entry)
        names.add(name)
        contents.add((name, content))
    return Document(_encodable(title), tuple(kept), tuple(skipped))


def publisher(feed: Feed) -> str:
    """The source of a feed's entries: as configured, else the feed's host."""
    return feed.source or urlsplit(feed.url).hostname or feed.url


def web_url(link: str | None, base: str) -> str | None:
    """`link` as an absolute http(s) URL, resolved against `base`; None if it is not one, or too long to be one."""
    if not link or not link.strip():
        return None
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and len(url) <= _MAX_NAME
    return url if usable else None


def _sound(entry: Entry) -> Entry:
    """The entry with texts that can be encoded, and a guid of a bearable length (or none)."""
    guid = _encodable((entry.guid or "").strip())
    return replace(
        entry,
        guid=(guid if len(guid) <= _MAX_NAME else digest(guid)) or None,
        url=_encodable(entry.url) if entry.url else None,
        title=_encodable(entry.title),
        summary=_encodable(entry.summary),
        content=_encodable(entry.content),
    )


def _encodable(text: str) -> str:
    """The text with `?` for each lone surrogate, which JSON and character references can smuggle in."""
    return text.encode("utf-8", "replace").decode("utf-8")
