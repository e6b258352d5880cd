"""Clusters and events to bytes and back, as JSON: people look at them with a Redis client."""

from __future__ import annotations

import json
import struct
from dataclasses import fields

from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Shelf

_EVENT = tuple(field.name for field in fields(Event))
_SHELF = struct.Struct("<QIQq")


def pack_cluster(cluster: Cluster) -> bytes:
    """A cluster as JSON, a row a member."""
    rows = [[member.id, member.relation, member.score, member.via] for member in cluster.members]
    return _json({"id": cluster.id, "version": cluster.version, "replaced_by": cluster.replaced_by, "members": rows})


def unpack_cluster(data: bytes) -> Cluster:
    """The cluster in `data`."""
    found = json.loads(data)
    members = tuple(
        Member(article_id, None if relation is None else Relation(relation), score, via)
        for article_id, relation, score, via in found["members"]
    )
    return Cluster(found["id"], members, found["version"], found["replaced_by"])


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
