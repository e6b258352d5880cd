"""The origin that watches: it answers for all sites by a clock of its own, and remembers who asked for what."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

START = 1_750_032_000  # 2025-06-16 00:00 UTC, a Monday


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


def date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@contextmanager
def watching(sites: Mapping[str, Site]) -> Iterator[Watch]:
    """The origin of these sites (of `name`, at name.example), on a free port of loopback."""
    watch = Watch()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site = self.headers["Host"].partition(":")[0]
            with watch.lock:
                watch.in_flight[site] += 1
                watch.most_in_flight = max(watch.most_in_flight, watch.in_flight[site])
            headers = dict(self.headers.items())
            reply = sites[site.removesuffix(".example")](watch, watch.now, headers)
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
