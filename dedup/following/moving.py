"""Feeds that say that they have moved for good (301, 308): believed after days, and never into the dark."""

from __future__ import annotations

from urllib.parse import urlsplit

from dedup.following.addresses import closed
from dedup.nouns.schedule import FeedState, Moving

DAY_S = 86_400
DAYS_TO_BELIEVE = 3
"""Days on which a move must be announced, and nothing else: a hotel's login page or a mistake does not last so long."""

_INWARD = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet")


def announced(state: FeedState, permanent_url: str | None, now: int) -> Moving | None:
    """What is known of a move after a successful poll that ended at `permanent_url` (None: no permanent redirect)."""
    if not permanent_url or not believable(state.address, permanent_url):
        return None
    today = now // DAY_S
    before = state.moving
    if before is None or before.url != permanent_url:
        return Moving(permanent_url, 1, today)
    return before if before.day == today else Moving(permanent_url, before.days + 1, today)


def is_settled(moving: Moving | None) -> bool:
    """Whether the move has been announced long enough to be believed."""
    return moving is not None and moving.days >= DAYS_TO_BELIEVE


def believable(old: str, new: str) -> bool:
    """Whether a feed may move from one URL to the other: not from the Internet into an intranet, not out of TLS."""
    if old.lower().startswith("https:") and not new.lower().startswith("https:"):
        return False
    return not leads_inward(old, new)


def leads_inward(here: str, there: str) -> bool:
    """Whether a link from one URL to the other leads from the Internet into an intranet, by the names of the hosts."""
    try:
        before, after = urlsplit(here).hostname or "", urlsplit(there).hostname or ""
    except ValueError:
        return True
    return _is_inward(after) and not _is_inward(before)


def _is_inward(host: str) -> bool:
    """Whether a host, by its name alone, is none of the public Internet."""
    if "." not in host and ":" not in host:
        return True
    literal = ":" in host or host.replace(".", "").isdigit()
    return closed(host) is not None if literal else host.endswith(_INWARD)
