"""How often a feed publishes, told from the dates of its entries."""

from __future__ import annotations

from collections.abc import Iterable

_LATEST = 20
"""Entries that are looked at: what a feed did long ago says little of what it will do."""
_FEWEST = 3
_AHEAD_S = 3_600


def gap_s(published: Iterable[int | None], now: int) -> int:
    """The mean time between two of the latest entries; 0 if too few have a date that can be true."""
    dates = sorted((date for date in published if date is not None and 0 < date <= now + _AHEAD_S), reverse=True)
    latest = dates[:_LATEST]
    return (latest[0] - latest[-1]) // (len(latest) - 1) if len(latest) >= _FEWEST else 0
