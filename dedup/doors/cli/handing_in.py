"""`dedup ingest`: articles from JSON Lines."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import click

from dedup.doors.cli.printing import articles
from dedup.doors.cli.progress import progress
from dedup.doors.cli.session import FAILED, INTERRUPTED, Session, door
from dedup.doors.connection import Connection
from dedup.doors.signals import told_to_stop
from dedup.edges.archive_file import ArchiveFile
from dedup.loops.importer import Imported, Importer, Reading
from dedup.spine import shapes

MOST_PROCESSES = 8
"""Grouping is done by one process, which eight that read keep busy."""


@click.command(short_help="Take in articles from JSON Lines.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--anew", is_flag=True, help="Begin at the first line, also where an earlier run was interrupted.")
@click.option(
    "--processes",
    type=click.IntRange(0, 64),
    metavar="N",
    help="Read in so many processes beside this one (0: in this one). Default: one for each processor, at most 8.",
)
@door
def ingest(session: Session, files: tuple[str, ...], anew: bool, processes: int | None) -> None:
    """Take in articles from JSON Lines FILES ("-": standard input; .gz is unpacked), and wait until they are grouped.

    One article per line: {"id", "url", "source", "title", "text", "lang", "published"}. Only "text" is required, plain
    or HTML; "published" is ISO 8601 or seconds since 1970. Taking in an article twice changes nothing. A line that is
    not usable is told on standard error and counted as failed; the others are taken in.

    If it is interrupted, the same command goes on where it was left, and counts what had been done before.

    \b
    Examples:
      dedup ingest archive.jsonl more.jsonl.gz
      zcat 2025-*.gz | dedup ingest --json -
    """
    archives = [ArchiveFile(name, sys.stdin.buffer) for name in files]
    with session.connect() as connection, graceful(archives) as stop:
        imported = taken_in(connection, archives, stop, anew, default_processes() if processes is None else processes)
    if not imported.finished:
        done = articles(imported.tally.accepted)
        click.echo(f"Interrupted after {done}; the same command goes on from here.", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    tally = imported.tally
    session.say(
        shapes.tally(tally),
        lambda: (
            f"{articles(tally.accepted)}: {tally.clustered} clustered, {tally.skipped} skipped, {tally.failed} failed"
        ),
    )
    if tally.failed:
        raise click.exceptions.Exit(FAILED)


def taken_in(
    connection: Connection, archives: Sequence[ArchiveFile], stop: threading.Event, anew: bool, processes: int
) -> Imported:
    """Take the archives in, with so many processes that read."""
    engine = connection.engine
    with ExitStack() as opened:
        listener = opened.enter_context(progress({archive.label: archive.size_bytes for archive in archives}))
        readers = opened.enter_context(engine.readers(processes)) if engine.readers and processes else None
        importer = Importer(
            engine.store,
            engine.pipeline,
            listener,
            stop,
            clock=connection.now,
            most_lines=connection.settings.ingest.batch,
            reading=Reading(readers.prepare, processes) if readers else None,
            mend=engine.revive,
        )
        return importer.run(archives, anew)


@contextmanager
def graceful(archives: Sequence[ArchiveFile]) -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, to end behind a part. Where standard input is read they end us as usual:
    it may not say anything for a long time, and what it said is gone."""
    if any(archive.size_bytes is None for archive in archives):
        yield threading.Event()
        return
    with told_to_stop() as stop:
        yield stop


def default_processes() -> int:
    """One for each processor that we may use; none if there is only one."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, MOST_PROCESSES) if here > 1 else 0
