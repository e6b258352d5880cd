"""Names of clusters, and what happened to them: the old partition beside the new one.

A cluster is named by an article and keeps that name. Where clusters merge, the name of the one that had the earliest
article stays; where one splits, the part with the naming article keeps the name.
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
        old = dict.fromkeys(standing[ref] for ref in members if ref in standing)
        inside = set(members)
        held = [name for name in old if name not in named and (name in inside or name not in present)]
        named[held[0] if held else members[0]] = members
    return named


def changes(
    named: Mapping[int, Members], standing: Mapping[int, int], before: Mapping[int, Members]
) -> dict[int, list[Change]]:
    """What happened to each cluster, in the order in which it can be told; nothing to those that are as they were.

    A cluster that is no more is told of by those that have its articles now; of those that had them already, because
    two writers met, it tells itself. `before` tells whom each cluster held; one that held nobody, or is not in it, has
    not been told of yet. A new cluster begins with one article, the naming one, and the others join it: so the first
    thing told of a cluster is the same whoever tells it, and may be told twice.
    """
    where = {ref: name for name, members in named.items() for ref in members}
    told = {name: _changes(name, named, where, standing, before.get(name, ())) for name in named}
    for old in before.keys() - named.keys():
        told[old] = _left([ref for ref in before[old] if ref in before.get(where[ref], ())], where)
    return told


def _changes(
    name: int, named: Mapping[int, Members], where: Mapping[int, int], standing: Mapping[int, int], held: Members
) -> list[Change]:
    members = named[name]
    told: list[Change] = []
    known = set(held)
    if not held:
        first = name if name in members else members[0]
        told.append(Change(EventKind.CREATED, (first,)))
        known.add(first)
    joined: list[int] = []
    merged: dict[int, list[int]] = {}
    for ref in members:
        if ref not in known:
            old = standing.get(ref)
            (joined if old is None or old in named else merged.setdefault(old, [])).append(ref)
    if joined:
        told.append(Change(EventKind.JOINED, tuple(joined)))
    told += (Change(EventKind.MERGED, tuple(refs), old) for old, refs in merged.items())
    return told + _left([ref for ref in held if where[ref] != name], where)


def _left(refs: Members, where: Mapping[int, int]) -> list[Change]:
    """That these articles have left, and for where."""
    into: dict[int, list[int]] = {}
    for ref in refs:
        into.setdefault(where[ref], []).append(ref)
    return [Change(EventKind.SPLIT, tuple(gone), other) for other, gone in into.items()]
