"""Archives in bytes: bookmarks as they are stored, and parts and what was made of them as processes hand them over.

A bookmark is JSON. An intake is lengths and items in a row; nothing here runs code that it reads.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict

from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Bookmark, Failure, Intake, Part, Place
from dedup.nouns.record import Tally
from dedup.spine.codec import pack_submission, unpack_submission

_COUNTS = struct.Struct("<III")
_LENGTH = struct.Struct("<I")


def pack_bookmark(bookmark: Bookmark) -> bytes:
    """A bookmark as JSON."""
    return _json(asdict(bookmark))


def unpack_bookmark(data: bytes) -> Bookmark:
    """The bookmark in `data`."""
    read = json.loads(data)
    return Bookmark(read["run"], read["parts"], Place(**read["place"]), Tally(**read["tally"]))


def pack_part(part: Part) -> tuple[bytes, bytes]:
    """What a process must know of a part to read it: its order in JSON, and its lines."""
    order = {"archive": part.archive, "first_line": part.first_line, "seen": part.seen, "error": part.error}
    return _json(order), part.body


def unpack_part(order: bytes, body: bytes) -> Part:
    """The part that `pack_part` packed, without its place in the archive."""
    return Part(**json.loads(order), body=body, end=Place(), passed_bytes=0)


def pack_intake(intake: Intake) -> bytes:
    """What became of some articles."""
    items = [
        *map(pack_submission, intake.submissions),
        *(_json([one.reason, one.detail, one.name]) for one in intake.skipped),
        *(_json([one.name, one.error]) for one in intake.failures),
    ]
    counts = _COUNTS.pack(len(intake.submissions), len(intake.skipped), len(intake.failures))
    return counts + b"".join(_LENGTH.pack(len(item)) + item for item in items)


def unpack_intake(data: bytes) -> Intake:
    """The intake in `data`; raises ValueError if there is none."""
    items = _items(data)
    try:
        submitted, skipped, failed = _COUNTS.unpack_from(data)
        return Intake(
            tuple(unpack_submission(next(items)) for _ in range(submitted)),
            tuple(Skipped(*json.loads(next(items))) for _ in range(skipped)),
            tuple(Failure(*json.loads(next(items))) for _ in range(failed)),
        )
    except (struct.error, RuntimeError, StopIteration, TypeError) as error:
        raise ValueError(f"not what became of articles: {error!r}") from error


def _items(data: bytes) -> Iterator[bytes]:
    place = _COUNTS.size
    while place < len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        yield data[place : place + length]
        place += length


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
