"""RedisBookmarks: how far archives have been taken in. A bookmark lies in the slot of the counters."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from dedup.edges.redis_store.inbox import RedisInbox
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Script, Wire, Word
from dedup.nouns.intake import Bookmark, Intake
from dedup.spine.archive_codec import pack_bookmark, unpack_bookmark

TURN = Script.load("turn")


class RedisBookmarks(RedisInbox):
    """`Inbox` and `Bookmarks` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, abandoned_s: float) -> None:
        super().__init__(wire, keys, window_s, abandoned_s)
        self._bookmark = keys.bookmark

    def bookmark(self, archive: str) -> Bookmark | None:
        """See `Bookmarks.bookmark`."""
        held = cast(bytes | None, self._wire.one("HGET", self._bookmark(archive), "b"))
        return unpack_bookmark(held) if held else None

    def lay(self, archive: str, bookmark: Bookmark) -> None:
        """See `Bookmarks.lay`."""
        key, held = self._bookmark(archive), pack_bookmark(bookmark)
        fields = ("r", bookmark.run, "p", bookmark.parts, "b", held)
        self._wire.run([("HSET", key, *fields), ("EXPIRE", key, self._ttl)])

    def turn(self, archive: str, bookmark: Bookmark, done: Intake) -> bool:
        """See `Bookmarks.turn`. What people may read of the skipped and failed is told before it is counted."""
        counted: list[Word] = [word for name, number in done.totals.items() for word in (name, number)]
        told: list[Word] = [bookmark.run, bookmark.parts, pack_bookmark(bookmark), self._ttl]
        self._wire.run(self._kept(done))
        return bool(self._wire.run([TURN.call([self._bookmark(archive), self._counts], [*told, *counted])])[0])

    def close_book(self, archives: Collection[str]) -> None:
        """See `Bookmarks.close_book`."""
        self._wire.run([("DEL", self._bookmark(archive)) for archive in archives])
