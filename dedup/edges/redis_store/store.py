"""`RedisStore`: index, library, inbox, bookmarks and feed book in one Redis. The keys are listed in keys.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self, cast

from dedup.edges.redis_store.arrivals import Arrivals
from dedup.edges.redis_store.bands import Bands
from dedup.edges.redis_store.bookmarks import TURN, RedisBookmarks
from dedup.edges.redis_store.connect import Client, connect
from dedup.edges.redis_store.errors import translate
from dedup.edges.redis_store.feeds import FEED_SCRIPTS, RedisFeedBook
from dedup.edges.redis_store.inbox import ABANDONED_S, INBOX_SCRIPTS
from dedup.edges.redis_store.index import SCRIPTS, RedisIndex
from dedup.edges.redis_store.keys import PARTITIONS, Keys
from dedup.edges.redis_store.library import RedisLibrary
from dedup.edges.redis_store.shards import BASES, FIELD_BITS
from dedup.edges.redis_store.wire import Wire
from dedup.nouns.errors import IndexMismatchError
from dedup.sketching.fingerprint import settings_name
from dedup.spine.codec import VERSION

FLEETING_S = 72 * 3_600
"""Translations follow within three days or hardly at all."""
SCHEMA = f"codec {VERSION}, {PARTITIONS} x {BASES} shards of {FIELD_BITS} bits, inbox by counts, {settings_name()}"
"""Everything that must be the same for an index to be read: found otherwise, it is refused. (An inbox elsewhere than by
the counts is of an earlier build: what waits in it would never be found.)"""


class RedisStore(RedisIndex, RedisLibrary, RedisBookmarks, RedisFeedBook):
    """The whole store; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(
        self,
        client: Client,
        namespace: str,
        *,
        window_s: float,
        fleeting_s: float = FLEETING_S,
        clock: Callable[[], float] = time.time,
        abandoned_s: float = ABANDONED_S,
    ) -> None:
        wire, keys = Wire(client, (*SCRIPTS, *FEED_SCRIPTS, *INBOX_SCRIPTS, TURN)), Keys(namespace)
        RedisIndex.__init__(self, wire, keys, window_s, fleeting_s, clock)
        RedisLibrary.__init__(
            self, wire, keys, Bands(wire, keys, window_s, clock), Arrivals(wire, keys, window_s, clock)
        )
        RedisBookmarks.__init__(self, wire, keys, window_s, abandoned_s)
        RedisFeedBook.__init__(self, wire, keys)

    @classmethod
    def open(
        cls,
        url: str,
        namespace: str,
        *,
        window_s: float,
        fleeting_s: float = FLEETING_S,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """A store on the Redis at `url` (see `connect`), ready to use.

        Raises StoreError when it is away, and IndexMismatchError when the index was written with other settings.
        """
        with translate():
            client = connect(url)
        store = cls(client, namespace, window_s=window_s, fleeting_s=fleeting_s, clock=clock)
        store.prepare()
        return store

    def prepare(self) -> None:
        """Sign a new index, or check the signature of an old one; make the consumer group."""
        meta = self._keys.named("meta")
        self._wire.run([("HSETNX", meta, "schema", SCHEMA)])
        found = cast(bytes, self._wire.one("HGET", meta, "schema")).decode()
        if found != SCHEMA:
            raise IndexMismatchError(found, SCHEMA)
        self.join()

    def close(self) -> None:
        """Give back the connections."""
        with translate():
            self._wire.client.close()
