"""What a store must do, seen from those who use it. `MemoryStore` (the twin) and `RedisStore` both do all of it.

Five small protocols: `Index` (the worker's: fingerprints in, placements out), `Library` (the readers'),
`Inbox` (between poller and worker), `Bookmarks` (of archives) and `FeedBook` (the poller's own memory). `Store` is all.
Every method may raise StoreError when the store is away. Every write may be repeated without harm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dedup.nouns.cluster import Cluster, Event, Events
from dedup.nouns.feed import Feed, Skipped
from dedup.nouns.intake import Bookmark, Intake
from dedup.nouns.record import Lift, Placement, Record, Shelf, Stored, Submission
from dedup.nouns.schedule import FeedState
from dedup.nouns.subscription import Subscription
from dedup.spine.notices import Notices

if TYPE_CHECKING:  # `import dedup` comes by here, and a deck loads numpy
    from dedup.matching.deck import Deck

BUCKET_CAP = 64
"""Refs that one band key keeps, the lowest (they are hashes, so any would do). A key that more articles share is
boilerplate, or a story so often printed that 64 of its prints are enough to find it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item taken from the inbox: `receipt` acknowledges it, `deliveries` counts how often it was handed out."""

    receipt: str
    submission: Submission
    deliveries: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """Some clusters, and the cursor that asks for the next ones (None: that was all)."""

    clusters: tuple[Cluster, ...]
    after: str | None


CURSOR = re.compile(r"\d{1,20}(-\d{1,20})?", re.ASCII)
"""What the cursors of every store look like."""


class Index(Notices, Protocol):
    """The worker's view of a store. A `ref` is an article's 32-bit name inside the index."""

    def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
        """Keep each record and its article's text, unless a version at least as new is there, or another article.

        Versions are ordered by `updated`, then by the digest of their words. Returns what is held after the call.
        """
        ...

    def post(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """Look up and insert, in one atomic step per shard: for each (ref, band keys) the refs found under any key.

        A ref does not find itself. Of two posted at the same time, at least one finds the other. What is found under
        one key only does not count if that key is crowded (filing.LASTING): common phrases meet there by chance. Of
        too many (filing.LASTING) those with the most keys in common are returned, the lowest among equals.
        """
        ...

    def post_fleeting(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """As `post`, for the short window, and apart from it (filing.FLEETING)."""
        ...

    def fleeting_candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """As `candidates`, among what was posted for the short window."""
        ...

    def candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """Look up without inserting: for each list of band keys the refs that `post` would find."""
        ...

    def records(self, refs: Collection[int]) -> dict[int, Record]:
        """The records of these refs; expired ones are left out."""
        ...

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck, list[int]]:
        """The records of these refs as columns, whose row is whose, and what level each has; expired ones left out."""
        ...

    def link(self, links: Collection[tuple[int, int]]) -> None:
        """Add links, each from the first ref to the second; adding one twice is adding it once. Who has expired is
        linked to nobody."""
        ...

    def links(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """The refs that each of these is linked to."""
        ...

    def ticket(self) -> int:
        """A number higher than every one drawn before."""
        ...

    def placements(self, refs: Collection[int]) -> dict[int, Placement]:
        """Where each of these stands; refs that have not been placed yet are left out."""
        ...

    def place(self, placements: Mapping[int, Placement], fresh: Collection[int]) -> set[int]:
        """Place each ref unless a higher ticket has, or it has a higher level (returned are those that have), and let
        its cluster live for another window. `fresh` are those that had no placement when it was looked for: they are
        listed as arrivals."""
        ...

    def lift(self, lifts: Sequence[Lift]) -> set[int]:
        """Raise the level of each article, if all that is known of it is still so. Returns those that have it now."""
        ...

    def shelves(self, refs: Collection[int]) -> dict[int, Shelf]:
        """The clusters named by these refs; an article that is alone and always was has none."""
        ...

    def shelve(self, shelves: Sequence[tuple[Shelf, int]], levels: Mapping[int, int]) -> set[int]:
        """Write each cluster if the one that is there has the ticket named beside it (0: none is there), and the
        article that names it has no higher level than is known (`levels`, where it is not 0).

        Returns the refs of those that were written. A ticket lower than the one that is there is never written.
        """
        ...

    def announced(self, shelves: Sequence[Shelf]) -> None:
        """Forget the pending events of these, unless somebody has written them anew."""
        ...

    def publish(self, events: Sequence[Event]) -> None:
        """Append to the stream of events."""
        ...


class Library(Protocol):
    """The readers' view of a store."""

    def article(self, article_id: str) -> Stored:
        """The article; raises NotFoundError."""
        ...

    def cluster(self, cluster_id: str) -> Cluster:
        """The cluster of that name, merged away or not; raises NotFoundError."""
        ...

    def cluster_of(self, article_id: str) -> Cluster:
        """The cluster that the article is in; raises NotFoundError."""
        ...

    def articles_at(self, url: str) -> tuple[str, ...]:
        """Ids of the articles with this canonical URL: of all, or of the BUCKET_CAP with the lowest refs."""
        ...

    def clusters(self, min_size: int = 1, after: str | None = None, limit: int = 100) -> Page:
        """Clusters of at least `min_size`, in order of arrival, none merged away; fewer than `limit` may not be all."""
        ...

    def events(self, after: str | None = None, limit: int = 100, wait_s: float = 0) -> Events:
        """Events after a cursor (None: from the oldest kept), waiting up to `wait_s` for the first; if any are lost."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Totals since the index began: accepted, clustered, skipped, failed, skipped.REASON, failed.KIND (`kind_of`);
        and `articles` in the window, twice those whose worker was killed between listing and placing them."""
        ...


class Inbox(Protocol):
    """Between poller and worker. Nothing in it is lost: what is not acknowledged is delivered again."""

    def put(self, submissions: Sequence[Submission]) -> None:
        """Append; counts each as accepted."""
        ...

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        """Up to `limit` items: those abandoned by a consumer that died first, then new ones."""
        ...

    def done(self, receipts: Collection[str]) -> None:
        """Acknowledge, and forget, and count as clustered."""
        ...

    def bury(self, delivery: Delivery, error: str) -> None:
        """Move to the dead-letter stream with its error; count as failed, by the kind of error."""
        ...

    def waiting(self) -> int:
        """Items not yet acknowledged."""
        ...

    def tell(self, intake: Intake) -> None:
        """Count what was grouped without passing through the inbox, with what was skipped or failed on the way."""
        ...

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        """Count each as accepted and skipped, by reason; keep the latest for people to read."""
        ...

    def tell_failed(self, name: str, error: str) -> None:
        """Count as accepted and failed, by the kind of error; keep name and error in the dead-letter stream."""
        ...


class Bookmarks(Protocol):
    """How far archives have been taken in. An archive is named by a digest; its bookmark lasts for a window."""

    def bookmark(self, archive: str) -> Bookmark | None:
        """Where the archive was left; None if nobody has begun with it."""
        ...

    def lay(self, archive: str, bookmark: Bookmark) -> None:
        """Put this bookmark in the place of any other: from now on only its run can move it."""
        ...

    def turn(self, archive: str, bookmark: Bookmark, done: Intake) -> bool:
        """Move the bookmark behind one part more, and count that part, in one step.

        Repeating it counts nothing twice. False if the bookmark is not that of this run, or not there any more.
        """
        ...

    def close_book(self, archives: Collection[str]) -> None:
        """Take the bookmarks out: next time these archives are read from the beginning."""
        ...


class FeedBook(Protocol):
    """The feeds that we follow and what the poller remembers of each."""

    def feeds(self) -> list[FeedState]:
        """All feeds, in order of URL."""
        ...

    def feed(self, url: str) -> FeedState:
        """One feed; raises NotFoundError."""
        ...

    def follow(self, feeds: Sequence[Feed]) -> int:
        """Add the feeds that are not there yet; returns how many were new. State of known ones is kept."""
        ...

    def unfollow(self, url: str) -> bool:
        """Forget the feed and its state; False if it was not there."""
        ...

    def remember(self, *states: FeedState) -> None:
        """Replace what is known of feeds; those that were unfollowed meanwhile are left out."""
        ...

    def claim(self, now: int, limit: int, lease_s: int, poller: str = "") -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first; nobody else is given them until `lease_s` has passed.

        With the name of a `poller`, no other is given feeds of the same sites (host and port) either, until the sites
        are released or the lease is over.
        """
        ...

    def release(self, done: Sequence[str], poller: str, kept: Sequence[str] = ()) -> None:
        """Let other pollers have the sites of these feeds, but for those of the feeds that are kept."""
        ...

    def hold(self, host: str, until: int, now: int) -> None:
        """Leave the host in peace until then, or longer if that is known already; forget of all hosts what is over."""
        ...

    def holds(self, hosts: Sequence[str]) -> dict[str, int]:
        """Those of the hosts that want to be left in peace, and until when (that may have passed)."""
        ...


class Subscriptions(Protocol):
    """Our subscriptions at hubs (WebSub), each under the digest of its feed's URL."""

    def feed(self, url: str) -> FeedState:
        """One feed; raises NotFoundError."""
        ...

    def subscription(self, name: str) -> Subscription | None:
        """The subscription of that name."""
        ...

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Keep what is known of a subscription; unfollowing its feed ends it."""
        ...

    def hasten(self, url: str, at: int) -> None:
        """Let a feed fall due at `at`, unless it does so sooner or is gone."""
        ...


class Store(Index, Library, Inbox, Bookmarks, FeedBook, Protocol):
    """All of it."""

    def close(self) -> None:
        """Give back the connections."""
        ...
