"""Regrouping: what is around a batch is read, put into clusters, and written.

    ticket     drawn before anything is read             ticket
    read       neighbourhoods (hoods.py)                 links, deck, records, placements, shelves
    write      what has changed, in this order           place (renewals), shelve, publish, place, publish, announced
    look back  has somebody come between?                links, placements, shelves
    raise      levels, who is farthest first             lift

It may be done by several workers at once and ended anywhere: the highest ticket has the last word (docs/design.md,
decision 6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dedup.grouping.neighbourhood import Neighbourhood, Rearrangement
from dedup.grouping.rearrange import rearrange
from dedup.nouns.cluster import Event
from dedup.nouns.errors import StoreError
from dedup.nouns.record import Lift, Record
from dedup.spine.hoods import Found, neighbourhoods
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
        """Regroup what is around these articles, again where another worker came between. Raises StoreError."""
        refs = set(held)
        for _ in range(TRIES):
            ticket = self._index.ticket()
            now = int(self._clock())
            found = neighbourhoods(self._index, refs, held, self._window_s, now)
            if found.ticket > ticket:  # what we know is newer than our ticket, and what we told would pass for older
                continue
            plans = rearrange(found.hoods, ticket, self._window_s, now)
            again = self._written(found.hoods, plans)
            rising = any(hood.rising() for hood in found.hoods)
            if not again and (not rising or self._raised(found, plans, ticket)):
                return
            # Who visits some of a crowd again visits all that he has not raised yet.
            refs = {ref for hood in (found.hoods if rising else again) for ref in hood.links}
            refs |= held.keys() if rising else set()
        raise StoreError(f"lost {TRIES} races for one cluster to other workers: run fewer workers, or larger batches")

    def _written(self, hoods: Sequence[Neighbourhood], plans: Sequence[Rearrangement]) -> list[Neighbourhood]:
        """Write what was planned; returns the neighbourhoods that must be regrouped once more."""
        lost = self._write(hoods, plans)
        merged = [hood for hood, plan in zip(hoods, plans, strict=True) if plan.ends]  # its articles are to be placed
        written = [hood for hood, plan in zip(hoods, plans, strict=True) if plan.shelves]
        again = [hood for hood in hoods if lost & (hood.records.keys() | hood.shelves.keys())]
        return again + merged + self._outdated(written) + self._overtaken(hoods, plans) + self._parted(hoods, plans)

    def _write(self, hoods: Sequence[Neighbourhood], plans: Sequence[Rearrangement]) -> set[int]:
        """Write what was planned; returns the refs of clusters that somebody else has written meanwhile, and of
        articles that somebody else has raised."""
        levels = {
            shelf.ref: hood.level(shelf.ref)
            for hood, plan in zip(hoods, plans, strict=True)
            for shelf, _ in (*plan.shelves, *plan.ends)
        }
        renewed = {ref: placement for plan in plans for ref, placement in plan.renewed.items()}
        raised = self._index.place(renewed, ()) if renewed else set()
        shelves = [shelf for plan in plans for shelf in plan.shelves]
        written = self._index.shelve(shelves, levels) if shelves else set()
        ends = [
            end for plan in plans for end in plan.ends if written.issuperset(shelf.ref for shelf, _ in plan.shelves)
        ]
        written |= self._index.shelve(ends, levels) if ends else set()
        shelves += ends
        lost = {shelf.ref for shelf, _ in shelves} - written
        won = [plan for plan in plans if lost.isdisjoint(shelf.ref for shelf, _ in (*plan.shelves, *plan.ends))]
        told = {shelf.ref: shelf for plan in plans for shelf in plan.left_over if shelf.ref not in lost}
        told |= {shelf.ref: shelf for shelf, _ in shelves if shelf.ref in written and shelf.pending}
        # An article that is alone is told of before it is placed, others after: a crash in between loses no event, and
        # who follows the events finds every article where they say that it is.
        self._publish([event for plan in won for event in plan.events])
        placements = {ref: placement for plan in won for ref, placement in plan.placements.items()}
        raised |= self._index.place(placements, {ref for plan in won for ref in plan.fresh})
        self._publish([event for shelf in told.values() for event in shelf.pending])
        if told:
            self._index.announced(list(told.values()))
        return lost | raised

    def _publish(self, events: Sequence[Event]) -> None:
        if events:
            self._index.publish(events)

    def _outdated(self, hoods: Sequence[Neighbourhood]) -> list[Neighbourhood]:
        """Those that have been given links since they were read.

        Whoever gave them has a higher ticket, and may have found the clusters as they should be before they were
        written here: then nobody but us knows that they are not any more.
        """
        links = self._index.links({ref for hood in hoods for ref in hood.links}) if hoods else {}
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
            if any(
                ref in placements and not (placements[ref].agrees(here) and placements[ref].level == here.level)
                for ref, here in plan.expected.items()
            )
        ]

    def _parted(self, hoods: Sequence[Neighbourhood], plans: Sequence[Rearrangement]) -> list[Neighbourhood]:
        """Those with a cluster that was not written here, and that somebody has written since it was read: of a
        throng, or of anybody who was visited if some of the clusters were written.

        Who read earlier than another may give the same articles another name: then who looks back last sees both.
        """
        looked: list[tuple[Neighbourhood, set[int]]] = []
        for hood, plan in zip(hoods, plans, strict=True):
            names = {name for throng in hood.throngs for name in throng.clusters}
            if plan.shelves:
                names |= hood.links.keys() | hood.shelves.keys()
            looked.append((hood, names - {shelf.ref for shelf, _ in (*plan.shelves, *plan.ends)}))
        every = {name for _, names in looked for name in names}
        shelves = self._index.shelves(every) if every else {}
        tickets = {name: shelf.ticket for name, shelf in shelves.items()}
        return [
            hood
            for hood, names in looked
            if any(tickets.get(name, 0) != (hood.shelves[name].ticket if name in hood.shelves else 0) for name in names)
        ]

    def _raised(self, found: Found, plans: Sequence[Rearrangement], ticket: int) -> bool:
        """Raise the levels of those that were found to have too many around them; False if somebody came between.

        Who was reached last is raised first, so that a worker that takes the batch up after us still reaches all that
        are not raised yet.
        """
        own = {shelf.ref: ticket for plan in plans for shelf, _ in (*plan.shelves, *plan.ends)}
        lifts = {
            ref: Lift(
                ref,
                level,
                ticket,
                len(hood.links[ref]),
                own.get(ref, hood.shelves[ref].ticket if ref in hood.shelves else 0),
            )
            for hood in found.hoods
            for ref, level in hood.rising().items()
        }
        for refs in reversed(found.rounds):
            some = [lifts[ref] for ref in sorted(refs) if ref in lifts]
            if some and len(self._index.lift(some)) < len(some):
                return False
        return True
