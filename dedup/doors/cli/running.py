"""The commands that stay: run, poll, work, serve."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from heapq import nlargest
from itertools import islice

import click

from dedup.doors.cli.printing import articles, cut, plain
from dedup.doors.cli.session import Session, door
from dedup.doors.connection import Connection
from dedup.doors.daemon import OnceSummary, Role, follow_first_feeds, follow_only, once, running
from dedup.doors.first_round import HINT
from dedup.doors.narrator import Tell
from dedup.doors.settings import MINUTE_S, Settings
from dedup.doors.settings_toml import with_options
from dedup.doors.signals import told_to_stop, wait_for
from dedup.nouns.cluster import Cluster, Emitted
from dedup.nouns.feed import Feed
from dedup.spine import shapes
from dedup.spine.desk import Desk

SHOWN = 10
SAMPLE_NETWORK = "127.0.0.0/8"
"""Where the sample's feeds are served; no feed is fetched from there otherwise."""
LOOKED_AT = 10_000
"""So many clusters are looked at to find the largest to show."""

host_option = click.option("--host", help="Listen on this address instead of http.host.")
port_option = click.option("--port", type=click.IntRange(0, 65_535), help="Listen on this port instead of http.port.")


@click.command(short_help="Poll feeds, group their articles, serve HTTP.")
@click.option("--once", "just_once", is_flag=True, help="Poll every due feed once, group everything, and exit.")
@click.option(
    "--sample", is_flag=True, help="Use the bundled sample feeds, served from this machine, and nothing else."
)
@host_option
@port_option
@door
def run(session: Session, just_once: bool, sample: bool, host: str | None, port: int | None) -> None:
    """Poll feeds, group their articles, and serve HTTP, until told to stop (Ctrl-C).

    Without redis.url it starts a Redis of its own in the data directory. If no feed is followed yet, those of the file
    that feeds.opml names are. The sample keeps its data apart from yours, and needs no network.

    With --json every event is printed as `dedup events --json` prints it; --once prints its summary.

    \b
    Examples:
      dedup run
      dedup run --once --sample
      dedup run --config /etc/dedup.toml --port 8088
    """
    settings = session.settings({"http.host": host, "http.port": port})
    with told_to_stop() as stop, ExitStack() as opened:
        tell_log(settings)
        feeds = opened.enter_context(sample_feeds()) if sample else ()
        connection = opened.enter_context(session.opener(apart(settings) if sample else settings))
        if sample:
            follow_only(connection, feeds)
        else:
            follow_first_feeds(connection)
        if just_once:
            tell_once(session, connection, once(connection, stop))
            return
        with running(connection, Role.ALL, *tellers(session)) as address:
            greet(connection, address)
            wait_for(stop)


def tellers(session: Session) -> tuple[Callable[[str], None], Tell | None]:
    """How to say a line to people, and, with `--json`, how to tell a program of an event. Then standard output is the
    program's alone."""

    def say(line: str) -> None:
        click.echo(plain(line), err=session.json)

    def tell(emitted: Emitted) -> None:
        session.say(shapes.event(emitted), str)

    return say, tell if session.json else None


def role(name: str, roles: Role, short: str, text: str) -> click.Command:
    """A command that plays some of the roles of `run`, for those who spread them over several machines."""

    @click.command(name, help=text, short_help=short)
    @door
    def play(session: Session) -> None:
        stay(session, session.settings(), roles)

    return play


poll = role(
    "poll",
    Role.POLL,
    "Only poll feeds into the inbox.",
    """Only poll feeds into the inbox; `dedup work` groups what is there. Needs a Redis that others can reach.

    \b
    Example:
      DEDUP_REDIS_URL=redis://redis.internal:6379/0 dedup poll
    """,
)
work = role(
    "work",
    Role.WORK,
    "Only group what is in the inbox.",
    """Only group what is in the inbox. As many as you like may run at the same time.

    \b
    Example:
      DEDUP_REDIS_URL=redis://redis.internal:6379/0 dedup work
    """,
)


@click.command(short_help="Only serve HTTP.")
@host_option
@port_option
@door
def serve(session: Session, host: str | None, port: int | None) -> None:
    """Only serve HTTP. The routes are described at /openapi.json.

    \b
    Example:
      dedup serve --host 0.0.0.0 --port 8080
    """
    stay(session, session.settings({"http.host": host, "http.port": port}), Role.SERVE)


def stay(session: Session, settings: Settings, roles: Role) -> None:
    """Play the roles until told to stop."""
    with told_to_stop() as stop:
        tell_log(settings)
        with session.opener(settings) as connection, running(connection, roles) as address:
            greet(connection, address)
            wait_for(stop)


def tell_log(settings: Settings) -> None:
    """Log to standard error."""
    logging.basicConfig(level=settings.log.level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    for chatty in ("httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def sample_feeds() -> Iterator[Sequence[Feed]]:
    """The bundled feeds, while they are served."""
    from dedup.sample.origin import SampleOrigin

    with SampleOrigin() as origin:
        yield origin.feeds


def apart(settings: Settings) -> Settings:
    """The settings with a place for the sample that no real data is in, polled often: its feeds change."""
    place = {"redis.namespace": f"{settings.redis.namespace[:25]}-sample"}
    if not settings.redis.url:
        place = {"data.dir": str(settings.data.path / "sample")}
    here = [*settings.poll.allow_networks, SAMPLE_NETWORK]
    often = {
        "poll.min_interval_s": MINUTE_S,
        "poll.default_interval_s": MINUTE_S,
        "poll.allow_networks": here,
        "poll.host_pause_s": 0.0,
    }
    return with_options(settings, {**place, **often})


def greet(connection: Connection, address: str | None) -> None:
    """Say what is running, where, and what to try next; on standard error, where the log goes."""
    status = connection.status()
    here = f" --data-dir {connection.settings.data.dir}" if not connection.settings.redis.url else ""
    lines = [f"  data   {connection.engine.place}", f"  feeds  {status.feeds} followed"]
    if not status.feeds:
        lines.append(f"         dedup{here} feeds add URL")
    if address:
        lines.append(f"  http   {address} (described at {address}/openapi.json)")
        lines.append(f"  try    curl '{address}/v1/clusters?min_size=2'")
    lines.append(f"  {'or' if address else 'try':<5}  dedup{here} events --follow")
    click.echo("\n".join(["dedup is running; Ctrl-C stops it.", *lines]), err=True)


def tell_once(session: Session, connection: Connection, summary: OnceSummary) -> None:
    """What one round brought, and the largest clusters there are."""
    largest = nlargest(SHOWN, islice(connection.all_clusters(2), LOOKED_AT), key=lambda each: len(each.members))

    def text() -> str:
        lines = [
            f"{summary.polled} feeds polled, {summary.failing} failing",
            f"{articles(summary.accepted)}: "
            f"{summary.clustered} clustered, {summary.skipped} skipped, {summary.failed} failed",
        ]
        if summary.polled and summary.failing == summary.polled:
            lines.append(HINT)
        if largest:
            lines += ["", "The largest clusters:", *(described(connection, each) for each in largest)]
        return "\n".join(lines)

    session.say(dataclasses.asdict(summary), text)


def described(desk: Desk, cluster: Cluster) -> str:
    """A cluster in two lines: its headline, and where it was printed."""
    found = desk.lookup(cluster.members[0].id)
    sources = {each.article.source for each in found.described.values()}
    head = cut(plain(found.article.article.title), 90)
    return f"  {len(cluster.members):>3}  {head}\n       {cut(plain(', '.join(sorted(sources))), 90)}"
