"""Names of clusters, and what happened to them: the old partition beside the new one.

A cluster is named by an article and keeps that name. Where clusters merge, the name of the earliest naming article
stays; where one splits, the part with the naming article keeps the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dedup.nouns.cluster import EventKind

Members = Sequence[int]
"""Refs, in order of publication."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a cluster: `refs` are the articles concerned, `other` the cluster they came from
    (merged) or went to (split)."""

    kind: EventKind
    refs: tuple[int, ...]
    other: int | None = None


def name_clusters(parts: Sequence[Members], standing: Mapping[int, int]) -> dict[int, Members]:
    """A name for each part of a neighbourhood, no name twice.

    `standing` tells which cluster each ref was in before; newcomers are not in it. A part's name is the first old name,
    in the order of its members, whose naming article it holds, or whose naming article has expired; where there is none
    to be had, its first member.
    """
    present = {ref for members in parts for ref in members}
    named: dict[int, Members] = {}
    for members in parts:
        old = (standing[ref] for ref in members if ref in standing)
        held = [name for name in old if name not in named and (name in members or name not in present)]
        named[held[0] if held else members[0]] = members
    return named


def changes(named: Mapping[int, Members], standing: Mapping[int, int]) -> dict[int, list[Change]]:
    """What happened to each cluster, in the order in which it can be told; nothing to those that are as they were."""
    return {name: _changes(name, members, named, standing) for name, members in named.items()}


def _changes(name: int, members: Members, named: Mapping[int, Members], standing: Mapping[int, int]) -> list[Change]:
    arrived = [ref for ref in members if standing.get(ref) != name]
    merged = {ref: standing[ref] for ref in arrived if ref in standing and standing[ref] not in named}
    others = tuple(ref for ref in arrived if ref not in merged)
    is_new = len(arrived) == len(members)
    told: list[Change] = []
    if is_new or others:
        told.append(Change(EventKind.CREATED if is_new else EventKind.JOINED, others or tuple(members)))
    for old in dict.fromkeys(merged.values()):
        told.append(Change(EventKind.MERGED, tuple(ref for ref in members if merged.get(ref) == old), old))
    for other, there in named.items():
        if other != name and (left := tuple(ref for ref in there if standing.get(ref) == name)):
            told.append(Change(EventKind.SPLIT, left, other))
    return told
