"""A subscription to a WebSub hub: what we asked for, and whether the hub has confirmed it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is known of one. Times are seconds since 1970; 0: never. `token` is what is secret in the callback's URL."""

    feed: str
    """URL of the feed, as it is followed."""
    hub: str
    topic: str
    token: str
    secret: str
    """What the hub signs its deliveries with."""
    asked: int = 0
    """When we last asked the hub."""
    confirmed_until: int = 0
    """End of the lease that the hub has confirmed; until then deliveries may come."""
    delivered: int = 0
    """When something last came."""
