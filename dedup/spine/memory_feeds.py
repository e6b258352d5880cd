"""MemoryFeedBook: the in-memory twin of the feed book in Redis, for tests and for trying things out."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from dedup.nouns.errors import NotFoundError
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState


class MemoryFeedBook:
    """A FeedBook in a dict; threads may share it."""

    def __init__(self) -> None:
        self._book_lock = threading.Lock()
        self._states: dict[str, FeedState] = {}
        self._due: dict[str, int] = {}

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
            return self._states.pop(url, None) is not None

    def remember(self, state: FeedState) -> None:
        """Replace what is known of a feed, if it is still followed, and end its lease."""
        url = state.feed.url
        with self._book_lock:
            if url not in self._states:
                return
            self._states[url] = state
            if state.gone:
                self._due.pop(url, None)
            else:
                self._due[url] = state.next_poll

    def claim(self, now: int, limit: int, lease_s: int) -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first, leased for `lease_s`."""
        with self._book_lock:
            due = sorted((at, url) for url, at in self._due.items() if at <= now)[:limit]
            for _, url in due:
                self._due[url] = now + lease_s
            return [self._states[url] for _, url in due]
