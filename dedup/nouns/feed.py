"""What the poller handles: a feed, the answer to a request for it, and the entries inside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that we follow. `source` names the publisher in articles; empty: the host of `url`."""

    url: str
    title: str = ""
    source: str = ""
    full_text: bool = False
    """Whether each article's page is fetched for its text: for feeds that carry only the first lines."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave us to ask "has it changed?" with; returned to it verbatim, quotes and all."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The bytes of a feed as they came, after redirects and content decoding."""

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = Validators()
    permanent_url: str | None = None
    """Where a chain of only permanent redirects (301, 308) ended; None otherwise."""
    max_age_s: int | None = None
    """How long the server wants the answer to be kept, from Cache-Control or Expires."""
    hub: str = ""
    """The WebSub hub that the server names in a `Link` header; empty: it names none."""
    topic: str = ""
    """What the hub calls the feed, from the same header (rel="self")."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed (304)."""

    validators: Validators = Validators()
    max_age_s: int | None = None
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as somebody gave it to us: nothing cleaned, nothing believed.

    Texts may hold HTML. Times are seconds since 1970 in UTC; None where the item names none or an unreadable one.
    """

    source: str
    """The publisher: the feed's `source`, or what the JSON line said."""
    feed: str = ""
    """URL of the feed it came from; empty when it was pushed or imported."""
    id: str | None = None
    """The article's id, when the caller chose it (JSON Lines, HTTP, Python); a feed's guid goes into `guid`."""
    guid: str | None = None
    url: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    lang: str | None = None
    published: int | None = None
    updated: int | None = None
    seen: int = 0
    """When we first held this item in our hands."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that ends here, and why: `reason` is one of a few words that are counted, `detail` is for people."""

    reason: str
    detail: str = ""
    name: str = ""
    """The entry's id, guid or URL: whatever names it best."""
