"""RedisFeedBook: the feeds that we follow, in two keys without expiry.

    {namespace}:{feeds}:due     zset   URL -> when it may be claimed next; feeds that are gone are not in it
    {namespace}:{feeds}:state   hash   URL -> FeedState (dedup/spine/feed_codec.py)

The braces around `feeds` are a hash tag and stand in the keys: in a Redis Cluster both live in one slot, as the
scripts (feeds_*.lua beside this file) demand. Commands: those of Redis 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, cast

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Script, Wire, Word
from dedup.nouns.errors import NotFoundError
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState
from dedup.spine.feed_codec import decode_feed, encode_feed

T = TypeVar("T")

CLAIM, FOLLOW, REMEMBER = Script.load("feeds_claim"), Script.load("feeds_follow"), Script.load("feeds_remember")
FEED_SCRIPTS = (CLAIM, FOLLOW, REMEMBER)
_CHUNK = 500
"""Feeds in one command: a reply of a few megabytes at most, and Redis is not held up by it."""


class RedisFeedBook:
    """A FeedBook in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys) -> None:
        self._wire = wire
        self._due = keys.named("{feeds}:due")
        self._state = keys.named("{feeds}:state")

    def feeds(self) -> list[FeedState]:
        """All feeds, in order of URL."""
        urls = sorted(cast(list[bytes], self._wire.one("HKEYS", self._state)))
        found: list[bytes | None] = []
        for chunk in _chunks(urls):
            found += cast(list[bytes | None], self._wire.one("HMGET", self._state, *chunk))
        return [decode_feed(data) for data in found if data is not None]

    def feed(self, url: str) -> FeedState:
        """One feed; raises NotFoundError."""
        data = cast(bytes | None, self._wire.one("HGET", self._state, url))
        if data is None:
            raise NotFoundError("feed", url)
        return decode_feed(data)

    def follow(self, feeds: Sequence[Feed]) -> int:
        """Add the feeds that are not there yet, due at once; returns how many were new."""
        added = 0
        for chunk in _chunks(feeds):
            arguments = [part for feed in chunk for part in (feed.url, encode_feed(FeedState(feed)))]
            added += cast(int, self._call(FOLLOW, arguments))
        return added

    def unfollow(self, url: str) -> bool:
        """Forget the feed and its state; False if it was not there."""
        return bool(self._wire.run([("ZREM", self._due, url), ("HDEL", self._state, url)])[1])

    def remember(self, state: FeedState) -> None:
        """Replace what is known of a feed, if it is still followed, and end its lease."""
        due = "" if state.gone else str(state.next_poll)
        self._call(REMEMBER, [state.feed.url, encode_feed(state), due])

    def claim(self, now: int, limit: int, lease_s: int) -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first, leased for `lease_s`."""
        found = cast(list[bytes], self._call(CLAIM, [now, limit, now + lease_s]))
        return [decode_feed(data) for data in found]

    def _call(self, script: Script, arguments: Sequence[Word]) -> object:
        return self._wire.one(*script.call([self._due, self._state], arguments))


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
