"""Regrouping: everything that can be reached from a batch is read, put into clusters, and written.

    ticket     drawn before anything is read             ticket
    read       neighbourhoods                             links.., records, placements, shelves
    write      what has changed, in this order            shelve, publish, place, publish, announced
    look back  has somebody come between?                 links, placements

It may be done by several workers at once and ended anywhere: the highest ticket has the last word (docs/design.md,
decision 6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from dedup.grouping.rearrange import Neighbourhood, Rearrangement, rearrange
from dedup.nouns.cluster import Event
from dedup.nouns.errors import StoreError
from dedup.nouns.record import Record
from dedup.spine.store import Index

TRIES = 50
"""Regroupings lost to other workers before a batch is given back. Each loss means that somebody else won."""


class Regrouping:
    """Regroups neighbourhoods of one index; keeps nothing between two calls."""

    def __init__(self, index: Index, window_s: float, clock: Callable[[], float]) -> None:
        self._index = index
        self._window_s = window_s
        self._clock = clock

    def regroup(self, held: Mapping[int, Record]) -> None:
        """Regroup the neighbourhoods of these articles, again where another worker came between. Raises StoreError."""
        refs = set(held)
        for _ in range(TRIES):
            ticket = self._index.ticket()
            hoods = self._neighbourhoods(refs, held)
            now = int(self._clock())
            plans = rearrange(hoods, ticket, self._window_s, now)
            lost = self._write(plans)
            written = [hood for hood, plan in zip(hoods, plans, strict=True) if plan.shelves]
            again = [hood for hood in hoods if lost & (hood.records.keys() | hood.shelves.keys())]
            again += self._outdated(written) + self._overtaken(hoods, plans)
            if not again:
                return
            refs = {ref for hood in again for ref in hood.records}
        raise StoreError(f"lost {TRIES} races for one cluster to other workers: run fewer workers, or larger batches")

    def _write(self, plans: Sequence[Rearrangement]) -> set[int]:
        """Write what was planned; returns the refs of clusters that somebody else has written meanwhile."""
        shelves = [shelf for plan in plans for shelf in plan.shelves]
        written = self._index.shelve(shelves) if shelves else set()
        lost = {shelf.ref for shelf, _ in shelves} - written
        won = [plan for plan in plans if lost.isdisjoint(shelf.ref for shelf, _ in plan.shelves)]
        told = {shelf.ref: shelf for plan in plans for shelf in plan.left_over if shelf.ref not in lost}
        told |= {shelf.ref: shelf for shelf, _ in shelves if shelf.ref in written and shelf.pending}
        # An article that is alone is told of before it is placed, others after: a crash in between loses no event, and
        # who follows the events finds every article where they say that it is.
        self._publish([event for plan in won for event in plan.events])
        placements = {ref: placement for plan in won for ref, placement in plan.placements.items()}
        self._index.place(placements, {ref for plan in won for ref in plan.fresh})
        self._publish([event for shelf in told.values() for event in shelf.pending])
        if told:
            self._index.announced(list(told.values()))
        return lost

    def _publish(self, events: Sequence[Event]) -> None:
        if events:
            self._index.publish(events)

    def _outdated(self, hoods: Sequence[Neighbourhood]) -> list[Neighbourhood]:
        """Those that have been given links since they were read.

        Whoever gave them has a higher ticket, and may have found the clusters as they should be before they were
        written here: then nobody but us knows that they are not any more.
        """
        links = self._index.links({ref for hood in hoods for ref in hood.records}) if hoods else {}
        return [
            hood for hood in hoods if any(links.get(ref, frozenset()) != found for ref, found in hood.links.items())
        ]

    def _overtaken(self, hoods: Sequence[Neighbourhood], plans: Sequence[Rearrangement]) -> list[Neighbourhood]:
        """Those with a crowd whose articles do not stand where they should: as not all of them are placed anew, another
        writer may have placed some."""
        refs = {ref for plan in plans for ref in plan.expected}
        placements = self._index.placements(refs) if refs else {}
        return [
            hood
            for hood, plan in zip(hoods, plans, strict=True)
            if any(ref in placements and not placements[ref].agrees(here) for ref, here in plan.expected.items())
        ]

    def _neighbourhoods(self, refs: Collection[int], held: Mapping[int, Record]) -> list[Neighbourhood]:
        links = self._reach(refs)
        # A record is read again, because another worker may have put a newer version there; but where an article is
        # alone, and most are, nothing depends on what is in it.
        alone = {ref: held[ref] for ref, others in links.items() if not others and ref in held}
        records = alone | self._index.records(links.keys() - alone.keys())
        placements = self._index.placements(links)
        shelves = self._index.shelves({*links, *(placement.cluster for placement in placements.values())})
        hoods = []
        for members in _components(links):
            present = {ref: records[ref] for ref in members if ref in records}
            names = {*members, *(placements[ref].cluster for ref in members if ref in placements)}
            hoods.append(
                Neighbourhood(
                    present,
                    {ref: links[ref] for ref in present},
                    {ref: placements[ref] for ref in present if ref in placements},
                    {name: shelves[name] for name in names if name in shelves},
                )
            )
        return [hood for hood in hoods if hood.records]

    def _reach(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """The links of everything that can be reached from these: a round trip for each step away, hardly ever
        more than three, because candidates are linked to all that they resemble."""
        links: dict[int, frozenset[int]] = {}
        frontier = set(refs)
        while frontier:
            links |= self._index.links(frontier)
            links |= {ref: frozenset() for ref in frontier if ref not in links}
            frontier = {other for ref in frontier for other in links[ref]} - links.keys()
        return links


def _components(links: Mapping[int, Collection[int]]) -> list[list[int]]:
    """The connected components of a graph that is closed under its links, each ascending."""
    found: list[list[int]] = []
    seen: set[int] = set()
    for start in sorted(links):
        if start not in seen:
            reached, frontier = {start}, {start}
            while frontier:
                frontier = {other for ref in frontier for other in links[ref]} - reached
                reached |= frontier
            seen |= reached
            found.append(sorted(reached))
    return found
