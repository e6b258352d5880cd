"""WebSub, the pure part (www.w3.org/TR/websub): what to ask a hub, and what to believe of what comes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace

from dedup.nouns.subscription import Subscription

DAY_S = 86_400
LEASE_S = 10 * DAY_S
"""What we ask for; hubs give what they like."""
_SHORTEST_LEASE_S = 300
_LONGEST_LEASE_S = 90 * DAY_S
_ASK_AGAIN_S = DAY_S
"""A hub that has not confirmed is asked again once a day; meanwhile, and always, the feed is polled."""
_METHODS = ("sha1", "sha256", "sha384", "sha512")


def is_due(subscription: Subscription, now: int) -> bool:
    """Whether to ask the hub (again): when the last third of the lease has begun, or a day after an answer failed."""
    if subscription.confirmed_until <= subscription.asked:  # no lease was in force when we last asked, or since
        return now - subscription.asked >= _ASK_AGAIN_S
    if now - subscription.asked < min(_ASK_AGAIN_S, max(_SHORTEST_LEASE_S, _lease_s(subscription) // 3)):
        return False
    return subscription.confirmed_until - now < _lease_s(subscription) / 3


def question(subscription: Subscription, callback: str) -> dict[str, str]:
    """The form that asks a hub for a subscription."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": callback,
        "hub.secret": subscription.secret,
        "hub.lease_seconds": str(LEASE_S),
    }


def confirmed(subscription: Subscription, query: Mapping[str, str], now: int) -> Subscription | None:
    """The subscription after a hub's question whether we meant it (`query`); None if we did not."""
    if query.get("hub.topic") != subscription.topic:
        return None
    if query.get("hub.mode") == "denied":
        return replace(subscription, confirmed_until=0)
    if query.get("hub.mode") != "subscribe" or not subscription.asked:
        return None
    lease = query.get("hub.lease_seconds", "")
    lease_s = int(lease) if lease.isascii() and lease.isdigit() and len(lease) < 12 else LEASE_S
    return replace(subscription, confirmed_until=now + min(max(lease_s, _SHORTEST_LEASE_S), _LONGEST_LEASE_S))


def is_signed(subscription: Subscription, body: bytes, signature: str) -> bool:
    """Whether `X-Hub-Signature` is that of the body, made with our secret."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    wanted = hmac.new(subscription.secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode())


def _lease_s(subscription: Subscription) -> int:
    """The length of the lease in force, as far as we know."""
    return max(_SHORTEST_LEASE_S, min(LEASE_S, subscription.confirmed_until - subscription.asked))
