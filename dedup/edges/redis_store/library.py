"""RedisLibrary: the readers' view of the store. A look-up by id is two round trips, whatever the size of the index."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import cast

from dedup.edges.redis_store.arrivals import Arrivals
from dedup.edges.redis_store.bands import Bands
from dedup.edges.redis_store.errors import translate
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.wire import Command, Wire
from dedup.nouns.cluster import Cluster, Emitted, Events, Member
from dedup.nouns.errors import NotFoundError
from dedup.nouns.record import Record, Stored
from dedup.reading.identity import names, ref_of
from dedup.spine.cluster_codec import cluster_on, unpack_event
from dedup.spine.codec import (
    PLACEMENT_BYTES,
    held_cursor,
    pack_cursor,
    unpack_article,
    unpack_placement,
    unpack_record,
)
from dedup.spine.filing import address_key
from dedup.spine.store import Page

LOOKED_AT = 20_000
"""After about so many arrivals a page of clusters ends, even if it is short: where few are large enough, filling it
would take the whole window."""
BLOCK_S = 1.0
"""A command blocks so long at most; who waits longer asks again. Connections wait longer than that for an answer."""


class RedisLibrary:
    """`Library` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, bands: Bands, arrivals: Arrivals) -> None:
        self._wire = wire
        self._keys = keys
        self._bands = bands
        self._arrivals = arrivals

    def article(self, article_id: str) -> Stored:
        """See `Library.article`."""
        record, name, text = self._found(article_id)
        cluster = self._clusters([name])[0]
        return Stored(unpack_article(text), record.versions, cluster.id if cluster else record.id)

    def cluster(self, cluster_id: str) -> Cluster:
        """See `Library.cluster`."""
        ref = ref_of(cluster_id)
        cluster = self._clusters([ref])[0]
        if cluster is None or cluster.id != cluster_id:
            raise NotFoundError("cluster", cluster_id)
        return cluster

    def cluster_of(self, article_id: str) -> Cluster:
        """See `Library.cluster_of`."""
        record, name, _ = self._found(article_id)
        return self._clusters([name])[0] or Cluster(record.id, (Member(record.id),))

    def articles_at(self, url: str) -> tuple[str, ...]:
        """See `Library.articles_at`."""
        texts = self._wire.run([("GET", self._keys.text(ref)) for ref in self._bands.at(address_key(url))])
        articles = (unpack_article(text) for text in texts if isinstance(text, bytes))
        return tuple(article.id for article in articles if article.url == url)

    def clusters(self, min_size: int = 1, after: str | None = None, limit: int = 100) -> Page:
        """See `Library.clusters`."""
        found: list[Cluster] = []
        looked = 0
        for arrivals in self._arrivals.after(after):
            for (cursor, _), cluster in zip(arrivals, self._listed(arrivals), strict=True):
                if cluster and cluster.replaced_by is None and len(cluster.members) >= min_size:
                    found.append(cluster)
                    if len(found) == limit:
                        return Page(tuple(found), cursor)
            looked += len(arrivals)
            if looked >= LOOKED_AT:
                return Page(tuple(found), arrivals[-1][0])
        return Page(tuple(found), None)

    def events(self, after: str | None = None, limit: int = 100, wait_s: float = 0) -> Events:
        """See `Library.events`."""
        deadline = time.monotonic() + wait_s
        while True:
            left_s = deadline - time.monotonic()
            found = self._events(after, limit, min(left_s, BLOCK_S))
            if found or left_s <= BLOCK_S:
                return found

    def counts(self) -> Mapping[str, int]:
        """See `Library.counts`."""
        with translate():
            counts = cast(dict[bytes, bytes], self._wire.client.hgetall(self._keys.named("counts")))
        articles = self._arrivals.count()
        return {**{name.decode(): int(value) for name, value in counts.items()}, "articles": articles}

    def _events(self, after: str | None, limit: int, wait_s: float) -> Events:
        stream = self._keys.named("events")
        wait: Command = ("BLOCK", max(1, int(wait_s * 1000))) if wait_s > 0 else ()
        answer = self._wire.one("XREAD", "COUNT", limit, *wait, "STREAMS", stream, after or "0-0")
        found = [Emitted(cursor, unpack_event(fields[b"e"])) for cursor, fields in stream_entries(answer)]
        return Events(found, lost=bool(after and found) and self._is_gap(stream, after or "", found[0].cursor))

    def _is_gap(self, stream: str, after: str, found: str) -> bool:
        """Whether events between a cursor and the first that was found after it are gone: numbers are missing
        (publish.lua), and it is no cursor, of a time, say, from which on all are still there."""
        return _number(found) != _number(after) + 1 and not self._wire.one("XRANGE", stream, "-", after, "COUNT", 1)

    def _found(self, article_id: str) -> tuple[Record, int, bytes]:
        """The record, the ref that names the cluster (the article's own until it has been placed), and the text."""
        for name in names(article_id):
            ref = ref_of(name)
            held, text = self._wire.run([("GET", self._keys.record(ref)), ("GET", self._keys.text(ref))])
            if isinstance(held, bytes) and isinstance(text, bytes):
                record, placement = unpack_record(held), unpack_placement(held)
                if record.id == name:
                    return record, placement.cluster if placement else ref, text
        raise NotFoundError("article", article_id)

    def _clusters(self, refs: list[int]) -> list[Cluster | None]:
        """The clusters that these articles name, one round trip; an article alone is a cluster of one."""
        return [_cluster(ref, *held) for ref, held in zip(refs, self._shelved(refs), strict=True)]

    def _listed(self, arrivals: Sequence[tuple[str, int]]) -> list[Cluster | None]:
        """The clusters that these arrivals name; none where the article counts as listed elsewhere."""
        held = self._shelved([ref for _, ref in arrivals])
        return [
            None if record and held_cursor(record) != pack_cursor(cursor) else _cluster(ref, shelved, record)
            for (cursor, ref), (shelved, record) in zip(arrivals, held, strict=True)
        ]

    def _shelved(self, refs: list[int]) -> list[tuple[bytes | None, bytes | None]]:
        """What the store has of the cluster that each of these names, and its record."""
        commands: list[Command] = []
        for ref in refs:
            commands += (("GET", self._keys.cluster(ref)), ("GET", self._keys.record(ref)))
        answers = cast(list[bytes | None], self._wire.run(commands))
        return list(zip(answers[::2], answers[1::2], strict=True))


def stream_entries(answer: object) -> list[tuple[str, dict[bytes, bytes]]]:
    """The entries in an answer to XREAD or XREADGROUP on one stream: ids and fields; entries deleted are left out."""
    if not answer:
        return []
    [(_, entries)] = cast(list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes] | None]]]], answer)
    return [(cursor.decode(), fields) for cursor, fields in entries if fields]


def _number(cursor: str) -> int:
    """The number of an event."""
    return int(cursor.partition("-")[2] or 0)


def _cluster(ref: int, shelved: bytes | None, record: bytes | None) -> Cluster | None:
    if shelved is not None:
        return cluster_on(shelved)
    if record is None:
        return None
    placement = unpack_placement(record[:PLACEMENT_BYTES])
    if placement is not None and placement.cluster != ref:
        return None
    article_id = unpack_record(record).id
    return Cluster(article_id, (Member(article_id),))
