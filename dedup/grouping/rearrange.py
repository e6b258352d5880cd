"""Rearrange a neighbourhood: from where its articles stand, and what they turn out to be, to what must be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dedup.grouping.naming import Change, Members, changes, name_clusters
from dedup.grouping.neighbourhood import Neighbourhood, Rearrangement
from dedup.grouping.regroup import Seat, regroup
from dedup.grouping.throngs import seated
from dedup.grouping.wording import RENEWALS, Moment, Writer, is_revised
from dedup.nouns.cluster import Event, EventKind, Member
from dedup.nouns.record import Shelf


def rearrange(hoods: Sequence[Neighbourhood], ticket: int, window_s: float, now: int) -> list[Rearrangement]:
    """The rearrangement of each neighbourhood: clusters that are as they were are not written again."""
    blocks = [
        (number, [hood.records[ref] for ref in refs])
        for number, hood in enumerate(hoods)
        for refs in (hood.blocks if hood.blocks is not None else [list(hood.records)])
    ]
    parts: list[list[Sequence[Seat]]] = [[] for _ in hoods]
    grouped = regroup([(records, hoods[number].links) for number, records in blocks], window_s)
    for (number, _), found in zip(blocks, grouped, strict=True):
        parts[number] += found
    return [
        _rearranged(hood, found, _throngs(hood, window_s), Moment(ticket, now, int(window_s / RENEWALS)))
        for hood, found in zip(hoods, parts, strict=True)
    ]


def _throngs(hood: Neighbourhood, window_s: float) -> list[dict[int, Member]]:
    found = (seated(throng, hood.records, hood.links, window_s) for throng in hood.throngs)
    return [members for members in found if members]


def _rearranged(
    hood: Neighbourhood, parts: Sequence[Sequence[Seat]], throngs: Sequence[Mapping[int, Member]], moment: Moment
) -> Rearrangement:
    before = _before(hood)
    standing = _standing(hood, before)
    in_order = sorted(parts, key=lambda part: (hood.records[part[0].ref].published, part[0].ref))
    refs = [*map(list, throngs), *([seat.ref for seat in part] for part in in_order)]
    named = name_clusters(refs, standing)
    told = changes(named, standing, before)
    seats = {seat.ref: seat for part in parts for seat in part}
    thronging = {ref: row for some in throngs for ref, row in some.items()}
    writer = Writer(hood, seats, thronging, before, hood.rising(), moment)
    shelves, events = _written(hood, named, told, writer)
    ended = [writer.ended(old, into, told[old]) for old, into in _ended(named, before)]
    merging = {name for throng in hood.throngs for name in throng.clusters}
    placed = [(ref, name, members) for name, members in named.items() for ref in members]
    return Rearrangement(
        renewed={
            ref: writer.placement(name, ref) for name, members in named.items() for ref in writer.renewed(name, members)
        },
        shelves=(*(one for one in ended if one[0].ref not in merging), *shelves),
        ends=tuple(one for one in ended if one[0].ref in merging),
        events=tuple(events),
        placements={
            ref: writer.placement(name, ref) for name, members in named.items() for ref in writer.moved(name, members)
        },
        fresh=hood.records.keys() - hood.placements.keys(),
        left_over=tuple(shelf for shelf in hood.shelves.values() if shelf.pending),
        expected={
            ref: writer.placement(name, ref)
            for ref, name, members in placed
            if writer.is_crowd(members) and not writer.is_throng(members)
        },
    )


def _written(
    hood: Neighbourhood, named: Mapping[int, Members], told: Mapping[int, list[Change]], writer: Writer
) -> tuple[list[tuple[Shelf, int]], list[Event]]:
    """The clusters that are not as they were, and what is to be told of articles that are alone and have none."""
    shelves: list[tuple[Shelf, int]] = []
    events: list[Event] = []
    for name, members in named.items():
        news = told[name] + [Change(EventKind.REVISED, (ref,)) for ref in members if is_revised(hood, ref)]
        if len(members) == 1 and name not in hood.shelves and all(change.kind is EventKind.CREATED for change in news):
            events.extend(writer.events(name, news))
        elif news or writer.is_due(name, members) or writer.cluster(name, members, news) != hood.shelves[name].cluster:
            shelves.append(writer.shelf(name, members, news))
    return shelves, events


def _before(hood: Neighbourhood) -> dict[int, Members]:
    """Whom each cluster that has been told of holds: what it says itself, or, of one alone, its placement."""
    refs = {record.id: ref for ref, record in hood.records.items()}
    thronging = {
        ref: member for throng in hood.throngs for rows in throng.clusters.values() for ref, member in rows.items()
    }
    refs |= {member.id: ref for ref, member in thronging.items()}
    before: dict[int, Members] = {
        shelf.ref: [refs[member.id] for member in shelf.cluster.members if member.id in refs]
        for shelf in hood.shelves.values()
    }
    alone = (ref for ref, placement in hood.placements.items() if placement.cluster == ref and ref not in thronging)
    return {ref: (ref,) for ref in alone} | before


def _standing(hood: Neighbourhood, before: Mapping[int, Members]) -> dict[int, int]:
    """Which cluster each article was in before. Where a writer was interrupted, or overtaken, two clusters may hold an
    article: it stands in the one that was written later."""
    written = {shelf.ref: shelf.ticket for shelf in hood.shelves.values()}
    in_order = sorted(before, key=lambda name: (written.get(name, 0), name))
    return {ref: name for name in in_order for ref in before[name]}


def _ended(named: Mapping[int, Members], before: Mapping[int, Members]) -> Iterator[tuple[int, int]]:
    """Each cluster that is no more, beside the one that its naming article, or else its first member, is in now."""
    where = {ref: name for name, members in named.items() for ref in members}
    for old in sorted(before.keys() - named.keys()):
        if before[old]:
            yield old, where[old if old in where else before[old][0]]
