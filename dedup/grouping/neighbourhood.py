"""What is grouped together as the store holds it, and what must be written when it has been."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dedup.grouping.levels import THRONG
from dedup.grouping.throngs import Throng
from dedup.nouns.cluster import Event
from dedup.nouns.record import Placement, Record, Shelf


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is grouped together, as the store holds it: records, links, placements and clusters. It is everything that
    can be reached over links; of a crowd too large for that, some `blocks` (one, if nothing is said) and `throngs`, and
    the `levels` at which its articles were found."""

    records: Mapping[int, Record]
    links: Mapping[int, frozenset[int]] = field(default_factory=dict)
    placements: Mapping[int, Placement] = field(default_factory=dict)
    shelves: Mapping[int, Shelf] = field(default_factory=dict)
    blocks: Sequence[Sequence[int]] | None = None
    throngs: Sequence[Throng] = ()
    levels: Mapping[int, int] = field(default_factory=dict)

    def rising(self) -> dict[int, int]:
        """The articles whose level is to be raised, and to what."""
        return {ref: level for ref, level in self.levels.items() if level > self.level(ref)}

    def level(self, ref: int) -> int:
        """The level that an article has as yet; of a throng, who was not visited has the highest."""
        if ref in self.placements:
            return self.placements[ref].level
        is_kept = ref not in self.levels and any(
            ref in rows for throng in self.throngs for rows in throng.clusters.values()
        )
        return THRONG if is_kept else 0


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """What must be written: the throngs to be renewed (`renewed`), clusters (each beside the ticket that it replaces;
    those that end first), the clusters of throngs that `end` in others (once these are written), events of articles
    that are alone, where articles stand, and which of them stood nowhere before (`fresh`). `left_over` are clusters
    with events that an earlier writer may have left unpublished.

    In a crowd, articles who stand where they stood are left out; `expected` is where all of them should be found
    afterwards."""

    renewed: Mapping[int, Placement]
    shelves: tuple[tuple[Shelf, int], ...]
    ends: tuple[tuple[Shelf, int], ...]
    events: tuple[Event, ...]
    placements: Mapping[int, Placement]
    fresh: Collection[int]
    left_over: tuple[Shelf, ...]
    expected: Mapping[int, Placement]
