"""Wording: clusters, events and placements in the words of the store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dedup.grouping.naming import Change, Members
from dedup.grouping.neighbourhood import Neighbourhood
from dedup.grouping.regroup import Seat
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.record import Placement, Shelf
from dedup.reading.identity import ref_of

CROWD = 64
"""Articles of a cluster beyond which those that stand where they stood are not placed again with every new ticket, but
looked at afterwards: reading 5,000 placements takes a tenth of the time of writing them."""
RENEWALS = 64
"""A crowd is renewed so many times a window: not its 5,000 articles for each one more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is written: the ticket, the time, and how long after its last renewal a crowd is renewed."""

    ticket: int
    now: int
    every_s: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts clusters, events and placements into the words of the store."""

    hood: Neighbourhood
    seats: Mapping[int, Seat]
    thronging: Mapping[int, Member]
    before: Mapping[int, Members]
    rising: Collection[int]
    moment: Moment

    def version(self, name: int) -> int:
        """How many events have been told of a cluster: of one that is alone, that it was created."""
        shelf = self.hood.shelves.get(name)
        return shelf.cluster.version if shelf else int(name in self.before)

    def cluster(self, name: int, members: Members, news: Sequence[Change]) -> Cluster:
        """The cluster with these members once the news has been told."""
        return Cluster(self.id_of(name), tuple(map(self.member, members)), self.version(name) + len(news))

    def shelf(self, name: int, members: Members, news: Sequence[Change]) -> tuple[Shelf, int]:
        """The shelf of a cluster, beside the ticket that it replaces."""
        return self._replacing(self.cluster(name, members, news), name, news, self.renewal(name, members))

    def ended(self, old: int, into: int, news: Sequence[Change]) -> tuple[Shelf, int]:
        """The cluster `old` once its articles are in others."""
        cluster = Cluster(self.id_of(old), (), self.version(old) + len(news), self.id_of(into))
        return self._replacing(cluster, old, news, (self.moment.ticket, self.moment.now))

    def _replacing(
        self, cluster: Cluster, ref: int, news: Sequence[Change], renewal: tuple[int, int]
    ) -> tuple[Shelf, int]:
        replaced = self.hood.shelves.get(ref)
        pending = (*(replaced.pending if replaced else ()), *self.events(ref, news))
        return Shelf(ref, self.moment.ticket, cluster, pending, *renewal), replaced.ticket if replaced else 0

    def events(self, name: int, news: Sequence[Change]) -> list[Event]:
        """The news of a cluster as events."""
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
                    at=self.moment.now,
                    other=None if change.other is None else self.id_of(change.other),
                    size=size,
                    ticket=self.moment.ticket,
                )
            )
        return events

    def is_throng(self, members: Members) -> bool:
        """Whether these are a throng, whose articles are not all visited."""
        return members[0] in self.thronging

    def is_crowd(self, members: Members) -> bool:
        """Whether not all that is kept of these is written with every new ticket."""
        return len(members) > CROWD or self.is_throng(members)

    def _is_merging(self, name: int) -> bool:
        """Whether a throng is found to be one with another."""
        return any(len(throng.clusters) > 1 and name in throng.clusters for throng in self.hood.throngs)

    def is_due(self, name: int, members: Members) -> bool:
        """Whether a crowd is to be renewed, because that is long ago. A throng that becomes one with another waits
        until that is written."""
        if not self.is_crowd(members) or self._is_merging(name) or name not in self.hood.shelves:
            return False
        return is_due(self.hood.shelves[name], self.moment.now, self.moment.every_s)

    def renewal(self, name: int, members: Members) -> tuple[int, int]:
        """Ticket and time of a cluster's renewal: this one, or the latest of a crowd; none if two throngs become one,
        so that all of its articles are placed anew."""
        if self._is_merging(name):
            return 0, 0
        shelf = self.hood.shelves.get(name)
        if shelf is None or not self.is_crowd(members) or self.is_due(name, members):
            return self.moment.ticket, self.moment.now
        return shelf.renewed, shelf.renewed_at

    def renewed(self, name: int, members: Members) -> Iterator[int]:
        """The articles of a throng that is renewed: they are placed before it is said that they are."""
        if self.is_throng(members) and self.is_due(name, members):
            yield from (ref for ref in members if ref in self.hood.placements)

    def moved(self, name: int, members: Members) -> Iterator[int]:
        """The articles whose placement must be written: all, so that no writer with a lower ticket can place them; of a
        crowd those who stand elsewhere or otherwise now, those whose level rises, and those who were placed before its
        last renewal (whose writer may have been interrupted); of a throng those that are visited."""
        if self.is_throng(members):
            yield from (ref for ref in members if ref in self.hood.links)
            return
        renewed, _ = self.renewal(name, members)
        for ref in members:
            held = self.hood.placements.get(ref)
            stays = held is not None and held.ticket >= renewed and held.agrees(self.placement(name, ref))
            if not self.is_crowd(members) or not stays or ref in self.rising or is_revised(self.hood, ref):
                yield ref

    def placement(self, name: int, ref: int) -> Placement:
        """Where an article stands now, with the level that it has as yet."""
        held = self.hood.placements.get(ref)
        versions = max(self.hood.records[ref].versions, held.versions if held else 0)  # a record may be read too early
        level = held.level if held else 0
        if (row := self.thronging.get(ref)) is not None:
            via = None if row.via is None else ref_of(row.via)
            return Placement(self.moment.ticket, name, row.relation, row.score, via, versions, level)
        seat = self.seats[ref]
        return Placement(self.moment.ticket, name, seat.relation, seat.score, seat.via, versions, level)

    def member(self, ref: int) -> Member:
        """An article as a member of its cluster."""
        if ref in self.thronging:
            return self.thronging[ref]
        seat = self.seats[ref]
        return Member(self.id_of(ref), seat.relation, seat.score, None if seat.via is None else self.id_of(seat.via))

    def id_of(self, ref: int) -> str:
        """The id of an article, or of the cluster that an expired one named."""
        if ref in self.thronging:
            return self.thronging[ref].id
        record = self.hood.records.get(ref)
        return record.id if record else self.hood.shelves[ref].cluster.id


def is_due(shelf: Shelf, now: int, every_s: int) -> bool:
    """Whether a crowd was last renewed so long ago."""
    return now - shelf.renewed_at >= every_s


_GROWTH = {
    EventKind.CREATED: 1,
    EventKind.JOINED: 1,
    EventKind.MERGED: 1,
    EventKind.SPLIT: -1,
    EventKind.REVISED: 0,
}
"""Members that a cluster gains by each article that an event names."""


def is_revised(hood: Neighbourhood, ref: int) -> bool:
    """Whether an article has had another text since it was placed."""
    placement = hood.placements.get(ref)
    return placement is not None and hood.records[ref].versions > placement.versions
