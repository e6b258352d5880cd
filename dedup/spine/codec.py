"""The one serializer: nouns to bytes and back. What is written here is read months later, so everything is versioned.

Fingerprints and records are packed (little-endian, fixed places for what scripts look at); what people may look at
with a Redis client is JSON. Nothing here runs code that it reads.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict, fields

from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.evidence import Relation
from dedup.nouns.fingerprint import Facts, Fingerprint, Sketch
from dedup.nouns.record import Placement, Record, Shelf, Submission
from dedup.sketching.text import SCRIPT_NAMES
from dedup.sketching.views import VIEWS

VERSION = 1
REF_BYTES = 6
RELATIONS: tuple[Relation | None, ...] = (None, *Relation)

TEXT_LEVEL = 4
"""Of zlib: on news 1 % more bytes than level 6 in 5/6 of the time; level 1 would take 7 to 14 % more bytes."""

_ARTICLE = tuple(field.name for field in fields(Article))
_PLACEMENT = struct.Struct("<Q6s6sBH")
PLACEMENT_BYTES = _PLACEMENT.size
UNPLACED = bytes(PLACEMENT_BYTES)
_RECORD = struct.Struct("<BHqQ6sqQQH")
_PRINT = struct.Struct("<QIBBB")
_SIZE = struct.Struct("<I")


def pack_ref(ref: int) -> bytes:
    """Six bytes, the highest first: scripts compare refs as bytes."""
    return ref.to_bytes(REF_BYTES, "big")


def unpack_ref(data: bytes) -> int:
    """The ref in six bytes."""
    return int.from_bytes(data, "big")


def unpack_refs(data: bytes) -> list[int]:
    """The refs in a row of six bytes each."""
    return [unpack_ref(data[start : start + REF_BYTES]) for start in range(0, len(data), REF_BYTES)]


def pack_placement(placement: Placement) -> bytes:
    """The head of an article's record: 23 bytes, the ticket first."""
    via = b"\xff" * REF_BYTES if placement.via is None else pack_ref(placement.via)
    score = 0 if placement.score is None else round(placement.score * 1000)
    relation = RELATIONS.index(placement.relation)
    return _PLACEMENT.pack(placement.ticket, pack_ref(placement.cluster), via, relation, score)


def unpack_placement(data: bytes) -> Placement | None:
    """The placement at the head of a record; None while the article has not been placed."""
    ticket, cluster, via, relation, score = _PLACEMENT.unpack_from(data)
    if ticket == 0:
        return None
    named = RELATIONS[relation]
    if named is None:
        return Placement(ticket, unpack_ref(cluster))
    return Placement(ticket, unpack_ref(cluster), named, score / 1000, unpack_ref(via))


def pack_record(record: Record) -> bytes:
    """A record without its head: what scripts look at (version, number of versions, age) stands first."""
    head = _RECORD.pack(
        VERSION,
        record.versions,
        record.updated,
        record.fingerprint.exact,
        pack_ref(record.ref),
        record.published,
        record.origin,
        record.address,
        len(name := record.id.encode()),
    )
    return head + name + pack_fingerprint(record.fingerprint)


def unpack_record(data: bytes) -> Record:
    """The record after the head of `data`; raises ValueError for a version that we do not know."""
    version, versions, updated, _, ref, published, origin, address, length = _RECORD.unpack_from(data, PLACEMENT_BYTES)
    if version != VERSION:
        raise ValueError(f"a record of version {version}; this is dedup with version {VERSION}")
    start = PLACEMENT_BYTES + _RECORD.size
    return Record(
        ref=unpack_ref(ref),
        id=data[start : start + length].decode(),
        published=published,
        updated=updated,
        origin=origin,
        address=address,
        fingerprint=unpack_fingerprint(data[start + length :]),
        versions=versions,
    )


def pack_fingerprint(found: Fingerprint) -> bytes:
    """A fingerprint without its band keys."""
    numbers, names = found.facts.numbers, found.facts.names
    parts = [_PRINT.pack(found.exact, found.length, SCRIPT_NAMES.index(found.script), len(numbers), len(names))]
    parts.append(struct.pack(f"<{len(numbers) + len(names)}H", *numbers, *names))
    for view in VIEWS:
        sketch = found.sketches.get(view.name, _EMPTY)
        parts += (_SIZE.pack(sketch.size), sketch.signature)
    return b"".join(parts)


def unpack_fingerprint(data: bytes) -> Fingerprint:
    """The fingerprint in `data`, without band keys."""
    exact, length, script, number_count, name_count = _PRINT.unpack_from(data)
    place = _PRINT.size + 2 * (number_count + name_count)
    facts = struct.unpack_from(f"<{number_count + name_count}H", data, _PRINT.size)
    sketches: dict[str, Sketch] = {}
    for view in VIEWS:
        (size,) = _SIZE.unpack_from(data, place)
        place += _SIZE.size
        slots = view.slots if size else 0
        sketches[view.name] = Sketch(size, data[place : place + slots])
        place += slots
    return Fingerprint(exact, length, SCRIPT_NAMES[script], sketches, Facts(facts[:number_count], facts[number_count:]))


def pack_submission(submission: Submission) -> bytes:
    """An item of the inbox: article, fingerprint and band keys."""
    article = pack_article(submission.article)
    found = pack_fingerprint(submission.fingerprint)
    sketches = submission.fingerprint.sketches
    bands = [sketches.get(view.name, _EMPTY).bands for view in VIEWS]
    counts = struct.pack(f"<BII{len(VIEWS)}H", VERSION, len(article), len(found), *map(len, bands))
    keys = [key for row in bands for key in row]
    return counts + article + found + struct.pack(f"<{len(keys)}Q", *keys)


def unpack_submission(data: bytes) -> Submission:
    """The submission in `data`; raises ValueError for a version that we do not know."""
    counts = struct.Struct(f"<BII{len(VIEWS)}H")
    version, article_size, print_size, *bands = counts.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"an inbox item of version {version}; this is dedup with version {VERSION}")
    start = counts.size + article_size
    found = unpack_fingerprint(data[start : start + print_size])
    keys = iter(struct.unpack_from(f"<{sum(bands)}Q", data, start + print_size))
    sketches = {
        view.name: Sketch(sketch.size, sketch.signature, tuple(next(keys) for _ in range(count)))
        for (view, count) in zip(VIEWS, bands, strict=True)
        for sketch in (found.sketches[view.name],)
    }
    fingerprint = Fingerprint(found.exact, found.length, found.script, sketches, found.facts)
    return Submission(unpack_article(data[counts.size : start]), fingerprint)


def pack_article(article: Article) -> bytes:
    """An article as compressed JSON."""
    return zlib.compress(_json({name: getattr(article, name) for name in _ARTICLE}), TEXT_LEVEL)


def unpack_article(data: bytes) -> Article:
    """The article in `data`."""
    found = json.loads(zlib.decompress(data))
    return Article(**{**found, "clock": Clock(found["clock"])})


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
    return _json(asdict(event))


def unpack_event(data: bytes) -> Event:
    """The event in `data`."""
    return _event(json.loads(data))


def pack_pending(shelf: Shelf) -> bytes:
    """The events of a shelf that may not have been published; empty if there are none."""
    return _json([asdict(event) for event in shelf.pending]) if shelf.pending else b""


def unpack_pending(data: bytes | None) -> tuple[Event, ...]:
    """The events that `pack_pending` packed."""
    return tuple(map(_event, json.loads(data))) if data else ()


def _event(found: dict[str, object]) -> Event:
    kind, articles = EventKind(str(found.pop("kind"))), found.pop("articles")
    return Event(kind=kind, articles=tuple(articles), **found)  # type: ignore[arg-type]  # JSON of our own making


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_EMPTY = Sketch(0, b"")
