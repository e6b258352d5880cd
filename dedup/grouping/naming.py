"""Names of clusters, and what happened to them: the old partition beside the new one.

A cluster is named by an article and keeps that name as long as that article is in it. Where clusters merge, the name
of the earliest naming article stays; where one splits, the part with the naming article keeps the name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dedup.nouns.cluster import EventKind


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to the cluster named `cluster`: `refs` are the articles concerned."""

    kind: EventKind
    cluster: int
    refs: tuple[int, ...]
    other: int | None = None


def name_of(members: Sequence[int], standing: Mapping[int, int]) -> int:
    """The ref that names a cluster with these members (in order of publication).

    `standing` tells which cluster each ref was in before; newcomers are not in it. The name is the earliest member
    that already names a cluster, or, where none does, the earliest of all.
    """
    return next((ref for ref in members if standing.get(ref) == ref), members[0])


def changes(name: int, members: Sequence[int], standing: Mapping[int, int]) -> list[Change]:
    """What happened to the cluster that is now called `name`, in the order in which it can be told.

    Nothing, if it has the members that it had. Members that stood elsewhere came by a merger, if their old cluster
    has ended (its naming article is here too), or else by a split of that cluster.
    """
    newcomers = tuple(ref for ref in members if ref not in standing)
    moved = [(ref, standing[ref]) for ref in members if ref in standing and standing[ref] != name]
    told: list[Change] = []
    if not any(standing.get(ref) == name for ref in members):
        told.append(Change(EventKind.CREATED, name, newcomers[:1] or tuple(members[:1])))
        newcomers = newcomers[1:]
    if newcomers:
        told.append(Change(EventKind.JOINED, name, newcomers))
    for old in Counter(old for _, old in moved):
        came = tuple(ref for ref, was in moved if was == old)
        kind = EventKind.MERGED if old in members else EventKind.SPLIT
        told.append(Change(kind, name, came, old))
    return told
