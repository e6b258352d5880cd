"""The site that a feed's URL names: its host and port, as the feed books compare them."""

from __future__ import annotations

import re

_SITE = re.compile(r"[^:]*://([^/?#]*)")


def site_of(url: str) -> str:
    """Host and port in small letters, without a user; the same as feeds_claim.lua finds. Empty: no such URL."""
    found = _SITE.match(url)
    return found[1].rpartition("@")[2].lower() if found else ""
