"""The sites: feeds that change seldom or often, with and without validators, busy, closed, gone, broken or moved."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from tools.politeness.watch import START, Reply, Site, Watch, date

MINUTE_S, HOUR_S = 60, 3_600


def document(number: int, head: str = "", entries: int = 10) -> bytes:
    """A feed whose newest entry is `number`."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>Report number {n} of the harbour</title>"
        f"<description>The ferry left the harbour {n} minutes late because of the tide.</description></item>"
        for n in range(number, number - entries, -1)
    )
    return f"<rss version='2.0'><channel><title>News</title>{head}{items}</channel></rss>".encode()


def changing(every_s: int, etag: str = '"{}"', head: str = "", entries: int = 10, **headers: str) -> Site:
    """A feed that changes now and then, with validators, gzipped, which answers 304 as RFC 9110 wants it."""

    def site(watch: Watch, now: int, asked: dict[str, str]) -> Reply:
        number = now // every_s
        tag, modified = etag.format(number), date(number * every_s)
        extra = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        validators = (*((("ETag", tag),) if etag else ()), ("Last-Modified", modified), *extra)
        match = asked.get("If-None-Match")
        if (match == tag) if match is not None and etag else asked.get("If-Modified-Since") == modified:
            return Reply(status=304, headers=validators)
        body = gzip.compress(document(number, head, entries))
        return Reply(body, headers=(*validators, ("Content-Encoding", "gzip")))

    return site


def bare(watch: Watch, now: int, asked: dict[str, str]) -> Reply:
    """A feed without validators, which never changes."""
    return Reply(document(1))


def busy(status: int, retry_after: Callable[[int], str], until: int) -> Site:
    """A feed that wants to be left in peace at first."""

    def site(watch: Watch, now: int, asked: dict[str, str]) -> Reply:
        if now < until:
            return Reply(status=status, headers=(("Retry-After", retry_after(now)),))
        return changing(6 * HOUR_S)(watch, now, asked)

    return site


def moved(watch: Watch, now: int, asked: dict[str, str]) -> Reply:
    return Reply(status=301, headers=(("Location", f"http://new-home.example:{watch.port}/feed"),))


SITES: dict[str, Site] = {
    "quiet": changing(12 * HOUR_S),
    "hourly": changing(HOUR_S, etag='W/"odd {}"" tag"'),
    "dated": changing(6 * HOUR_S, etag=""),
    "flood": changing(3 * MINUTE_S),
    "bare": bare,
    "kept": changing(HOUR_S, Cache_Control="max-age=14400"),
    "expires": lambda watch, now, asked: changing(HOUR_S, Expires=date(now + 5 * HOUR_S))(watch, now, asked),
    "for-ever": changing(HOUR_S, Cache_Control="max-age=31536000"),
    "ttl": changing(HOUR_S, head="<ttl>300</ttl>"),
    "night": changing(HOUR_S, head=f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(6))}</skipHours>"),
    "daily": changing(
        HOUR_S, head='<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod>'
    ),
    "busy": busy(429, lambda now: "7200", START + 3 * HOUR_S),
    "closed": busy(503, lambda now: date(now + 3 * HOUR_S), START + 5 * HOUR_S),
    "gone": lambda watch, now, asked: Reply(status=410),
    "broken": lambda watch, now, asked: Reply(status=500),
    "missing": lambda watch, now, asked: Reply(status=404),
    "moved": moved,
    "new-home": changing(12 * HOUR_S),
}
PATHS = {"busy": ("/feed", "/sport", "/local")}
