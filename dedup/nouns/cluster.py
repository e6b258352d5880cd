"""Clusters: which articles are one story, how each joined, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dedup.nouns.evidence import Relation


@dataclass(frozen=True, slots=True)
class Member:
    """An article in a cluster and how it joined: `via` is the id of the member that it matched.

    The first member matched nobody: its `relation`, `score` and `via` are None. `score` is a probability (0 to 1).
    """

    id: str
    relation: Relation | None = None
    score: float | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A story: its members in order of publication. `id` is the id of the article that it was named by.

    `version` is that of the latest event that was told of it.
    A cluster that was merged into another has no members any more and says so in `replaced_by`.
    """

    id: str
    members: tuple[Member, ...]
    version: int = 1
    replaced_by: str | None = None


class EventKind(StrEnum):
    """What can happen to a cluster."""

    CREATED = "created"
    JOINED = "joined"
    MERGED = "merged"
    SPLIT = "split"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a cluster.

    `cluster` and `version` together name the event: a consumer that has seen the pair drops the repeat.
    `articles` are the ids concerned: the newcomers (created, joined), those that moved here (merged) or
    away from here (split), the one that was revised. `other` is the cluster merged in, or split off.

    Workers may tell of one article out of turn: what was told with the highest `ticket` holds.
    """

    kind: EventKind
    cluster: str
    version: int
    articles: tuple[str, ...]
    at: int
    other: str | None = None
    size: int = 1
    """Members of the cluster after the event."""
    ticket: int = 0
    """That of the regrouping which found it out."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event with its place in the stream; `after=cursor` asks for what follows it."""

    cursor: str
    event: Event


class Events(list[Emitted]):
    """Events in order. `lost`: some that came before them, and after the cursor that was asked with, are kept no more.
    Who followed the events reads the clusters instead, and goes on from here."""

    def __init__(self, events: Iterable[Emitted] = (), lost: bool = False) -> None:
        super().__init__(events)
        self.lost = lost
