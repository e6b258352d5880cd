"""What a document says of how often it wants to be asked: RSS ttl, skipHours, skipDays and sy:updatePeriod.

Read from the bytes and not by the parser, which keeps only the last of several hours. Values out of range count as
absent.
"""

from __future__ import annotations

import re

from dedup.nouns.schedule import Pace

_LOOK_BYTES = 2_048
"""How long a list of hours may be."""
_TTL = re.compile(rb"<ttl[^>]{0,99}>\s*(\d{1,7})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(rb"<sy:updatePeriod[^>]{0,200}>\s*(hourly|daily|weekly|monthly|yearly)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<sy:updateFrequency[^>]{0,200}>\s*(\d{1,6})\s*<", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*([A-Za-z]+)\s*</day>", re.IGNORECASE)

_PERIOD_S = {
    b"hourly": 3_600,
    b"daily": 86_400,
    b"weekly": 7 * 86_400,
    b"monthly": 30 * 86_400,
    b"yearly": 365 * 86_400,
}
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")


def pace_of(body: bytes) -> Pace:
    """The pace that an RSS or Atom document asks for."""
    hours = {int(hour) % 24 for hour in _HOUR.findall(_inside(body, b"skipHours")) if int(hour) <= 24}
    days = {_DAYS.index(day.lower()) for day in _DAY.findall(_inside(body, b"skipDays")) if day.lower() in _DAYS}
    asked = [every for every in (_ttl_s(body), _period_s(body)) if every]
    return Pace(max(asked, default=None), frozenset(hours), frozenset(days))


def _ttl_s(body: bytes) -> int | None:
    found = _TTL.search(body)
    return 60 * int(found[1]) if found else None


def _period_s(body: bytes) -> int | None:
    period = _PERIOD.search(body)
    if not period:
        return None
    frequency = _FREQUENCY.search(body)
    return _PERIOD_S[period[1].lower()] // max(1, int(frequency[1]) if frequency else 1)


def _inside(body: bytes, name: bytes) -> bytes:
    """What stands in an element, as far as we care to look; of the first of that name."""
    start = body.find(b"<" + name + b">")
    if start < 0:
        return b""
    end = body.find(b"</" + name, start, start + _LOOK_BYTES)
    return body[start : end if end >= 0 else start + _LOOK_BYTES]
