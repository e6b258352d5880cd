"""RedisIndex: the worker's view of the store. Each method is one round trip, but for `place`, which is three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

from dedup.edges.redis_store.bands import POST, Bands
from dedup.edges.redis_store.keys import FLEETING, Keys
from dedup.edges.redis_store.wire import Command, Script, Wire
from dedup.matching.deck import Deck
from dedup.nouns.article import Article
from dedup.nouns.cluster import Event
from dedup.nouns.record import Placement, Record, Shelf
from dedup.spine.codec import (
    PLACEMENT_BYTES,
    UNPLACED,
    pack_article,
    pack_cluster,
    pack_cursor,
    pack_event,
    pack_pending,
    pack_placement,
    pack_record,
    pack_ref,
    unpack_cluster,
    unpack_deck,
    unpack_pending,
    unpack_placement,
    unpack_record,
)

REGISTER, PLACE = Script.load("register"), Script.load("place")
SHELVE, ANNOUNCED = Script.load("shelve"), Script.load("announced")
SCRIPTS = (POST, REGISTER, PLACE, SHELVE, ANNOUNCED)
EVENTS_KEPT = 100_000
"""About 20 MB. A consumer that is further behind asks for the clusters instead."""


class RedisIndex:
    """`Index` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, fleeting_s: float, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._keys = keys
        self._ttl = int(window_s)
        self._clock = clock
        self._bands = Bands(wire, keys, window_s, clock)
        self._fleeting = Bands(wire, keys, min(fleeting_s, window_s), clock, FLEETING)

    def register(self, records: Sequence[Record], articles: Sequence[Article]) -> list[Record]:
        """See `Index.register`."""
        commands = [
            REGISTER.call(
                [self._keys.record(record.ref), self._keys.text(record.ref)],
                [UNPLACED, pack_record(record), pack_article(article), self._ttl],
            )
            for record, article in zip(records, articles, strict=True)
        ]
        answers = self._wire.run(commands)
        return [
            unpack_record(held) if isinstance(held, bytes) else record
            for record, held in zip(records, answers, strict=True)
        ]

    def post(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """See `Index.post`."""
        return self._bands.touch(postings, insert=True)

    def candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """See `Index.candidates`."""
        return self._bands.touch([(0, keys) for keys in bands], insert=False)

    def post_fleeting(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """See `Index.post_fleeting`."""
        return self._fleeting.touch(postings, insert=True)

    def fleeting_candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """See `Index.fleeting_candidates`."""
        return self._fleeting.touch([(0, keys) for keys in bands], insert=False)

    def records(self, refs: Collection[int]) -> dict[int, Record]:
        """See `Index.records`."""
        return {ref: unpack_record(data) for ref, data in self._held(refs).items()}

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck]:
        """See `Index.deck`."""
        held = self._held(refs)
        return list(held), unpack_deck(list(held.values()))

    def _held(self, refs: Collection[int]) -> dict[int, bytes]:
        found = self._wire.values([self._keys.record(ref) for ref in refs])
        return {ref: data for ref, data in zip(refs, found, strict=True) if data is not None}

    def link(self, links: Collection[tuple[int, int]]) -> None:
        """See `Index.link`."""
        others: defaultdict[int, list[int]] = defaultdict(list)
        for a, b in links:
            others[a].append(b)
            others[b].append(a)
        commands: list[Command] = []
        for ref, linked in others.items():
            key = self._keys.links(ref)
            commands += (("SADD", key, *linked), ("EXPIRE", key, self._ttl))
        self._wire.run(commands)

    def links(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """See `Index.links`."""
        held = self._wire.run([("SMEMBERS", self._keys.links(ref)) for ref in refs])
        return {
            ref: frozenset(map(int, cast(Collection[bytes], linked)))
            for ref, linked in zip(refs, held, strict=True)
            if linked
        }

    def ticket(self) -> int:
        """See `Index.ticket`."""
        return cast(int, self._wire.one("INCR", self._keys.named("ticket")))

    def placements(self, refs: Collection[int]) -> dict[int, Placement]:
        """See `Index.placements`."""
        heads = self._wire.run([("GETRANGE", self._keys.record(ref), 0, PLACEMENT_BYTES - 1) for ref in refs])
        found = ((ref, unpack_placement(cast(bytes, head))) for ref, head in zip(refs, heads, strict=True) if head)
        return {ref: placement for ref, placement in found if placement is not None}

    def place(self, placements: Mapping[int, Placement]) -> None:
        """See `Index.place`. An article that is placed for the first time is listed in `arrivals` before.

        Two workers may both list it, or one of them end before it is placed: it counts where its record says.
        """
        listed = self._arrive(placements.keys() - self.placements(placements).keys())
        kinds = (self._keys.record, self._keys.text, self._keys.links, self._keys.cluster)
        self._wire.run(
            [
                PLACE.call([key(ref) for key in kinds], [pack_placement(placement), self._ttl, listed.get(ref, b"")])
                for ref, placement in placements.items()
            ]
        )

    def _arrive(self, refs: Collection[int]) -> dict[int, bytes]:
        """Where in the stream of arrivals each of these is listed now."""
        arrivals = self._keys.named("arrivals")
        commands: list[Command] = [("XADD", arrivals, "*", "r", pack_ref(ref)) for ref in refs]
        if commands:
            commands += self._aged(arrivals)
        cursors = cast(list[bytes], self._wire.run(commands)[: len(refs)])
        return {ref: pack_cursor(cursor.decode()) for ref, cursor in zip(refs, cursors, strict=True)}

    def _aged(self, stream: str) -> list[Command]:
        """What takes entries older than the window out of a stream, and all of it when nothing more comes."""
        oldest = int((self._clock() - self._ttl) * 1000)
        return [("XTRIM", stream, "MINID", "~", max(0, oldest)), ("EXPIRE", stream, self._ttl)]

    def shelves(self, refs: Collection[int]) -> dict[int, Shelf]:
        """See `Index.shelves`."""
        held = self._wire.run([("HMGET", self._keys.cluster(ref), "t", "b", "o") for ref in refs])
        found: dict[int, Shelf] = {}
        for ref, (ticket, cluster, pending) in zip(refs, cast(list[list[bytes | None]], held), strict=True):
            if ticket is not None and cluster is not None:
                found[ref] = Shelf(ref, int(ticket), unpack_cluster(cluster), unpack_pending(pending))
        return found

    def shelve(self, shelves: Sequence[tuple[Shelf, int]]) -> set[int]:
        """See `Index.shelve`."""
        commands = [
            SHELVE.call(
                [self._keys.cluster(shelf.ref)],
                [expected, shelf.ticket, pack_cluster(shelf.cluster), pack_pending(shelf), self._ttl],
            )
            for shelf, expected in shelves
        ]
        answers = self._wire.run(commands)
        return {shelf.ref for (shelf, _), written in zip(shelves, answers, strict=True) if written}

    def publish(self, events: Sequence[Event]) -> None:
        """See `Index.publish`."""
        stream = self._keys.named("events")
        added: list[Command] = [
            ("XADD", stream, "MAXLEN", "~", EVENTS_KEPT, "*", "e", pack_event(event)) for event in events
        ]
        self._wire.run([*added, *self._aged(stream)] if added else [])

    def announced(self, shelves: Sequence[Shelf]) -> None:
        """See `Index.announced`."""
        self._wire.run([ANNOUNCED.call([self._keys.cluster(shelf.ref)], [shelf.ticket]) for shelf in shelves])
