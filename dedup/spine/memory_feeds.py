"""MemoryFeedBook: the in-memory twin of the feed book in Redis, for tests and for trying things out."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from dedup.following.freshness import digest
from dedup.nouns.errors import NotFoundError
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState
from dedup.nouns.subscription import Subscription
from dedup.spine.sites import site_of

LOOK_AGAIN_S = 5
"""When a feed is looked at again whose site another poller is busy with."""


class MemoryFeedBook:
    """A FeedBook in a dict; threads may share it."""

    def __init__(self) -> None:
        self._book_lock = threading.Lock()
        self._states: dict[str, FeedState] = {}
        self._due: dict[str, int] = {}
        self._sites: dict[str, tuple[str, int]] = {}
        self._holds: dict[str, int] = {}
        self._subscriptions: dict[str, Subscription] = {}

    def feeds(self) -> list[FeedState]:
        """All feeds, in order of URL."""
        with self._book_lock:
            return [self._states[url] for url in sorted(self._states)]

    def feed(self, url: str) -> FeedState:
        """One feed; raises NotFoundError."""
        with self._book_lock:
            state = self._states.get(url)
        if state is None:
            raise NotFoundError("feed", url)
        return state

    def follow(self, feeds: Sequence[Feed]) -> int:
        """Add the feeds that are not there yet; returns how many were new."""
        with self._book_lock:
            before = len(self._states)
            for feed in feeds:
                if feed.url not in self._states:
                    self._states[feed.url] = FeedState(feed)
                    self._due[feed.url] = 0
            return len(self._states) - before

    def unfollow(self, url: str) -> bool:
        """Forget the feed; False if it was not there."""
        with self._book_lock:
            self._due.pop(url, None)
            self._subscriptions.pop(digest(url), None)
            return self._states.pop(url, None) is not None

    def remember(self, *states: FeedState) -> None:
        """Replace what is known of feeds that are still followed, and end their leases."""
        with self._book_lock:
            for state in states:
                url = state.feed.url
                if url not in self._states:
                    continue
                self._states[url] = state
                if state.gone:
                    self._due.pop(url, None)
                else:
                    self._due[url] = state.next_poll

    def claim(self, now: int, limit: int, lease_s: int, poller: str = "") -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first, leased for `lease_s`; see `FeedBook.claim`."""
        with self._book_lock:
            due = sorted((at, url) for url, at in self._due.items() if at <= now)[:limit]
            mine = []
            for _, url in due:
                if poller and not self._lease(site_of(url), now, lease_s, poller):
                    self._due[url] = now + LOOK_AGAIN_S
                else:
                    self._due[url] = now + lease_s
                    mine.append(self._states[url])
            return mine

    def release(self, done: Sequence[str], poller: str, kept: Sequence[str] = ()) -> None:
        """Let other pollers have the sites of these feeds, but for those of the feeds that are kept."""
        with self._book_lock:
            for site in {site_of(url) for url in done} - {site_of(url) for url in kept}:
                if self._sites.get(site, ("", 0))[0] == poller:
                    del self._sites[site]

    def hold(self, host: str, until: int, now: int) -> None:
        """Leave the host in peace until then, or longer if that is known already; forget of all hosts what is over."""
        with self._book_lock:
            self._holds[host] = max(until, self._holds.get(host, 0))
            self._holds = {held: end for held, end in self._holds.items() if end > now}

    def holds(self, hosts: Sequence[str]) -> dict[str, int]:
        """Those of the hosts that want to be left in peace, and until when."""
        with self._book_lock:
            return {host: self._holds[host] for host in hosts if host in self._holds}

    def subscription(self, name: str) -> Subscription | None:
        """The subscription at a hub of that name."""
        with self._book_lock:
            return self._subscriptions.get(name)

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Keep what is known of a subscription, while its feed is followed."""
        with self._book_lock:
            if subscription.feed in self._states:
                self._subscriptions[name] = subscription

    def hasten(self, url: str, at: int) -> None:
        """Let a feed fall due at `at`, unless it does so sooner or is gone."""
        with self._book_lock:
            if url in self._due:
                self._due[url] = min(at, self._due[url])

    def _lease(self, site: str, now: int, lease_s: int, poller: str) -> bool:
        owner, ends = self._sites.get(site, (poller, 0))
        if owner != poller and ends > now:
            return False
        self._sites[site] = (poller, now + lease_s)
        return True
