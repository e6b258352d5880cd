"""Articles, fingerprints and records to bytes and back. What is written here is read months later: it is versioned.

Fingerprints and records are packed (little-endian, fixed places for what scripts look at); texts are JSON. Nothing here
runs code that it reads. Clusters and events are in cluster_codec.py.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from dedup.matching.deck import ABSENT, Deck
from dedup.nouns.article import Article, Clock
from dedup.nouns.evidence import Relation
from dedup.nouns.fingerprint import Facts, Fingerprint, Sketch
from dedup.nouns.record import Placement, Record, Submission
from dedup.reading.identity import REF_BITS, ref_of
from dedup.sketching.facts import KEPT
from dedup.sketching.text import SCRIPT_NAMES
from dedup.sketching.views import VIEWS

VERSION = 6
REF_BYTES = REF_BITS // 8
RELATIONS: tuple[Relation | None, ...] = (None, *Relation)

TEXT_LEVEL = 4
"""Of zlib: on news 1 % more bytes than level 6 in 5/6 of the time; level 1 would take 7 to 14 % more bytes."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ARTICLE = tuple(field.name for field in fields(Article))
_PLACEMENT = struct.Struct(f"<Q{REF_BYTES}s{REF_BYTES}sBHH")
PLACEMENT_BYTES = _PLACEMENT.size
_LEVEL_AT, _RELATION_BITS = 8 + 2 * REF_BYTES, 4
"""A byte of the placement holds the relation and, in its upper half, the level (place.lua, lift.lua, shelve.lua)."""
_REFS = struct.Struct(">I")
_CURSOR = struct.Struct(">6sH")
HEAD_BYTES = PLACEMENT_BYTES + _CURSOR.size
"""What stands before a record: its placement, and where in the stream of arrivals it is listed."""
UNPLACED = bytes(HEAD_BYTES)
NO_LINKS = bytes(1)
NEAR_MOST = 16
"""Links that stand at the end of a record, before their number, which is its last byte; further ones have a key of
their own (link.lua)."""
_AGE = struct.Struct("<BHq")
_PRINT = struct.Struct("<QHB3sBBB" + "H" * len(VIEWS))
_ORIGIN = struct.Struct("<qII")
FIXED_BYTES = _AGE.size + _PRINT.size + _ORIGIN.size
"""A record after its head: so many bytes that always stand in the same places, then facts (two bytes each), the
signatures of the views that have something to say, the id, and links."""
_ROW = np.dtype(
    [
        *(("version", "u1"), ("versions", "<u2"), ("updated", "<i8")),
        *(("exact", "<u8"), ("length", "<u2"), ("script", "u1"), ("language", "S3")),
        *(("numbers", "u1"), ("names", "u1"), ("figures", "u1")),
        *((f"{view.name} size", "<u2") for view in VIEWS),
        *(("published", "<i8"), ("origin", "<u4"), ("address", "<u4")),
    ]
)
"""The same for numpy."""
_SLOTS = [view.slots for view in VIEWS]
_EMPTY = Sketch(0, b"")


def pack_ref(ref: int) -> bytes:
    """Four bytes, the highest first: scripts compare refs as bytes."""
    return ref.to_bytes(REF_BYTES, "big")


def unpack_ref(data: bytes) -> int:
    """The ref in four bytes."""
    return int.from_bytes(data, "big")


def unpack_refs(data: bytes) -> list[int]:
    """The refs in a row of four bytes each."""
    return [ref for (ref,) in _REFS.iter_unpack(data)]


def pack_placement(placement: Placement) -> bytes:
    """The beginning of an article's record: 21 bytes, the ticket first."""
    via = b"\xff" * REF_BYTES if placement.via is None else pack_ref(placement.via)
    score = 0 if placement.score is None else round(placement.score * 1000)
    relation = placement.level << _RELATION_BITS | RELATIONS.index(placement.relation)
    return _PLACEMENT.pack(placement.ticket, pack_ref(placement.cluster), via, relation, score, placement.versions)


def unpack_placement(data: bytes) -> Placement | None:
    """The placement at the head of a record; None while the article has not been placed."""
    ticket, cluster, via, relation, score, versions = _PLACEMENT.unpack_from(data)
    if ticket == 0:
        return None
    level, number = divmod(relation, 1 << _RELATION_BITS)
    named = RELATIONS[number]
    if named is None:
        return Placement(ticket, unpack_ref(cluster), versions=versions, level=level)
    return Placement(ticket, unpack_ref(cluster), named, score / 1000, unpack_ref(via), versions, level)


def level_in(data: bytes) -> int:
    """The level of the article whose record this is."""
    return data[_LEVEL_AT] >> _RELATION_BITS


def near_links(data: bytes) -> list[int]:
    """The refs at the end of a record: those that its article is linked to, or the first NEAR_MOST of them."""
    return unpack_refs(data[-1 - REF_BYTES * data[-1] : -1])


def pack_cursor(cursor: str) -> bytes:
    """The id of an entry of a stream (milliseconds-number) in eight bytes."""
    milliseconds, number = map(int, cursor.split("-"))
    return _CURSOR.pack(milliseconds.to_bytes(6, "big"), min(number, 0xFFFF))


def cursor_ms(packed: bytes) -> int:
    """The milliseconds of a packed cursor."""
    return int.from_bytes(packed[:6], "big")


def held_cursor(data: bytes) -> bytes:
    """The packed cursor in the head of a record; zeros while it is not listed."""
    return data[PLACEMENT_BYTES:HEAD_BYTES]


def pack_record(record: Record) -> bytes:
    """A record without its head, and without links: what scripts look at (version, number of versions, age) stands
    first."""
    return b"".join(
        (
            _AGE.pack(VERSION, record.versions, record.updated),
            _pack_print(record.fingerprint),
            _ORIGIN.pack(record.published, record.origin, record.address),
            _pack_rest(record.fingerprint),
            record.id.encode(),
            NO_LINKS,
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
    article_id = data[end : -1 - REF_BYTES * data[-1]].decode()
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
    counts = np.stack([rows["numbers"], rows["names"], rows["figures"]], axis=1)
    facts_end = end + 2 * counts.sum(axis=1, dtype=np.intp)
    facts = np.full((len(held), 3, KEPT), ABSENT, np.uint16)
    starts = [end] * len(held)
    facts[np.arange(KEPT) < counts[:, :, None]] = np.frombuffer(_pieces(held, starts, facts_end.tolist()), "<u2")
    sizes = np.stack([rows[f"{view.name} size"] for view in VIEWS], axis=1)
    signed = np.repeat(sizes > 0, _SLOTS, axis=1)
    slots = np.zeros((len(held), sum(_SLOTS)), np.uint8)
    signed_end = (facts_end + signed.sum(axis=1)).tolist()
    slots[signed] = np.frombuffer(_pieces(held, facts_end.tolist(), signed_end), np.uint8)
    return Deck(
        sizes=sizes.astype(np.float64),
        signatures=slots,
        numbers=facts[:, 0],
        names=facts[:, 1],
        figures=facts[:, 2],
        languages=rows["language"],
        lengths=np.maximum(1, rows["length"]).astype(np.float64),
        exact=rows["exact"].astype(np.uint64),
        origins=rows["origin"].astype(np.uint64),
        addresses=rows["address"].astype(np.uint64),
        published=rows["published"].astype(np.float64),
    )


def _pieces(held: Sequence[bytes], starts: Sequence[int], ends: Sequence[int]) -> bytes:
    return b"".join(data[start:end] for data, start, end in zip(held, starts, ends, strict=True))


def pack_fingerprint(found: Fingerprint) -> bytes:
    """A fingerprint without its band keys."""
    return _pack_print(found) + _pack_rest(found)


def unpack_fingerprint(data: bytes) -> Fingerprint:
    """The fingerprint in `data`, without band keys."""
    return _unpack_print(data, 0, _PRINT.size)[0]


def _pack_print(found: Fingerprint) -> bytes:
    facts = found.facts
    return _PRINT.pack(
        found.exact,
        found.length,
        SCRIPT_NAMES.index(found.script),
        found.language.encode(),
        *(len(facts.numbers), len(facts.names), len(facts.figures)),
        *(found.sketches.get(view.name, _EMPTY).size for view in VIEWS),
    )


def _pack_rest(found: Fingerprint) -> bytes:
    kept = (*found.facts.numbers, *found.facts.names, *found.facts.figures)
    signatures = (found.sketches.get(view.name, _EMPTY).signature for view in VIEWS)
    return struct.pack(f"<{len(kept)}H", *kept) + b"".join(signatures)


def _unpack_print(data: bytes, start: int, facts_start: int) -> tuple[Fingerprint, int]:
    """The fingerprint whose fixed part begins at `start`, its facts at `facts_start`; and where it ends."""
    exact, length, script, language, *rest = _PRINT.unpack_from(data, start)
    numbers, names, figures, *sizes = rest
    facts = struct.unpack_from(f"<{numbers + names + figures}H", data, facts_start)
    end = facts_start + 2 * len(facts)
    sketches: dict[str, Sketch] = {}
    for view, size in zip(VIEWS, sizes, strict=True):
        sketches[view.name] = Sketch(size, data[end : end + view.slots]) if size else _EMPTY
        end += len(sketches[view.name].signature)
    kept = Facts(facts[:numbers], facts[numbers : numbers + names], facts[numbers + names :])
    spoken = language.rstrip(b"\0").decode()
    return Fingerprint(exact, length, SCRIPT_NAMES[script], sketches, kept, spoken), end


def pack_submission(submission: Submission) -> bytes:
    """An item of the inbox: article, fingerprint and band keys."""
    article = packed_article(submission)
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
    packed = data[counts.size : start]
    return Submission(unpack_article(packed), replace(found, sketches=sketches), packed)


def packed_article(submission: Submission) -> bytes:
    """The article of a submission as compressed JSON, which it may bring with it."""
    return submission.packed or pack_article(submission.article)


def pack_article(article: Article) -> bytes:
    """An article as compressed JSON."""
    found = {name: getattr(article, name) for name in _ARTICLE}
    return zlib.compress(_JSON.encode(found).encode(), TEXT_LEVEL)


def unpack_article(data: bytes) -> Article:
    """The article in `data`."""
    found = json.loads(zlib.decompress(data))
    return Article(**{**found, "clock": Clock(found["clock"])})
