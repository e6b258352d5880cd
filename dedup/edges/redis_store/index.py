"""RedisIndex: the worker's view of the store. Each method is one round trip, but for `place`, which is two, and
`links`, which is two where an article has many."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

from dedup.edges.redis_store.arrivals import ARRIVE, Arrivals
from dedup.edges.redis_store.bands import POST, Bands
from dedup.edges.redis_store.keys import FLEETING, Keys
from dedup.edges.redis_store.shards import GROW
from dedup.edges.redis_store.wire import Command, Script, Wire
from dedup.grouping.wording import RENEWALS
from dedup.matching.deck import Deck
from dedup.nouns.cluster import Event
from dedup.nouns.record import Lift, Placement, Record, Shelf, Submission
from dedup.spine.cluster_codec import pack_event, pack_shelf, unpack_shelf
from dedup.spine.codec import (
    NEAR_MOST,
    UNPLACED,
    level_in,
    near_links,
    pack_placement,
    pack_record,
    pack_ref,
    packed_article,
    unpack_deck,
    unpack_placement,
    unpack_record,
    unpack_refs,
)

REGISTER, LINK, PLACE = Script.load("register"), Script.load("link"), Script.load("place")
LIFT, SHELVE = Script.load("lift"), Script.load("shelve")
ANNOUNCED, APPEND, PUBLISH = Script.load("announced"), Script.load("append"), Script.load("publish")
SCRIPTS = (POST, GROW, REGISTER, LINK, PLACE, LIFT, SHELVE, ANNOUNCED, APPEND, ARRIVE, PUBLISH)
RAISED = -1
"""What place.lua answers if an article has a higher level."""
NOTICES_KEPT = 1_000
"""Batches of registered articles, four bytes each: 4.5 MB if all are of 1,024. A worker that is further behind forgets
what it remembers."""
EVENTS_KEPT = 100_000
"""About 20 MB. A consumer that is further behind is told so, and asks for the clusters instead."""


class RedisIndex:
    """`Index` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, fleeting_s: float, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._keys = keys
        # Named apart from the inbox's time to live: RedisStore is both.
        self._life_s = math.ceil(window_s * (1 + 1 / RENEWALS))
        self._clock = clock
        self._bands = Bands(wire, keys, window_s, clock)
        self._arrivals = Arrivals(wire, keys, window_s, clock)
        self._fleeting = Bands(wire, keys, min(fleeting_s, window_s), clock, FLEETING)

    def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
        """See `Index.register`."""
        commands = [
            REGISTER.call(
                [self._keys.record(record.ref), self._keys.text(record.ref)],
                [UNPLACED, pack_record(record), packed_article(submission), self._life_s, record.id.encode()],
            )
            for record, submission in zip(records, submissions, strict=True)
        ]
        answers = self._wire.run(commands)
        return [
            unpack_record(held) if isinstance(held, bytes) else record
            for record, held in zip(records, answers, strict=True)
        ]

    def tell_registered(self, refs: Collection[int]) -> None:
        """See `Index.tell_registered`."""
        if refs:
            stream = self._keys.named("registered")
            told = APPEND.call([stream], ["r", "MAXLEN", NOTICES_KEPT, b"".join(map(pack_ref, refs))])
            self._wire.run([told, self._lasting(stream)])

    def registered(self, after: str | None) -> tuple[set[int] | None, str]:
        """See `Index.registered`."""
        stream = self._keys.named("registered")
        asked = [("XRANGE", stream, f"({after or 0}", "+"), ("XRANGE", stream, "-", "+", "COUNT", 1)]
        news, first = cast(list[list[tuple[bytes, dict[bytes, bytes]]]], self._wire.run(asked))
        here = news[-1][0].decode() if news else after or "0-0"
        if after is None or not first or _moment(first[0][0].decode()) > _moment(after):
            return None, here
        return {ref for _, fields in news for ref in unpack_refs(fields[b"r"])}, here

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
        return {ref: unpack_record(data) for ref, data in self._held(refs, self._keys.record).items()}

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck, list[int]]:
        """See `Index.deck`."""
        held = self._held(refs, self._keys.record)
        return list(held), unpack_deck(list(held.values())), [level_in(data) for data in held.values()]

    def _held(self, refs: Collection[int], key_of: Callable[[int], str]) -> dict[int, bytes]:
        found = self._wire.values([key_of(ref) for ref in refs])
        return {ref: data for ref, data in zip(refs, found, strict=True) if data is not None}

    def link(self, links: Collection[tuple[int, int]]) -> None:
        """See `Index.link`."""
        others: defaultdict[int, list[bytes]] = defaultdict(list)
        for ref, other in links:
            others[ref].append(pack_ref(other))
        self._wire.run(
            [
                LINK.call([self._keys.record(ref), self._keys.links(ref)], [b"".join(linked), NEAR_MOST, self._life_s])
                for ref, linked in others.items()
            ]
        )

    def links(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """See `Index.links`."""
        near = {ref: near_links(data) for ref, data in self._held(refs, self._keys.record).items()}
        full = [ref for ref, linked in near.items() if len(linked) == NEAR_MOST]
        far = self._held(full, self._keys.links) if full else {}
        return {ref: frozenset((*linked, *unpack_refs(far.get(ref, b"")))) for ref, linked in near.items()}

    def ticket(self) -> int:
        """See `Index.ticket`."""
        return cast(int, self._wire.one("INCR", self._keys.named("ticket")))

    def placements(self, refs: Collection[int]) -> dict[int, Placement]:
        """See `Index.placements`."""
        heads = self._held(refs, self._keys.record)
        found = ((ref, unpack_placement(head)) for ref, head in heads.items())
        return {ref: placement for ref, placement in found if placement is not None}

    def place(self, placements: Mapping[int, Placement], fresh: Collection[int]) -> set[int]:
        """See `Index.place`. The fresh ones are listed in `arrivals` before, and those that were listed long ago after.

        Two workers may both list one, or one of them end before it is placed: it counts where its record says.
        """
        if not placements:
            return set()
        raised, old = self._place(placements, self._arrivals.add([ref for ref in placements if ref in fresh]))
        if old:
            again = self._arrivals.add(list(old), old.values())
            raised |= self._place({ref: placements[ref] for ref in old}, again)[0]
        return raised

    def _place(
        self, placements: Mapping[int, Placement], listed: Mapping[int, bytes]
    ) -> tuple[set[int], dict[int, bytes]]:
        """Place each, listed there; returns those that have a higher level, and, of those that must be listed (again),
        where they were."""
        kinds = (self._keys.record, self._keys.text, self._keys.links, self._keys.cluster)
        since = self._arrivals.good_since()
        lasting = self._lasting(self._keys.named("arrivals"))  # as long as its articles, also if none is new
        answers = self._wire.run(
            [
                *(
                    PLACE.call(
                        [key(ref) for key in kinds],
                        [pack_placement(placement), self._life_s, listed.get(ref, b""), since],
                    )
                    for ref, placement in placements.items()
                ),
                lasting,
            ]
        )
        told = dict(zip(placements, answers, strict=False))
        raised = {ref for ref, answer in told.items() if answer == RAISED}
        return raised, {ref: answer for ref, answer in told.items() if isinstance(answer, bytes)}

    def lift(self, lifts: Sequence[Lift]) -> set[int]:
        """See `Index.lift`."""
        kinds = (self._keys.record, self._keys.links, self._keys.cluster)
        answers = self._wire.run(
            [LIFT.call([key(one.ref) for key in kinds], [one.level, one.ticket, one.links, one.shelf]) for one in lifts]
        )
        return {one.ref for one, lifted in zip(lifts, answers, strict=True) if lifted}

    def _oldest(self) -> int:
        """Entries of a stream before this one are older than the window."""
        return max(0, int((self._clock() - self._life_s) * 1000))

    def _lasting(self, stream: str) -> Command:
        """The stream goes with its last entry."""
        return ("EXPIRE", stream, self._life_s)

    def shelves(self, refs: Collection[int]) -> dict[int, Shelf]:
        """See `Index.shelves`."""
        return {ref: unpack_shelf(ref, data) for ref, data in self._held(refs, self._keys.cluster).items()}

    def shelve(self, shelves: Sequence[tuple[Shelf, int]], levels: Mapping[int, int]) -> set[int]:
        """See `Index.shelve`."""
        answers = self._wire.run(
            [
                SHELVE.call(
                    [self._keys.cluster(shelf.ref), self._keys.record(shelf.ref)],
                    [expected, pack_shelf(shelf), self._life_s, levels.get(shelf.ref, 0)],
                )
                for shelf, expected in shelves
            ]
        )
        return {shelf.ref for (shelf, _), written in zip(shelves, answers, strict=True) if written}

    def publish(self, events: Sequence[Event]) -> None:
        """See `Index.publish`."""
        if events:
            kept = (EVENTS_KEPT, self._oldest(), self._life_s)
            names = [self._keys.named("events"), self._keys.events_number()]
            self._wire.one(*PUBLISH.call(names, [*kept, *map(pack_event, events)]))

    def announced(self, shelves: Sequence[Shelf]) -> None:
        """See `Index.announced`."""
        self._wire.run([ANNOUNCED.call([self._keys.cluster(shelf.ref)], [shelf.ticket]) for shelf in shelves])


def _moment(entry: str) -> tuple[int, ...]:
    """The id of an entry of a stream, in the order of time."""
    return tuple(map(int, entry.split("-")))
