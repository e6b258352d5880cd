"""The daemon: poller, workers and HTTP server in one process, each supervised.

They start from the back of the journey to its front (Redis, workers, poller, HTTP), so that nothing is taken in that
nobody would group, and stop in the opposite order, so that what was taken in is still grouped.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Flag, auto
from pathlib import Path

from dedup.doors.connection import Connection
from dedup.doors.first_round import watch_first_round
from dedup.doors.narrator import Narrator, Tell, in_prose
from dedup.following.opml import read_opml
from dedup.loops.supervisor import Crew
from dedup.loops.worker import Worker
from dedup.nouns.feed import Feed

REVIVE_EVERY_S = 2.0


class Role(Flag):
    """What a process does."""

    POLL = auto()
    WORK = auto()
    SERVE = auto()
    ALL = POLL | WORK | SERVE


@dataclass(frozen=True, slots=True)
class OnceSummary:
    """What one round brought: feeds polled and failed, and how the totals changed."""

    polled: int
    failing: int
    accepted: int
    clustered: int
    skipped: int
    failed: int


@contextmanager
def running(
    connection: Connection, roles: Role, say: Callable[[str], None] | None = None, tell: Tell | None = None
) -> Iterator[str | None]:
    """Everything that the roles ask for, running; the address of the HTTP server, if it is one of them.

    With `say` a narrator tells of stories as they grow, or hands each event to `tell`, and somebody speaks up if no
    feed can be fetched. Raises SettingsError, before anything is started, if the address cannot be had.
    """
    stop_waiting = threading.Event()
    server = None
    if Role.SERVE in roles:
        from dedup.loops.server import HttpServer, build_app  # loads the web framework

        http = connection.settings.http
        server = HttpServer(
            build_app(connection, stop_waiting, http.max_body_bytes, connection.engine.hubs), http.host, http.port
        )
    narrator = Narrator(connection, tell or in_prose(connection, say)) if say else None
    with Crew() as crew:
        if connection.engine.revive:
            crew.add("redis", lambda stop: _keep_alive(connection.engine.revive, stop))
        if Role.WORK in roles:
            for number in range(connection.settings.workers.count):
                crew.add(f"worker-{number}", lambda stop, number=number: worker(connection, number, stop).run())  # type: ignore[misc]
        if Role.POLL in roles:
            crew.add("poller", lambda stop: connection.engine.poller(stop).run())
        if server:
            crew.add("http", server.run)
        if narrator:
            crew.add("narrator", narrator.run)
        if say and Role.POLL in roles:
            crew.add("first-round", lambda stop: watch_first_round(connection, say, stop))
        yield server.url if server else None
        stop_waiting.set()


def worker(connection: Connection, number: int, stop: threading.Event) -> Worker:
    """A worker with a name that no other has."""
    name = f"{socket.gethostname()}-{os.getpid()}-{number}"
    batch = connection.settings.ingest.batch
    return Worker(connection.store, connection.engine.pipeline, name=name, stop=stop, batch=batch)


def once(connection: Connection, stop: threading.Event) -> OnceSummary:
    """Poll every feed that is due, group everything that waits, and say what that brought."""
    before, started = connection.status(), connection.now()
    connection.engine.poller(stop).run_once()
    worker(connection, 0, stop).drain()
    after = connection.status()
    polled = [state for state in connection.feeds() if state.last_poll >= started]
    change = {name: after.counts.get(name, 0) - before.counts.get(name, 0) for name in after.counts}
    return OnceSummary(
        polled=len(polled),
        failing=sum(1 for state in polled if state.failures),
        accepted=change.get("accepted", 0),
        clustered=change.get("clustered", 0),
        skipped=change.get("skipped", 0),
        failed=change.get("failed", 0),
    )


def follow_first_feeds(connection: Connection) -> int:
    """Follow the feeds of the file that `feeds.opml` names, if none is followed yet and there is such a file.

    Returns how many; raises InputError if the file is not OPML.
    """
    opml = connection.settings.feeds.opml
    path = Path(opml)
    if not opml or not path.is_file() or connection.feeds():
        return 0
    return connection.store.follow(read_opml(path.read_bytes(), opml).feeds)


def follow_only(connection: Connection, feeds: Sequence[Feed]) -> None:
    """Follow these feeds and no others."""
    wanted = {feed.url for feed in feeds}
    for state in connection.feeds():
        if state.feed.url not in wanted:
            connection.store.unfollow(state.feed.url)
    connection.store.follow(feeds)


def _keep_alive(revive: Callable[[], None] | None, stop: threading.Event) -> None:
    """Start our own Redis again whenever it has died; while it is away all others wait."""
    while revive and not stop.wait(REVIVE_EVERY_S):
        revive()
