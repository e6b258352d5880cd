"""The two HTTP headers that say when to come back, read with distrust: junk is as good as nothing."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?=,|$)', re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def retry_after_s(value: str | None, now: float) -> int | None:
    """Seconds to wait, from either form of Retry-After (a number, or an HTTP date); None: the server did not say.

    A date in the past is a wait of 0.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return int(value)
    try:
        return max(0, int(parsedate_to_datetime(value).timestamp() - now))
    except (ValueError, OverflowError, OSError):
        return None


def fresh_for_s(cache_control: str | None, expires: str | None, date: str | None, now: float) -> int | None:
    """How long the server wants its answer to be kept: max-age, else Expires as seen from Date; None: it did not say.

    An Expires in the past, or the usual `0`, is 0: come when you like.
    """
    age = max_age_s(cache_control)
    if age is not None or expires is None:
        return age
    try:
        ends = parsedate_to_datetime(expires.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0
    return max(0, int(ends - (seconds_of(date) or now)))


def seconds_of(date: str | None) -> float | None:
    """An HTTP date in seconds since 1970; None if it is none. A server's dates are best compared with its own clock."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError, OSError):
        return None


def max_age_s(cache_control: str | None) -> int | None:
    """The `max-age` of a Cache-Control header; None if it names none, or one that is no whole number."""
    found = _MAX_AGE.search(cache_control or "")
    return int(found[1]) if found else None
