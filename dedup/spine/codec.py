"""The one serializer: nouns to bytes and back. What is written here is read months later, so everything is versioned.

Fingerprints and records are packed (little-endian, fixed places for what scripts look at); what people may look at
with a Redis client is JSON. Nothing here runs code that it reads.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from dedup.matching.deck import ABSENT, Deck, ViewColumns
from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.evidence import Relation
from dedup.nouns.fingerprint import Facts, Fingerprint, Sketch
from dedup.nouns.record import Placement, Record, Shelf, Submission
from dedup.reading.identity import ref_of
from dedup.sketching.facts import KEPT
from dedup.sketching.text import SCRIPT_NAMES
from dedup.sketching.views import VIEWS

VERSION = 2
REF_BYTES = 6
RELATIONS: tuple[Relation | None, ...] = (None, *Relation)

TEXT_LEVEL = 4
"""Of zlib: on news 1 % more bytes than level 6 in 5/6 of the time; level 1 would take 7 to 14 % more bytes."""

_ARTICLE = tuple(field.name for field in fields(Article))
_EVENT = tuple(field.name for field in fields(Event))
_PLACEMENT = struct.Struct("<Q6s6sBH")
PLACEMENT_BYTES = _PLACEMENT.size
_CURSOR = struct.Struct(">6sH")
HEAD_BYTES = PLACEMENT_BYTES + _CURSOR.size
"""What stands before a record: its placement, and where in the stream of arrivals it is listed."""
UNPLACED = bytes(HEAD_BYTES)
_AGE = struct.Struct("<BHq")
_PRINT = struct.Struct("<QIBBB" + "".join(f"I{view.slots}s" for view in VIEWS))
_ORIGIN = struct.Struct("<qQQ")
FIXED_BYTES = _AGE.size + _PRINT.size + _ORIGIN.size
"""A record after its head: so many bytes that always stand in the same places, then facts (two bytes each) and id."""
_ROW = np.dtype(
    [
        *(("version", "u1"), ("versions", "<u2"), ("updated", "<i8")),
        *(("exact", "<u8"), ("length", "<u4"), ("script", "u1"), ("numbers", "u1"), ("names", "u1")),
        *(
            column
            for view in VIEWS
            for column in ((f"{view.name} size", "<u4"), (f"{view.name} signature", "u1", view.slots))
        ),
        *(("published", "<i8"), ("origin", "<u8"), ("address", "<u8")),
    ]
)
"""The same for numpy."""
_EMPTY = Sketch(0, b"")


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
    """The beginning of an article's record: 23 bytes, the ticket first."""
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


def pack_cursor(cursor: str) -> bytes:
    """The id of an entry of a stream (milliseconds-number) in eight bytes."""
    milliseconds, number = map(int, cursor.split("-"))
    return _CURSOR.pack(milliseconds.to_bytes(6, "big"), min(number, 0xFFFF))


def held_cursor(data: bytes) -> bytes:
    """The packed cursor in the head of a record; zeros while it is not listed."""
    return data[PLACEMENT_BYTES:HEAD_BYTES]


def pack_record(record: Record) -> bytes:
    """A record without its head: what scripts look at (version, number of versions, age) stands first."""
    facts = record.fingerprint.facts
    return b"".join(
        (
            _AGE.pack(VERSION, record.versions, record.updated),
            _pack_print(record.fingerprint),
            _ORIGIN.pack(record.published, record.origin, record.address),
            _pack_facts(facts),
            record.id.encode(),
        )
    )


def unpack_record(data: bytes) -> Record:
    """The record after the head of `data`; raises ValueError for a version that we do not know."""
    version, versions, updated = _AGE.unpack_from(data, HEAD_BYTES)
    if version != VERSION:
        raise ValueError(f"a record of version {version}; this is dedup with version {VERSION}")
    published, origin, address = _ORIGIN.unpack_from(data, HEAD_BYTES + _AGE.size + _PRINT.size)
    start = HEAD_BYTES + FIXED_BYTES
    fingerprint, end = _unpack_print(data, HEAD_BYTES + _AGE.size, start)
    article_id = data[end:].decode()
    return Record(
        ref=ref_of(article_id),
        id=article_id,
        published=published,
        updated=updated,
        origin=origin,
        address=address,
        fingerprint=fingerprint,
        versions=versions,
    )


def unpack_deck(held: Sequence[bytes]) -> Deck:
    """What `deck` makes of the records, from their bytes (heads included), a column at a time."""
    start, end = HEAD_BYTES, HEAD_BYTES + FIXED_BYTES
    rows = np.frombuffer(b"".join(data[start:end] for data in held), _ROW)
    if (rows["version"] != VERSION).any():
        raise ValueError(f"a record of another version; this is dedup with version {VERSION}")
    counts = np.stack([rows["numbers"], rows["names"]], axis=1)
    sizes = (2 * counts.sum(axis=1)).tolist()
    flat = np.frombuffer(b"".join(data[end : end + size] for data, size in zip(held, sizes, strict=True)), "<u2")
    facts = np.full((len(held), 2, KEPT), ABSENT, np.uint16)
    facts[np.arange(KEPT) < counts[:, :, None]] = flat
    return Deck(
        views=tuple(
            ViewColumns(rows[f"{view.name} size"].astype(np.float64), rows[f"{view.name} signature"]) for view in VIEWS
        ),
        numbers=facts[:, 0],
        names=facts[:, 1],
        lengths=np.maximum(1, rows["length"]).astype(np.float64),
        exact=rows["exact"].astype(np.uint64),
        origins=rows["origin"].astype(np.uint64),
        addresses=rows["address"].astype(np.uint64),
        published=rows["published"].astype(np.float64),
    )


def pack_fingerprint(found: Fingerprint) -> bytes:
    """A fingerprint without its band keys."""
    return _pack_print(found) + _pack_facts(found.facts)


def unpack_fingerprint(data: bytes) -> Fingerprint:
    """The fingerprint in `data`, without band keys."""
    return _unpack_print(data, 0, _PRINT.size)[0]


def _pack_print(found: Fingerprint) -> bytes:
    sketches = [found.sketches.get(view.name, _EMPTY) for view in VIEWS]
    columns = (column for sketch in sketches for column in (sketch.size, sketch.signature))
    script = SCRIPT_NAMES.index(found.script)
    return _PRINT.pack(found.exact, found.length, script, len(found.facts.numbers), len(found.facts.names), *columns)


def _pack_facts(facts: Facts) -> bytes:
    return struct.pack(f"<{len(facts.numbers) + len(facts.names)}H", *facts.numbers, *facts.names)


def _unpack_print(data: bytes, start: int, facts_start: int) -> tuple[Fingerprint, int]:
    """The fingerprint whose fixed part begins at `start`, its facts at `facts_start`; and where these end."""
    exact, length, script, number_count, name_count, *columns = _PRINT.unpack_from(data, start)
    facts = struct.unpack_from(f"<{number_count + name_count}H", data, facts_start)
    sketches = {
        view.name: Sketch(size, signature) if size else _EMPTY
        for view, size, signature in zip(VIEWS, columns[::2], columns[1::2], strict=True)
    }
    kept = Facts(facts[:number_count], facts[number_count:])
    return Fingerprint(exact, length, SCRIPT_NAMES[script], sketches, kept), facts_start + 2 * len(facts)


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
    return _json(_event_fields(event))


def unpack_event(data: bytes) -> Event:
    """The event in `data`."""
    return _event(json.loads(data))


def pack_pending(shelf: Shelf) -> bytes:
    """The events of a shelf that may not have been published; empty if there are none."""
    return _json(list(map(_event_fields, shelf.pending))) if shelf.pending else b""


def unpack_pending(data: bytes | None) -> tuple[Event, ...]:
    """The events that `pack_pending` packed."""
    return tuple(map(_event, json.loads(data))) if data else ()


def _event_fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in _EVENT}


def _event(found: dict[str, object]) -> Event:
    kind, articles = EventKind(str(found.pop("kind"))), found.pop("articles")
    return Event(kind=kind, articles=tuple(articles), **found)  # type: ignore[arg-type]  # JSON of our own making


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
