"""When a hub is asked, and asked again."""

from __future__ import annotations

from dataclasses import replace

from dedup.following.websub import DAY_S, LEASE_S, confirmed, is_due
from dedup.nouns.subscription import Subscription

NOW = 1_750_000_000
NEW = Subscription("https://h.example/feed", "https://hub.example/", "https://h.example/feed", "token", "secret")
MEANT = {"hub.mode": "subscribe", "hub.topic": NEW.topic, "hub.lease_seconds": str(LEASE_S)}
POLL_S = 900


def asked_at(known: Subscription, days: int) -> list[int]:
    """When a hub that never answers is asked, by a feed that is polled every quarter of an hour."""
    asked = []
    for now in range(NOW, NOW + days * DAY_S, POLL_S):
        if is_due(known, now):
            known = replace(known, asked=now)
            asked.append(now)
    return asked


def test_a_hub_that_never_answers_is_asked_at_once_and_then_once_a_day() -> None:
    assert asked_at(NEW, 4) == [NOW + day * DAY_S for day in range(4)]


def test_a_hub_that_denies_is_asked_again_after_a_day() -> None:
    denied = confirmed(replace(NEW, asked=NOW), {"hub.mode": "denied", "hub.topic": NEW.topic}, NOW + 1)
    assert denied is not None
    assert asked_at(denied, 3) == [NOW + DAY_S, NOW + 2 * DAY_S]


def test_a_lease_that_ran_out_unanswered_is_asked_for_once_a_day() -> None:
    assert len(asked_at(replace(NEW, asked=NOW - LEASE_S, confirmed_until=NOW - 1), 4)) == 4


def test_a_lease_is_renewed_when_its_last_third_has_begun() -> None:
    leased = confirmed(replace(NEW, asked=NOW), MEANT, NOW)
    assert leased is not None
    assert not is_due(leased, NOW + LEASE_S // 2)
    assert is_due(leased, NOW + LEASE_S - LEASE_S // 4)
