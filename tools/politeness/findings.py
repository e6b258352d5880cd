"""What an owner of the sites would say of what he saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.politeness.sites import HOUR_S, MINUTE_S, SITES
from tools.politeness.watch import Watch

DAY_S = 86_400
SLACK_S = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    ok: bool
    found: str


def findings(watch: Watch, restarts: Sequence[int]) -> Iterator[Finding]:
    """What an owner of these sites would say of us."""
    every = watch.seen
    agents = {each.headers.get("User-Agent", "") for each in every}
    yield Finding("says who it is, and where to complain", all("(+https://" in one for one in agents), f"{agents}")
    packed = all("gzip" in each.headers.get("Accept-Encoding", "") for each in every)
    yield Finding("takes compressed answers", packed, str(every[0].headers.get("Accept-Encoding")))
    extra = {name for each in every for name in ("Cookie", "Referer") if name in each.headers}
    yield Finding("sends no cookies and no referrer", not extra, str(sorted(extra)))
    yield Finding("asks one host one question at a time", watch.most_in_flight <= 1, f"{watch.most_in_flight}")
    yield from _conditional(watch)
    yield from _waits(watch)
    for name, least_s in (("kept", 4 * HOUR_S), ("expires", 5 * HOUR_S), ("for-ever", DAY_S), ("ttl", 5 * HOUR_S),
                          ("daily", DAY_S), ("busy", 2 * HOUR_S), ("closed", 3 * HOUR_S)):  # fmt: skip
        waits = watch.waits(name) if name not in ("busy", "closed") else _after_refusal(watch, name)
        least = min(waits, default=0)
        yield Finding(f"{name}: waits as long as it is asked to", least >= least_s - SLACK_S, f"{least / HOUR_S:.2f} h")
    yield Finding("comes back to a cache that is kept for a year", len(watch.of("for-ever")) >= 2, "")
    night = [each for each in watch.of("night")[1:] if each.at // HOUR_S % 24 < 6]
    yield Finding("keeps the hours that a feed wants skipped", not night, f"{len(night)} requests")
    yield Finding("does not ask for what is gone", len(watch.of("gone")) == 1, f"{len(watch.of('gone'))} requests")
    for name in ("broken", "missing"):
        yield Finding(f"{name}: backs off", 2 <= len(watch.of(name)) <= 8, f"{len(watch.of(name))} requests")
    burst = max(sum(1 for each in every if at <= each.at < at + MINUTE_S) for at in restarts)
    yield Finding("no burst after a restart", burst <= len(SITES) // 4, f"{burst} requests in the minute after one")
    total = len(every) / (len(SITES) + 2) / 2
    yield Finding("is not a burden", total <= 30, f"{total:.1f} requests a feed and day")


def _conditional(watch: Watch) -> Iterator[Finding]:
    for name in ("quiet", "hourly", "dated", "flood"):
        asked = watch.of(name)
        again = [each for each in asked[1:] if {"If-None-Match", "If-Modified-Since"} & each.headers.keys()]
        yield Finding(f"{name}: returns validators", len(again) == len(asked) - 1, f"{len(again)} of {len(asked) - 1}")
    odd = {each.headers["If-None-Match"] for each in watch.of("hourly")[1:]}
    yield Finding("returns tags byte by byte", all(tag.startswith('W/"odd ') for tag in odd), next(iter(odd)))


def _waits(watch: Watch) -> Iterator[Finding]:
    for name, least_s in (("quiet", HOUR_S), ("hourly", HOUR_S), ("dated", HOUR_S), ("flood", 15 * MINUTE_S),
                          ("bare", HOUR_S), ("moved", HOUR_S)):  # fmt: skip
        waits = watch.waits(name)
        yield Finding(
            f"{name}: not too often", min(waits) >= least_s - SLACK_S, f"least wait {min(waits) / HOUR_S:.2f} h"
        )
    blind = len(watch.of("bare"))
    yield Finding("rarely asks a server that has no validators", blind <= 8, f"{blind} whole documents in 48 h")


def _after_refusal(watch: Watch, name: str) -> list[int]:
    """How long after a 429 or 503 the next request for anything of the site came."""
    asked = watch.of(name)
    return [b.at - a.at for a, b in pairwise(asked) if a.status in (429, 503)]
