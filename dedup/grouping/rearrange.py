"""Rearrange a neighbourhood: from where its articles stand, and what they turn out to be, to what must be written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dedup.grouping.naming import Change, Members, changes, name_clusters
from dedup.grouping.regroup import Seat, regroup
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.record import Placement, Record, Shelf

CROWD = 64
"""Articles of a cluster beyond which those that stand where they stood are not placed again with every new ticket, but
looked at afterwards: reading 5,000 placements takes a tenth of the time of writing them."""
RENEWALS = 64
"""A crowd is renewed so many times a window: not its 5,000 articles for each one more."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Everything that can be reached over links, as the store holds it: records, links, placements and clusters."""

    records: Mapping[int, Record]
    links: Mapping[int, frozenset[int]] = field(default_factory=dict)
    placements: Mapping[int, Placement] = field(default_factory=dict)
    shelves: Mapping[int, Shelf] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """What must be written: clusters (each beside the ticket that it replaces; those that end first), events of
    articles that are alone, where articles stand, and which of them stood nowhere before (`fresh`). `left_over` are
    clusters with events that an earlier writer may have left unpublished.

    In a crowd, articles who stand where they stood are left out; `expected` is where all of them should be found
    afterwards."""

    shelves: tuple[tuple[Shelf, int], ...]
    events: tuple[Event, ...]
    placements: Mapping[int, Placement]
    fresh: Collection[int]
    left_over: tuple[Shelf, ...]
    expected: Mapping[int, Placement]


def rearrange(hoods: Sequence[Neighbourhood], ticket: int, window_s: float, now: int) -> list[Rearrangement]:
    """The rearrangement of each neighbourhood: clusters that are as they were are not written again."""
    regrouped = regroup([(list(hood.records.values()), hood.links) for hood in hoods], window_s)
    every_s = int(window_s / RENEWALS)
    return [_rearranged(hood, parts, ticket, now, every_s) for hood, parts in zip(hoods, regrouped, strict=True)]


def _rearranged(
    hood: Neighbourhood, parts: Sequence[Sequence[Seat]], ticket: int, now: int, every_s: int
) -> Rearrangement:
    seats = {seat.ref: seat for part in parts for seat in part}
    before, standing = _before(hood), _standing(hood)
    named = name_clusters([[seat.ref for seat in part] for part in parts], standing)
    told = changes(named, standing, before)
    writer = _Writer(hood, seats, before, ticket, now, every_s)
    shelves = [writer.ended(old, into, told[old]) for old, into in _ended(named, before)]
    events: list[Event] = []
    for name, members in named.items():
        news = told[name] + [Change(EventKind.REVISED, (ref,)) for ref in members if _is_revised(hood, ref)]
        if len(members) == 1 and name not in hood.shelves and all(change.kind is EventKind.CREATED for change in news):
            events.extend(writer.events(name, news))
        elif (
            news
            or writer.is_due(name, len(members))
            or writer.cluster(name, members, news) != hood.shelves[name].cluster
        ):
            shelves.append(writer.shelf(name, members, news))
    return Rearrangement(
        tuple(shelves),
        tuple(events),
        {ref: writer.placement(name, ref) for name, members in named.items() for ref in writer.moved(name, members)},
        hood.records.keys() - hood.placements.keys(),
        tuple(shelf for shelf in hood.shelves.values() if shelf.pending),
        {
            ref: writer.placement(name, ref)
            for name, members in named.items()
            if len(members) > CROWD
            for ref in members
        },
    )


def _is_revised(hood: Neighbourhood, ref: int) -> bool:
    """Whether an article has had another text since it was placed."""
    placement = hood.placements.get(ref)
    return placement is not None and hood.records[ref].versions > placement.versions


def _before(hood: Neighbourhood) -> dict[int, Members]:
    """Whom each cluster that has been told of holds: what it says itself, or, of one alone, its placement."""
    refs = {record.id: ref for ref, record in hood.records.items()}
    before: dict[int, Members] = {
        shelf.ref: [refs[member.id] for member in shelf.cluster.members if member.id in refs]
        for shelf in hood.shelves.values()
    }
    alone = (ref for ref, placement in hood.placements.items() if placement.cluster == ref)
    return {ref: (ref,) for ref in alone} | before


def _standing(hood: Neighbourhood) -> dict[int, int]:
    """Which cluster each article was in before. Where a writer was interrupted, or overtaken, two clusters may hold an
    article: it stands in the one that was written later."""
    before = _before(hood)
    written = {shelf.ref: shelf.ticket for shelf in hood.shelves.values()}
    in_order = sorted(before, key=lambda name: (written.get(name, 0), name))
    return {ref: name for name in in_order for ref in before[name]}


def _ended(named: Mapping[int, Members], before: Mapping[int, Members]) -> Iterator[tuple[int, int]]:
    """Each cluster that is no more, beside the one that its naming article, or else its first member, is in now."""
    where = {ref: name for name, members in named.items() for ref in members}
    for old in sorted(before.keys() - named.keys()):
        if before[old]:
            yield old, where[old if old in where else before[old][0]]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts clusters, events and placements into the words of the store."""

    hood: Neighbourhood
    seats: Mapping[int, Seat]
    before: Mapping[int, Members]
    ticket: int
    now: int
    every_s: int

    def version(self, name: int) -> int:
        """How many events have been told of a cluster: of one that is alone, that it was created."""
        shelf = self.hood.shelves.get(name)
        return shelf.cluster.version if shelf else int(name in self.before)

    def cluster(self, name: int, members: Members, news: Sequence[Change]) -> Cluster:
        return Cluster(self.id_of(name), tuple(map(self.member, members)), self.version(name) + len(news))

    def shelf(self, name: int, members: Members, news: Sequence[Change]) -> tuple[Shelf, int]:
        return self._replacing(self.cluster(name, members, news), name, self.events(name, news))

    def ended(self, old: int, into: int, news: Sequence[Change]) -> tuple[Shelf, int]:
        """The cluster `old` once its articles are in others."""
        cluster = Cluster(self.id_of(old), (), self.version(old) + len(news), self.id_of(into))
        return self._replacing(cluster, old, self.events(old, news))

    def _replacing(self, cluster: Cluster, ref: int, events: Sequence[Event]) -> tuple[Shelf, int]:
        replaced = self.hood.shelves.get(ref)
        pending = (*(replaced.pending if replaced else ()), *events)
        renewal = self.renewal(ref, len(cluster.members))
        return Shelf(ref, self.ticket, cluster, pending, *renewal), replaced.ticket if replaced else 0

    def events(self, name: int, news: Sequence[Change]) -> list[Event]:
        version, size = self.version(name), len(self.before.get(name, ()))
        events: list[Event] = []
        for number, change in enumerate(news, start=1):
            size += _GROWTH[change.kind] * len(change.refs)
            events.append(
                Event(
                    kind=change.kind,
                    cluster=self.id_of(name),
                    version=version + number,
                    articles=tuple(map(self.id_of, change.refs)),
                    at=self.now,
                    other=None if change.other is None else self.id_of(change.other),
                    size=size,
                    ticket=self.ticket,
                )
            )
        return events

    def is_due(self, name: int, size: int) -> bool:
        """Whether a crowd is to be renewed, because that is long ago."""
        return size > CROWD and self.now - self.hood.shelves[name].renewed_at >= self.every_s

    def renewal(self, name: int, size: int) -> tuple[int, int]:
        """Ticket and time of a cluster's renewal: this one, or the latest of a crowd."""
        shelf = self.hood.shelves.get(name)
        if shelf is None or size <= CROWD or self.is_due(name, size):
            return self.ticket, self.now
        return shelf.renewed, shelf.renewed_at

    def moved(self, name: int, members: Members) -> Iterator[int]:
        """The articles whose placement must be written: all, so that no writer with a lower ticket can place them; of a
        crowd those who stand elsewhere or otherwise now, and those who were placed before its last renewal (whose
        writer may have been interrupted)."""
        renewed, _ = self.renewal(name, len(members))
        for ref in members:
            held = self.hood.placements.get(ref)
            stays = held is not None and held.ticket >= renewed and held.agrees(self.placement(name, ref))
            if len(members) <= CROWD or not stays or _is_revised(self.hood, ref):
                yield ref

    def placement(self, name: int, ref: int) -> Placement:
        seat = self.seats[ref]
        held = self.hood.placements.get(ref)
        versions = max(self.hood.records[ref].versions, held.versions if held else 0)  # a record may be read too early
        return Placement(self.ticket, name, seat.relation, seat.score, seat.via, versions)

    def member(self, ref: int) -> Member:
        seat = self.seats[ref]
        return Member(self.id_of(ref), seat.relation, seat.score, None if seat.via is None else self.id_of(seat.via))

    def id_of(self, ref: int) -> str:
        """The id of an article, or of the cluster that an expired one named."""
        record = self.hood.records.get(ref)
        return record.id if record else self.hood.shelves[ref].cluster.id


_GROWTH = {
    EventKind.CREATED: 1,
    EventKind.JOINED: 1,
    EventKind.MERGED: 1,
    EventKind.SPLIT: -1,
    EventKind.REVISED: 0,
}
"""Members that a cluster gains by each article that an event names."""
