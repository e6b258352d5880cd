"""`make politeness`: how our poller looks from the other side. A local origin watches it for 48 hours and 20 restarts.

The checks are those that owners of sites care about, in the style of the public feed reader score
(rachelbythebay.com/fs/help): the requests are real, the clock is not. Names such as quiet.example lead to the origin.
"""

from __future__ import annotations

import gzip
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.guard import GuardedNetwork
from dedup.edges.parse import parse
from dedup.following.addresses import networks
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Stages
from dedup.nouns.feed import Feed
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
START = 1_750_032_000  # 2025-06-16 00:00 UTC, a Monday
SLACK_S = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as the origin saw it, and the status that it was answered with."""

    at: int
    site: str
    path: str
    headers: dict[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Site = Callable[["Watch", int, dict[str, str]], Reply]


@dataclass
class Watch:
    """The origin, its clock, and what it has seen."""

    port: int = 0
    now: int = START
    seen: list[Seen] = field(default_factory=list)
    in_flight: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, name: str) -> list[Seen]:
        return [each for each in self.seen if each.site == f"{name}.example"]

    def waits(self, name: str) -> list[int]:
        """Seconds between two requests, of each feed of a site."""
        by_path: dict[str, list[int]] = defaultdict(list)
        for each in self.of(name):
            by_path[each.path].append(each.at)
        return [b - a for times in by_path.values() for a, b in pairwise(times)]


def document(number: int, head: str = "", entries: int = 10) -> bytes:
    """A feed whose newest entry is `number`."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>Report number {n} of the harbour</title>"
        f"<description>The ferry left the harbour {n} minutes late because of the tide.</description></item>"
        for n in range(number, number - entries, -1)
    )
    return f"<rss version='2.0'><channel><title>News</title>{head}{items}</channel></rss>".encode()


def date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


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


@contextmanager
def watching() -> Iterator[Watch]:
    """The origin, on a free port of loopback."""
    watch = Watch()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site = self.headers["Host"].partition(":")[0]
            with watch.lock:
                watch.in_flight[site] += 1
                watch.most_in_flight = max(watch.most_in_flight, watch.in_flight[site])
            headers = dict(self.headers.items())
            reply = SITES[site.removesuffix(".example")](watch, watch.now, headers)
            with watch.lock:
                watch.seen.append(Seen(watch.now, site, self.path, headers, reply.status))
                watch.in_flight[site] -= 1
            self.send_response_only(reply.status)
            for name, value in (("Date", date(watch.now)), *reply.headers, ("Content-Length", str(len(reply.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        watch.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield watch
        server.shutdown()
        thread.join()


def simulate(watch: Watch, hours: int = 48, restarts: int = 20) -> list[int]:
    """Poll the sites for so long, with a new poller after each restart; when those were."""
    book = MemoryFeedBook()
    feeds = (
        Feed(f"http://{name}.example:{watch.port}{path}")
        for name in SITES
        if name != "new-home"
        for path in PATHS.get(name, ("/feed",))
    )
    book.follow(list(feeds))
    ends = watch.now + hours * HOUR_S
    moments = [watch.now + (n + 1) * hours * HOUR_S // (restarts + 1) for n in range(restarts)]
    for until in (*moments, ends):
        with Fetcher(FetchSettings(contact="https://dedup.example/bot"), _network()) as fetcher:
            stages = Stages(fetcher.fetch, parse, partial(read, settings=ReadingSettings()), fingerprint)
            poller = Poller(
                book, MemoryInbox(), stages, PollerSettings(host_pause_s=0), lambda: watch.now, threading.Event()
            )
            while watch.now < until:
                poller.run_once()
                due = min(state.next_poll for state in book.feeds() if not state.gone)
                watch.now = min(until, max(due, watch.now + 1))
    return moments


def _network() -> GuardedNetwork:
    return GuardedNetwork(networks(["127.0.0.1"]), lambda host, port: ["127.0.0.1"])


def main() -> int:
    """Print the report; 1 if something is wrong."""
    with watching() as watch:
        report = list(findings(watch, simulate(watch)))
    for line in report:
        print(f"{'ok  ' if line.ok else 'BAD '} {line.check}: {line.found}")
    bad = sum(not line.ok for line in report)
    print(f"{len(watch.seen)} requests for {len(SITES)} sites in 48 simulated hours with 20 restarts: {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
