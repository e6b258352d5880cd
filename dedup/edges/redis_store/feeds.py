"""RedisFeedBook: the feeds that we follow, in a few keys without expiry.

    {namespace}:{feeds}:due     zset   URL -> when it may be claimed next; feeds that are gone are not in it
    {namespace}:{feeds}:state   hash   URL -> FeedState (dedup/spine/feed_codec.py)
    {namespace}:{feeds}:sites   hash   site (host and port) -> end of the lease, name of the poller that has it
    {namespace}:{feeds}:holds   zset   host -> until when it wants to be left in peace; passed ones go with the next
    {namespace}:{feeds}:hubs    hash   digest of a feed's URL -> Subscription at its hub, as JSON

The braces around `feeds` are a hash tag and stand in the keys: in a Redis Cluster all live in one slot, as the
scripts (feeds_*.lua beside this file) demand. Commands: those of Redis 6.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import TypeVar, cast

from redis import Redis

from dedup.edges.redis_store.errors import translate
from dedup.following.freshness import digest
from dedup.nouns.errors import NotFoundError
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState
from dedup.nouns.subscription import Subscription
from dedup.spine.feed_codec import decode_feed, encode_feed
from dedup.spine.sites import site_of

LOOK_AGAIN_S = 5
"""When a feed is looked at again whose site another poller is busy with."""

T = TypeVar("T")

_CHUNK = 500
"""Feeds in one command: a reply of a few megabytes at most, and Redis is not held up by it."""


class RedisFeedBook:
    """A FeedBook in Redis; threads may share it. Every method raises StoreError when Redis is away.

    `client` must return bytes (decode_responses=False).
    """

    def __init__(self, client: Redis, namespace: str) -> None:
        self._client = client
        self._due = f"{namespace}:{{feeds}}:due"
        self._state = f"{namespace}:{{feeds}}:state"
        self._sites = f"{namespace}:{{feeds}}:sites"
        self._holds = f"{namespace}:{{feeds}}:holds"
        self._hubs = f"{namespace}:{{feeds}}:hubs"
        self._release = client.register_script(_script("feeds_release.lua"))
        self._claim = client.register_script(_script("feeds_claim.lua"))
        self._follow = client.register_script(_script("feeds_follow.lua"))
        self._remember = client.register_script(_script("feeds_remember.lua"))

    def feeds(self) -> list[FeedState]:
        """All feeds, in order of URL."""
        with translate():
            urls = sorted(cast(list[bytes], self._client.hkeys(self._state)))
            found: list[bytes | None] = []
            for chunk in _chunks(urls):
                found += cast(list[bytes | None], self._client.hmget(self._state, chunk))
        return [decode_feed(data) for data in found if data is not None]

    def feed(self, url: str) -> FeedState:
        """One feed; raises NotFoundError."""
        with translate():
            data = cast(bytes | None, self._client.hget(self._state, url))
        if data is None:
            raise NotFoundError("feed", url)
        return decode_feed(data)

    def follow(self, feeds: Sequence[Feed]) -> int:
        """Add the feeds that are not there yet, due at once; returns how many were new."""
        added = 0
        for chunk in _chunks(feeds):
            arguments = [part for feed in chunk for part in (feed.url, encode_feed(FeedState(feed)))]
            with translate():
                added += cast(int, self._follow(self._own_keys, arguments))
        return added

    def unfollow(self, url: str) -> bool:
        """Forget the feed and its state; False if it was not there."""
        with translate(), self._client.pipeline(transaction=True) as both:
            both.zrem(self._due, url)
            both.hdel(self._state, url)
            both.hdel(self._hubs, digest(url))
            return bool(both.execute()[1])

    def remember(self, state: FeedState) -> None:
        """Replace what is known of a feed, if it is still followed, and end its lease."""
        due = "" if state.gone else str(state.next_poll)
        with translate():
            self._remember(self._own_keys, [state.feed.url, encode_feed(state), due])

    def claim(self, now: int, limit: int, lease_s: int, poller: str = "") -> list[FeedState]:
        """Up to `limit` due feeds, most overdue first, leased for `lease_s`; see `FeedBook.claim`."""
        arguments: list[str | int] = [now, limit, now + lease_s, poller, now + LOOK_AGAIN_S]
        with translate():
            found = cast(list[bytes], self._claim([*self._own_keys, self._sites], arguments))
        return [decode_feed(data) for data in found]

    def release(self, done: Sequence[str], poller: str, kept: Sequence[str] = ()) -> None:
        """Let other pollers have the sites of these feeds, but for those of the feeds that are kept."""
        sites = {site_of(url) for url in done} - {site_of(url) for url in kept}
        for chunk in _chunks(sorted(sites)):
            with translate():
                self._release([self._sites], [poller, *chunk])

    def hold(self, host: str, until: int) -> None:
        """Leave the host in peace until then, or longer if that is known already."""
        with translate():
            self._client.zadd(self._holds, {host: until}, gt=True)

    def holds(self, hosts: Sequence[str]) -> dict[str, int]:
        """Those of the hosts that want to be left in peace, and until when."""
        if not hosts:
            return {}
        with translate():
            found = self._client.zmscore(self._holds, list(hosts))
        return {host: int(until) for host, until in zip(hosts, found, strict=True) if until is not None}

    def subscription(self, name: str) -> Subscription | None:
        """The subscription at a hub of that name."""
        with translate():
            data = cast(bytes | None, self._client.hget(self._hubs, name))
        return Subscription(**json.loads(data)) if data else None

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Keep what is known of a subscription."""
        with translate():
            self._client.hset(self._hubs, name, json.dumps(asdict(subscription)))

    def hasten(self, url: str, at: int) -> None:
        """Let a feed fall due at `at`, unless it does so sooner or is gone."""
        with translate():
            self._client.zadd(self._due, {url: at}, xx=True, lt=True)

    @property
    def _own_keys(self) -> list[str]:
        return [self._due, self._state]


def _script(name: str) -> str:
    return files("dedup.edges.redis_store").joinpath(name).read_text("utf-8")


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
