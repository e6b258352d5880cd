"""Hoods: the pieces around a batch with all that is kept of them, put together where they share a cluster."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from dedup.grouping import levels
from dedup.grouping.levels import THRONG, Parts
from dedup.grouping.neighbourhood import Neighbourhood
from dedup.grouping.throngs import Throng
from dedup.grouping.wording import RENEWALS, is_due
from dedup.nouns.cluster import Member
from dedup.nouns.record import Record, Shelf
from dedup.reading.identity import ref_of
from dedup.spine.exploring import Explored, explore
from dedup.spine.store import Index
from dedup.spine.survey import Piece


@dataclass(frozen=True, slots=True)
class Found:
    """The neighbourhoods around a batch, and in which order those were reached whose levels may rise."""

    hoods: Sequence[Neighbourhood]
    rounds: Sequence[Collection[int]]

    @property
    def ticket(self) -> int:
        """The highest ticket that anything here was written with; 0 if nothing was."""
        placed = (placement.ticket for hood in self.hoods for placement in hood.placements.values())
        shelved = (shelf.ticket for hood in self.hoods for shelf in hood.shelves.values())
        return max(chain(placed, shelved), default=0)


def neighbourhoods(
    index: Index, seeds: Collection[int], held: Mapping[int, Record], window_s: float, now: int
) -> Found:
    """The neighbourhoods of these articles; all of a throng is read when it is due to be renewed. Raises StoreError.

    Whoever is in a cluster with one that is visited is visited too, but for throngs. (A throng that is made while we
    read is looked at again; one that is still torn then has lost articles, and is visited as a whole.)
    """
    seeds, torn = set(seeds), set[int]()
    while True:
        reading = _Reading(index, explore(index, seeds, window_s), held)
        missed = index.records(reading.missed(torn) - seeds)
        if not missed and reading.torn <= torn:
            return Found(reading.hoods(now, int(window_s / RENEWALS)), reading.explored.rounds)
        seeds |= missed.keys()
        torn |= reading.torn


class _Reading:
    """What is kept of the articles that were explored."""

    def __init__(self, index: Index, explored: Explored, held: Mapping[int, Record]) -> None:
        self.explored = explored
        self._index = index
        visited = {ref for piece in explored.pieces for ref in piece.refs}
        beside = {ref for piece in explored.pieces for ref in piece.beside}
        # A record is read again, because another worker may have put a newer version there; but where an article is
        # alone, and most are, nothing depends on what is in it.
        alone = {ref: held[ref] for ref in visited if not explored.links[ref] and ref in held}
        records = alone | index.records((visited | beside) - alone.keys())
        self._beside = {ref: record for ref, record in records.items() if ref not in visited}
        self._records = {ref: record for ref, record in records.items() if ref in visited}
        self._placements = {ref: held for ref, held in explored.placements.items() if ref in self._records}
        near = index.placements(beside - visited) if beside else {}
        names = {placement.cluster for placement in (*self._placements.values(), *near.values())}
        self._shelves = index.shelves(visited | names)
        thronging = {ref: placement for ref, placement in self._placements.items() if placement.level == THRONG}
        self._stands = {ref: self._led_on(placement.cluster) for ref, placement in (near | thronging).items()}
        self._throngs = {
            name
            for name, shelf in self._shelves.items()
            if name in self._stands.values() or len(shelf.cluster.members) > levels.ARTICLES_MOST
        }
        self._rows = {name: _rows(self._shelves[name]) for name in self._throngs if name in self._shelves}
        lower = {ref for piece in explored.pieces if piece.level < THRONG for ref in piece.refs}
        self.torn = {name for name, rows in self._rows.items() if not lower.isdisjoint(rows)}
        """Throngs some of whose articles were found in a block. The others are to be seen before they are named anew:
        nobody would look for a cluster that is named by one of whom nothing was read."""

    def _led_on(self, name: int) -> int:
        """The cluster that this one has been merged into, or else itself."""
        while True:
            if name not in self._shelves:
                self._shelves |= self._index.shelves([name])
            shelf = self._shelves.get(name)
            if shelf is None or shelf.cluster.replaced_by is None:
                return name
            name = ref_of(shelf.cluster.replaced_by)

    def missed(self, torn: Collection[int]) -> set[int]:
        """Members of the clusters that were not visited, but for those of throngs that are not in `torn`."""
        ids = {record.id for record in self._records.values()}
        return {
            ref_of(member.id)
            for name, shelf in self._shelves.items()
            if name not in self._throngs or name in torn
            for member in shelf.cluster.members
            if member.id not in ids
        }

    def hoods(self, now: int, every_s: int) -> list[Neighbourhood]:
        """The neighbourhoods."""
        self._renew([name for name in self._rows if name in self.torn or is_due(self._shelves[name], now, every_s)])
        parts = Parts()
        for piece in self.explored.pieces:
            for ref in piece.refs:
                parts.join(piece.refs[0], ref)
                if ref in self._placements:
                    parts.join(ref, self._placements[ref].cluster)
            for ref in (*piece.refs, *piece.beside):
                parts.join(piece.refs[0], self._stands.get(ref, piece.refs[0]))
        known = {record.id: ref for ref, record in self._records.items() if ref in self.explored.links}
        for name, shelf in self._shelves.items():
            parts.root(name)
            for member in shelf.cluster.members:
                if member.id in known:
                    parts.join(name, known[member.id])
        inside: dict[int, list[Piece]] = {}
        for piece in self.explored.pieces:
            inside.setdefault(parts.root(piece.refs[0]), []).append(piece)
        shelves: dict[int, list[int]] = {}
        for name in self._shelves:
            shelves.setdefault(parts.root(name), []).append(name)
        found = (self._hood(pieces, shelves.get(root, ())) for root, pieces in inside.items())
        return [hood for hood in found if hood.records]

    def _renew(self, names: Collection[int]) -> None:
        """Read all members of these throngs, and let those go that have expired."""
        refs = {ref for name in names for ref in self._rows[name]} - self._records.keys()
        if refs:
            self._records |= self._index.records(refs)
            self._placements |= self._index.placements(refs)
        for name in names:
            self._rows[name] = _living({ref: row for ref, row in self._rows[name].items() if ref in self._records})

    def _hood(self, pieces: Sequence[Piece], names: Collection[int]) -> Neighbourhood:
        visited = [ref for piece in pieces for ref in piece.refs if ref in self._records]
        throngs = self._throngs_of(pieces, names)
        read = {*visited, *(ref for throng in throngs for some in throng.clusters.values() for ref in some)}
        elsewhere = {ref for piece in pieces if piece.level < THRONG for ref in piece.refs}
        return Neighbourhood(
            {ref: self._records[ref] for ref in read if ref in self._records},
            {ref: self.explored.links[ref] for ref in visited},
            {ref: self._placements[ref] for ref in read if ref in self._placements},
            {name: self._shelves[name] for name in names},
            [[ref for ref in piece.refs if ref in self._records] for piece in pieces if piece.level < THRONG],
            [
                replace(
                    throng,
                    clusters={
                        name: {ref: row for ref, row in rows.items() if ref not in elsewhere}
                        for name, rows in throng.clusters.items()
                    },
                )
                for throng in throngs
            ],
            {ref: piece.level for piece in pieces for ref in piece.refs if ref in self._records},
        )

    def _throngs_of(self, pieces: Sequence[Piece], names: Collection[int]) -> list[Throng]:
        """The throngs of a neighbourhood: what was found of each, with the clusters that it stands in."""
        found = [piece for piece in pieces if piece.level == THRONG]
        parts = Parts(name for name in names if name in self._rows)
        for piece in found:
            stands = (self._placements[ref].cluster for ref in piece.refs if ref in self._placements)
            met = (*piece.refs, *piece.beside)
            for name in (*stands, *(self._stands[ref] for ref in met if ref in self._stands)):
                if name in self._rows:
                    parts.join(piece.refs[0], name)
            parts.root(piece.refs[0])
        starts = {ref: piece.refs[0] for piece in found for ref in piece.refs}
        for name in (name for name in names if name in self._rows):  # whose articles may not be placed yet
            for ref in self._rows[name].keys() & starts.keys():
                parts.join(starts[ref], name)
        throngs = []
        for members in parts:
            here = [piece for piece in found if parts.root(piece.refs[0]) == members[0]]
            throngs.append(
                Throng(
                    [ref for piece in here for ref in piece.refs if ref in self._records],
                    {ref: self._beside[ref] for piece in here for ref in piece.beside if ref in self._beside},
                    {name: self._rows[name] for name in members if name in self._rows},
                )
            )
        return throngs


def _rows(shelf: Shelf) -> dict[int, Member]:
    return {ref_of(member.id): member for member in shelf.cluster.members}


def _living(rows: dict[int, Member]) -> dict[int, Member]:
    """The members without the seats of those who have gone: who was held by one of these is held by the first."""
    if not rows:
        return rows
    ids = {member.id for member in rows.values()}
    first, *_ = rows
    living = {
        ref: member if member.via is None or member.via in ids else replace(member, via=rows[first].id)
        for ref, member in rows.items()
    }
    return living | {first: Member(rows[first].id)}
