"""What the poller remembers of a feed between two polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dedup.nouns.feed import Feed, Validators


@dataclass(frozen=True, slots=True)
class Pace:
    """What a feed says of how often it wants to be asked, in its own document; clamped before it is believed."""

    every_s: int | None = None
    """From RSS `ttl` or `sy:updatePeriod`, the longer of the two; None: it does not say."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day, 0 to 23 in UTC, in which not to ask (RSS `skipHours`)."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week, Monday is 0, on which not to ask (RSS `skipDays`)."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A permanent redirect that is not believed yet: where to, on how many days, on which day (since 1970) last."""

    url: str
    days: int
    day: int


class Health(StrEnum):
    """How it stands with a feed."""

    NEW = "new"
    """It has never been read, nor has it failed."""
    FINE = "fine"
    FAILING = "failing"
    """The last poll failed; it is asked again, ever more rarely."""
    GONE = "gone"
    """The server said 410: it is not asked any more."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and its history. Times are seconds since 1970 in UTC; 0: never.

    `seen` maps the identity of each entry that the last document held to a digest of its content, so that an entry
    goes to the inbox when it is new or changed, and only then.
    """

    feed: Feed
    next_poll: int = 0
    interval_s: int = 0
    why: str = "new"
    """Why the next poll is when it is, in words for people."""
    validators: Validators = field(default_factory=Validators)
    body_digest: str = ""
    last_poll: int = 0
    last_success: int = 0
    failures: int = 0
    """Polls that failed since the last that did not."""
    error: str = ""
    gone: bool = False
    """The server said 410 Gone; we stopped asking."""
    entries: int = 0
    """Entries seen in all polls, repeats not counted."""
    held: int = 0
    """Entries in the last document."""
    fresh: int = 0
    """Entries that were new in the last document."""
    pace: Pace = field(default_factory=Pace)
    gap_s: int = 0
    """Between two entries of the last document, by their dates; 0: unknown."""
    last_full: int = 0
    """When we last saw a whole document, not only "not modified"."""
    last_news: int = 0
    moving: Moving | None = None
    moved_to: str = ""
    """Where the feed is now, if it has moved for good; it keeps the name `feed.url`, and its articles their ids."""
    seen: Mapping[str, str] = field(default_factory=dict)
    prints: Mapping[str, str] = field(default_factory=dict)
    """The entries of the last document by their prints (`edges.cuts`), as keys of `seen`."""
    last_whole: int = 0
    """When we last parsed a document with all of its entries."""
    polls: Mapping[str, int] = field(default_factory=dict)
    """How polls ended, and how often: `updated`, `not_modified` (304), `same_bytes`, `failed`."""
    sent: int = 0
    """Entries that became articles, in all polls."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Entries that were left out, by reason, in all polls; also those that the parser left out, as in `Harvest`."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Entries that could not be read, by the kind of error, in all polls."""

    @property
    def address(self) -> str:
        """The URL to ask."""
        return self.moved_to or self.feed.url

    @property
    def health(self) -> Health:
        """How it stands with the feed, in a word."""
        if self.gone:
            return Health.GONE
        if self.failures:
            return Health.FAILING
        return Health.FINE if self.last_success else Health.NEW
