"""Articles that somebody hands to us, as JSON Lines, over HTTP or from Python: one JSON object to one Entry.

The fields: `text` (required; plain or HTML), `id`, `url`, `source`, `title`, `lang`, `published` and `updated`
(ISO 8601, or seconds since 1970). A field that is null counts as absent; fields that we do not know are ignored,
because archives carry many.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from dedup.nouns.errors import InputError
from dedup.nouns.feed import Entry

MAX_ID_CHARS = 512
YEAR_1_S = -62_135_596_800
YEAR_9999_S = 253_402_300_799
MILLISECONDS_FROM = 100_000_000_000
"""JavaScript counts milliseconds. As seconds this figure lies in the year 5138; as milliseconds in March 1973."""


def entry_from_line(line: bytes | str, where: str, seen: int) -> Entry:
    """The entry that a line of JSON Lines holds; raises InputError, which says `where`."""
    return entry_from_mapping(json_object(line, where), where, seen)


def json_object(text: bytes | str, where: str) -> Mapping[str, object]:
    """One JSON object; raises InputError for anything else."""
    value = json_value(text, where)
    if not isinstance(value, Mapping):
        raise InputError(where, f"expected a JSON object, got {_kind(value)}")
    return value


def json_value(text: bytes | str, where: str) -> object:
    """Any JSON value; raises InputError if the text is not JSON in UTF-8."""
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise InputError(where, f"not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise InputError(where, "not JSON that we read: nested too deeply") from error
    except ValueError as error:  # JSONDecodeError, or a number of thousands of digits
        raise InputError(where, f"not JSON: {error}") from error


def entry_from_mapping(fields: Mapping[str, object], where: str, seen: int) -> Entry:
    """The entry that these fields describe, first seen at `seen`; raises InputError, which names the field."""
    if fields.get("text") is None:
        raise InputError(where, "text: missing")
    return Entry(
        source=_text(fields, "source", where).strip(),
        id=_id(fields, where),
        url=_text(fields, "url", where).strip() or None,
        title=_text(fields, "title", where),
        content=_text(fields, "text", where),
        lang=_text(fields, "lang", where).strip() or None,
        published=_time(fields, "published", where),
        updated=_time(fields, "updated", where),
        seen=seen,
    )


def _text(fields: Mapping[str, object], name: str, where: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(where, f"{name}: expected a string, got {_kind(value)}")
    # "\ud800" alone is valid JSON and no character: it could never be written to Redis or printed.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _id(fields: Mapping[str, object], where: str) -> str | None:
    value = fields.get("id")
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(where, f"id: expected a string, got {_kind(value)}")
    if not 1 <= len(value) <= MAX_ID_CHARS:
        raise InputError(where, f"id: expected 1 to {MAX_ID_CHARS} characters, got {len(value)}")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise InputError(where, "id: control characters are not allowed")
    return value


def _time(fields: Mapping[str, object], name: str, where: str) -> int | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = _moment(value, name, where)
    if isinstance(value, datetime):
        seconds = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    elif isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise InputError(where, f"{name}: expected an ISO 8601 date or seconds since 1970, got {_kind(value)}")
    else:
        value = min(max(value, 1000 * YEAR_1_S), 1000 * YEAR_9999_S)  # an integer may be too large to be divided
        seconds = value / 1000 if abs(value) >= MILLISECONDS_FROM else value
    return int(min(max(seconds, YEAR_1_S), YEAR_9999_S))


def _is_finite(value: float) -> bool:
    """Every integer is, however long: one of 310 digits is no float, so that `isfinite` would raise OverflowError."""
    return isinstance(value, int) or math.isfinite(value)


def _moment(text: str, name: str, where: str) -> datetime:
    """A date without a time is its midnight, one without a zone is UTC."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(where, f"{name}: expected an ISO 8601 date, got {text[:40]!r}") from error


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
    return type(value).__name__
