"""The in-memory twins of the index and the library: for tests, for trying things out, and as an oracle.

They keep the contract of the Redis store, but for expiry: nothing in memory grows old.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from dedup.matching.deck import Deck, deck
from dedup.nouns.article import Article
from dedup.nouns.cluster import Cluster, Emitted, Event, Events, Member
from dedup.nouns.errors import NotFoundError
from dedup.nouns.record import Lift, Placement, Record, Shelf, Stored, Submission
from dedup.reading.identity import names, ref_of
from dedup.spine.filing import FLEETING, address_key
from dedup.spine.memory_bands import MemoryBands
from dedup.spine.store import Page


class MemoryIndex:
    """`Index` and `Library` in dictionaries. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[int, Record] = {}
        self._articles: dict[int, Article] = {}
        self._bands = MemoryBands()
        self._fleeting = MemoryBands(FLEETING)
        self._links: dict[int, set[int]] = defaultdict(set)
        self._placements: dict[int, Placement] = {}
        self._shelves: dict[int, Shelf] = {}
        self._events: list[Event] = []
        self._registered: list[int] = []
        self._published = threading.Condition(self._lock)
        self._ticket = 0

    def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
        """See `Index.register`."""
        with self._lock:
            for record, submission in zip(records, submissions, strict=True):
                held = self._records.get(record.ref)
                if held is None or (held.id == record.id and _age(held) < _age(record)):
                    versions = (
                        1 if held is None else held.versions + (held.fingerprint.exact != record.fingerprint.exact)
                    )
                    self._records[record.ref] = replace(record, versions=versions)
                    self._articles[record.ref] = submission.article
            return [self._records[record.ref] for record in records]

    def tell_registered(self, refs: Collection[int]) -> None:
        """See `Index.tell_registered`."""
        with self._lock:
            self._registered += refs

    def registered(self, after: str | None) -> tuple[set[int] | None, str]:
        """See `Index.registered`."""
        with self._lock:
            return None if after is None else set(self._registered[int(after) :]), str(len(self._registered))

    def post(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """See `Index.post`."""
        with self._lock:
            return self._bands.post(postings)

    def candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """See `Index.candidates`."""
        with self._lock:
            return [self._bands.found(None, keys) for keys in bands]

    def post_fleeting(self, postings: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """See `Index.post_fleeting`."""
        with self._lock:
            return self._fleeting.post(postings)

    def fleeting_candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        """See `Index.fleeting_candidates`."""
        with self._lock:
            return [self._fleeting.found(None, keys) for keys in bands]

    def records(self, refs: Collection[int]) -> dict[int, Record]:
        """See `Index.records`."""
        with self._lock:
            return {ref: self._records[ref] for ref in refs if ref in self._records}

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck, list[int]]:
        """See `Index.deck`."""
        with self._lock:
            held = self.records(refs)
            return list(held), deck(list(held.values())), [self._level(ref) for ref in held]

    def link(self, links: Collection[tuple[int, int]]) -> None:
        """See `Index.link`."""
        with self._lock:
            for ref, other in links:
                if ref in self._records:
                    self._links[ref].add(other)

    def links(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """See `Index.links`."""
        with self._lock:
            return {ref: frozenset(self._links[ref]) for ref in refs if ref in self._links}

    def ticket(self) -> int:
        """See `Index.ticket`."""
        with self._lock:
            self._ticket += 1
            return self._ticket

    def placements(self, refs: Collection[int]) -> dict[int, Placement]:
        """See `Index.placements`."""
        with self._lock:
            return {ref: self._placements[ref] for ref in refs if ref in self._placements}

    def place(self, placements: Mapping[int, Placement], fresh: Collection[int]) -> set[int]:
        """See `Index.place`."""
        with self._lock:
            raised = {ref for ref, placement in placements.items() if self._level(ref) > placement.level}
            for ref, placement in placements.items():
                held = self._placements.get(ref)
                if ref not in raised and (held is None or held.ticket <= placement.ticket):
                    self._placements[ref] = placement
            return raised

    def lift(self, lifts: Sequence[Lift]) -> set[int]:
        """See `Index.lift`."""
        with self._lock:
            known = [one for one in lifts if self._is_as_known(one)]
            for one in known:
                held = self._placements[one.ref]
                self._placements[one.ref] = replace(held, level=max(held.level, one.level))
            return {one.ref for one in known}

    def _is_as_known(self, lift: Lift) -> bool:
        placement, shelf = self._placements.get(lift.ref), self._shelves.get(lift.ref)
        known = lift.ticket, lift.links, lift.shelf
        return placement is not None and known == (
            placement.ticket,
            len(self._links[lift.ref]),
            shelf.ticket if shelf else 0,
        )

    def _level(self, ref: int) -> int:
        held = self._placements.get(ref)
        return held.level if held else 0

    def shelves(self, refs: Collection[int]) -> dict[int, Shelf]:
        """See `Index.shelves`."""
        with self._lock:
            return {ref: self._shelves[ref] for ref in refs if ref in self._shelves}

    def shelve(self, shelves: Sequence[tuple[Shelf, int]], levels: Mapping[int, int]) -> set[int]:
        """See `Index.shelve`."""
        with self._lock:
            written = set()
            for shelf, expected in shelves:
                held = self._shelves.get(shelf.ref)
                is_known = self._level(shelf.ref) <= levels.get(shelf.ref, 0)
                if is_known and (held.ticket if held else 0) == expected < shelf.ticket:
                    self._shelves[shelf.ref] = shelf
                    written.add(shelf.ref)
            return written

    def publish(self, events: Sequence[Event]) -> None:
        """See `Index.publish`."""
        with self._published:
            self._events.extend(events)
            self._published.notify_all()

    def announced(self, shelves: Sequence[Shelf]) -> None:
        """See `Index.announced`."""
        with self._lock:
            for shelf in shelves:
                if (held := self._shelves.get(shelf.ref)) and held.ticket == shelf.ticket:
                    self._shelves[shelf.ref] = replace(held, pending=())

    def article(self, article_id: str) -> Stored:
        """See `Library.article`."""
        with self._lock:
            for name in names(article_id):
                ref = ref_of(name)
                if ref in self._records and self._records[ref].id == name:
                    cluster = self._cluster(self._placed(ref))
                    return Stored(self._articles[ref], self._records[ref].versions, cluster.id)
        raise NotFoundError("article", article_id)

    def cluster(self, cluster_id: str) -> Cluster:
        """See `Library.cluster`."""
        ref = ref_of(cluster_id)
        with self._lock:
            named = ref in self._shelves or (ref in self._records and self._placed(ref) == ref)
            cluster = self._cluster(ref) if named else None
        if cluster is None or cluster.id != cluster_id:
            raise NotFoundError("cluster", cluster_id)
        return cluster

    def cluster_of(self, article_id: str) -> Cluster:
        """See `Library.cluster_of`."""
        return self.cluster(self.article(article_id).cluster)

    def articles_at(self, url: str) -> tuple[str, ...]:
        """See `Library.articles_at`."""
        with self._lock:
            refs = self._bands.at(address_key(url))
            return tuple(self._records[ref].id for ref in refs if self._articles[ref].url == url)

    def clusters(self, min_size: int = 1, after: str | None = None, limit: int = 100) -> Page:
        """See `Library.clusters`."""
        with self._lock:
            arrivals = list(self._placements)  # in order; none ever goes, so a place in it is a cursor that lasts
            start = int(after) if after else 0
            found: list[Cluster] = []
            for place, ref in enumerate(arrivals[start:], start=start + 1):
                if ref not in self._shelves and self._placed(ref) != ref:
                    continue
                cluster = self._cluster(ref)
                if cluster.replaced_by is None and len(cluster.members) >= min_size:
                    found.append(cluster)
                    if len(found) == limit:
                        return Page(tuple(found), str(place) if place < len(arrivals) else None)
            return Page(tuple(found), None)

    def events(self, after: str | None = None, limit: int = 100, wait_s: float = 0) -> Events:
        """See `Library.events`."""
        start = int(after) if after else 0
        with self._published:
            if wait_s > 0:
                self._published.wait_for(lambda: len(self._events) > start, wait_s)
            some = self._events[start : start + limit]
            return Events(Emitted(str(start + number), event) for number, event in enumerate(some, start=1))

    def _placed(self, ref: int) -> int:
        """The cluster that an article is in: its own until it has been placed."""
        return self._placements[ref].cluster if ref in self._placements else ref

    def size(self) -> int:
        """Articles held."""
        with self._lock:
            return len(self._records)

    def _cluster(self, ref: int) -> Cluster:
        if shelf := self._shelves.get(ref):
            return shelf.cluster
        article_id = self._records[ref].id
        return Cluster(article_id, (Member(article_id),))


def _age(record: Record) -> tuple[int, int]:
    return record.updated, record.fingerprint.exact
