"""RedisFeedBook: the feeds that we follow, in a few keys without expiry.

    {namespace}:{feeds}:due     zset   URL -> when it may be claimed next; feeds that are gone are not in it
    {namespace}:{feeds}:state   hash   URL -> FeedState (dedup/spine/feed_codec.py)
    {namespace}:{feeds}:sites   hash   site (host and port) -> end of the lease, name of the poller that has it
    {namespace}:{feeds}:holds   zset   host -> until when it wants to be left in peace; what is over goes with the next
    {namespace}:{feeds}:hubs    hash   digest of a feed's URL -> Subscription at its hub, as JSON

The braces around `feeds` are a hash tag and stand in the keys: in a Redis Cluster all live in one slot, as the
scripts (feeds_*.lua beside this file) demand. Commands: those of Redis 6.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar, cast

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Command, Script, Wire, Word
from dedup.following.freshness import digest
from dedup.nouns.errors import NotFoundError
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState
from dedup.nouns.subscription import Subscription
from dedup.spine.feed_codec import decode_feed, encode_feed
from dedup.spine.sites import site_of

T = TypeVar("T")

CLAIM, FOLLOW, REMEMBER = Script.load("feeds_claim"), Script.load("feeds_follow"), Script.load("feeds_remember")
RELEASE = Script.load("feeds_release")
FEED_SCRIPTS = (CLAIM, FOLLOW, REMEMBER, RELEASE)
LOOK_AGAIN_S = 5
"""When a feed is looked at again whose site another poller is busy with."""
_CHUNK = 500
"""Feeds in one command: a reply of a few megabytes at most, and Redis is not held up by it."""


class RedisFeedBook:
    """A FeedBook in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys) -> None:
        self._wire = wire
        self._due = keys.named("{feeds}:due")
        self._state = keys.named("{feeds}:state")
        self._sites = keys.named("{feeds}:sites")
        self._holds = keys.named("{feeds}:holds")
        self._hubs = keys.named("{feeds}:hubs")

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
        hub = ("HDEL", self._hubs, digest(url))
        return bool(self._wire.run([("ZREM", self._due, url), ("HDEL", self._state, url), hub])[1])

    def remember(self, *states: FeedState) -> None:
        """Replace what is known of feeds that are still followed, and end their leases; one round trip."""
        keys = [self._due, self._state]
        self._wire.run([REMEMBER.call(keys, _remembered(chunk)) for chunk in _chunks(states)])

    def claim(self, now: int, limit: int, lease_s: int, poller: str = "") -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first, leased for `lease_s`; see `FeedBook.claim`."""
        arguments: list[Word] = [now, limit, now + lease_s, poller, now + LOOK_AGAIN_S]
        found = self._wire.one(*CLAIM.call([self._due, self._state, self._sites], arguments))
        return [decode_feed(data) for data in cast(list[bytes], found)]

    def release(self, done: Sequence[str], poller: str, kept: Sequence[str] = ()) -> None:
        """Let other pollers have the sites of these feeds, but for those of the feeds that are kept."""
        sites = {site_of(url) for url in done} - {site_of(url) for url in kept}
        self._wire.run([RELEASE.call([self._sites], [poller, *chunk]) for chunk in _chunks(sorted(sites))])

    def hold(self, host: str, until: int, now: int) -> None:
        """Leave the host in peace until then, or longer if that is known already; forget of all hosts what is over."""
        known: Command = ("ZADD", self._holds, "GT", until, host)
        self._wire.run([known, ("ZREMRANGEBYSCORE", self._holds, "-inf", now)])

    def holds(self, hosts: Sequence[str]) -> dict[str, int]:
        """Those of the hosts that want to be left in peace, and until when."""
        if not hosts:
            return {}
        found = cast(list[float | None], self._wire.one("ZMSCORE", self._holds, *hosts))
        return {host: int(until) for host, until in zip(hosts, found, strict=True) if until is not None}

    def subscription(self, name: str) -> Subscription | None:
        """The subscription at a hub of that name."""
        data = cast(bytes | None, self._wire.one("HGET", self._hubs, name))
        return Subscription(**json.loads(data)) if data else None

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Keep what is known of a subscription."""
        self._wire.one("HSET", self._hubs, name, json.dumps(asdict(subscription)))

    def hasten(self, url: str, at: int) -> None:
        """Let a feed fall due at `at`, unless it does so sooner or is gone."""
        self._wire.one("ZADD", self._due, "XX", "LT", at, url)

    def _call(self, script: Script, arguments: Sequence[Word]) -> object:
        return self._wire.one(*script.call([self._due, self._state], arguments))


def _remembered(states: Sequence[FeedState]) -> list[Word]:
    """URL, state and due time of each; a feed that is gone is never due."""
    return [
        part
        for state in states
        for part in (state.feed.url, encode_feed(state), "" if state.gone else str(state.next_poll))
    ]


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
