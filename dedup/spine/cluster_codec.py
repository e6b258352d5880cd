"""Clusters and events to bytes and back, as JSON: people look at them with a Redis client."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TypeAlias, cast

from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Shelf

_EVENT = tuple(field.name for field in fields(Event))
_SHELF = struct.Struct("<QIQq")
Row: TypeAlias = str | list[str | float | None]


def pack_cluster(cluster: Cluster) -> bytes:
    """A cluster as a JSON list: its id, version, what it was replaced by, and its members; an id that a member has is
    given as that member's place among them."""
    places = {member.id: place for place, member in enumerate(cluster.members)}
    rows = (_row(member, places) for member in cluster.members)
    return _json([places.get(cluster.id, cluster.id), cluster.version, cluster.replaced_by, *rows])


def unpack_cluster(data: bytes) -> Cluster:
    """The cluster in `data`."""
    name, version, replaced_by, *rows = json.loads(data)
    ids = [row if isinstance(row, str) else row[0] for row in rows]
    members = (Member(row) if isinstance(row, str) else _member(row, ids) for row in rows)
    return Cluster(_id(name, ids), tuple(members), version, replaced_by)


def _row(member: Member, places: Mapping[str, int]) -> Row:
    """A member that matched nobody is its id, another a list."""
    if member == Member(member.id):
        return member.id
    via = member.via if member.via is None else places.get(member.via, member.via)
    return [member.id, member.relation, member.score, via]


def _member(row: Sequence[str | float | None], ids: Sequence[str]) -> Member:
    article_id, relation, score, via = row
    named = None if relation is None else Relation(str(relation))
    return Member(str(article_id), named, cast("float | None", score), None if via is None else _id(via, ids))


def _id(name: str | float, ids: Sequence[str]) -> str:
    return name if isinstance(name, str) else ids[int(name)]


def pack_event(event: Event) -> bytes:
    """An event as JSON."""
    return _json(_event_fields(event))


def unpack_event(data: bytes) -> Event:
    """The event in `data`."""
    return _event(json.loads(data))


def pack_shelf(shelf: Shelf) -> bytes:
    """A shelf: ticket (8 bytes), length of the cluster (4), ticket and time of the last renewal (8 each), all low byte
    first; then the cluster, and its pending events."""
    cluster = pack_cluster(shelf.cluster)
    pending = _json(list(map(_event_fields, shelf.pending))) if shelf.pending else b""
    return _SHELF.pack(shelf.ticket, len(cluster), shelf.renewed, shelf.renewed_at) + cluster + pending


def unpack_shelf(ref: int, data: bytes) -> Shelf:
    """The shelf of `ref` in `data`."""
    ticket, size, renewed, renewed_at = _SHELF.unpack_from(data)
    pending = data[_SHELF.size + size :]
    events = tuple(map(_event, json.loads(pending))) if pending else ()
    return Shelf(ref, ticket, cluster_on(data), events, renewed, renewed_at)


def cluster_on(data: bytes) -> Cluster:
    """The cluster on the shelf in `data`."""
    return unpack_cluster(data[_SHELF.size : _SHELF.size + _SHELF.unpack_from(data)[1]])


def _event_fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in _EVENT}


def _event(found: dict[str, object]) -> Event:
    kind, articles = EventKind(str(found.pop("kind"))), found.pop("articles")
    return Event(kind=kind, articles=tuple(articles), **found)  # type: ignore[arg-type]  # JSON of our own making


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
