"""Rearrange a neighbourhood: from where its articles stand, and what they turn out to be, to what must be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dedup.grouping.naming import Change, changes, name_clusters
from dedup.grouping.regroup import Seat, regroup
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.record import Placement, Record, Shelf


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Everything that can be reached over links, as the store holds it: records, links, placements and clusters."""

    records: Mapping[int, Record]
    links: Mapping[int, frozenset[int]] = field(default_factory=dict)
    placements: Mapping[int, Placement] = field(default_factory=dict)
    shelves: Mapping[int, Shelf] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """What must be written: clusters (each beside the ticket that it replaces), events of articles that are alone,
    and where every article stands; `newcomers` stood nowhere before. `left_over` are events that an earlier writer may have left unpublished."""

    shelves: tuple[tuple[Shelf, int], ...]
    events: tuple[Event, ...]
    placements: Mapping[int, Placement]
    newcomers: tuple[int, ...]
    left_over: tuple[Shelf, ...]


def rearrange(hood: Neighbourhood, revised: Collection[int], ticket: int, window_s: float, now: int) -> Rearrangement:
    """The rearrangement of one neighbourhood: clusters that are as they were are not written again."""
    parts = regroup(list(hood.records.values()), hood.links, window_s)
    seats = {seat.ref: seat for part in parts for seat in part}
    standing = _standing(hood)
    named = name_clusters([[seat.ref for seat in part] for part in parts], standing)
    told = changes(named, standing)
    writer = _Writer(hood, seats, ticket, now)
    shelves: list[tuple[Shelf, int]] = []
    events: list[Event] = []
    for name, members in named.items():
        news = told[name] + [Change(EventKind.REVISED, (ref,)) for ref in members if ref in revised and ref in standing]
        if len(members) == 1 and name not in hood.shelves and all(change.kind is EventKind.CREATED for change in news):
            events.extend(writer.events(name, news, 0, 1))
        elif news:
            shelves.append(writer.shelf(name, members, news))
    shelves.extend(writer.ended(old, named) for old in sorted({*standing.values()} - set(named)))
    return Rearrangement(
        tuple(shelves),
        tuple(events),
        {ref: writer.placement(name, ref) for name, members in named.items() for ref in members},
        tuple(ref for ref in hood.records if ref not in hood.placements),
        tuple(shelf for shelf in hood.shelves.values() if shelf.pending),
    )


def _standing(hood: Neighbourhood) -> dict[int, int]:
    """Which cluster each article was in before: what the clusters themselves say, or, of one alone, its placement."""
    refs = {record.id: ref for ref, record in hood.records.items()}
    standing = {
        refs[member.id]: shelf.ref
        for shelf in hood.shelves.values()
        for member in shelf.cluster.members
        if member.id in refs
    }
    for ref, placement in hood.placements.items():
        if placement.cluster == ref and ref not in hood.shelves:
            standing.setdefault(ref, ref)
    return standing


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts clusters, events and placements into the words of the store."""

    hood: Neighbourhood
    seats: Mapping[int, Seat]
    ticket: int
    now: int

    def shelf(self, name: int, members: Sequence[int], news: Sequence[Change]) -> tuple[Shelf, int]:
        before = self.hood.shelves.get(name)
        version = before.cluster.version if before else int(name in self.hood.placements)
        cluster = Cluster(self.id_of(name), tuple(map(self.member, members)), version + len(news))
        pending = (*(before.pending if before else ()), *self.events(name, news, version, len(members)))
        return Shelf(name, self.ticket, cluster, pending), before.ticket if before else 0

    def ended(self, old: int, named: Mapping[int, Sequence[int]]) -> tuple[Shelf, int]:
        """The cluster `old` as it is after it was merged into the cluster that its naming article is in now."""
        before = self.hood.shelves.get(old)
        successor = next(name for name, members in named.items() if old in members)
        cluster = Cluster(
            self.id_of(old), (), (before.cluster.version if before else 1) + 1, replaced_by=self.id_of(successor)
        )
        return Shelf(old, self.ticket, cluster, before.pending if before else ()), before.ticket if before else 0

    def events(self, name: int, news: Sequence[Change], version: int, size: int) -> list[Event]:
        return [
            Event(
                kind=change.kind,
                cluster=self.id_of(name),
                version=version + number,
                articles=tuple(map(self.id_of, change.refs)),
                at=self.now,
                other=None if change.other is None else self.id_of(change.other),
                size=size,
            )
            for number, change in enumerate(news, start=1)
        ]

    def placement(self, name: int, ref: int) -> Placement:
        seat = self.seats[ref]
        return Placement(self.ticket, name, seat.relation, seat.score, seat.via)

    def member(self, ref: int) -> Member:
        seat = self.seats[ref]
        return Member(self.id_of(ref), seat.relation, seat.score, None if seat.via is None else self.id_of(seat.via))

    def id_of(self, ref: int) -> str:
        """The id of an article, or of the cluster that an expired one named."""
        record = self.hood.records.get(ref)
        return record.id if record else self.hood.shelves[ref].cluster.id
