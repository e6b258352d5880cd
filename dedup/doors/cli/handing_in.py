"""`dedup ingest`: articles from JSON Lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dedup.doors.cli.json_lines import Report, read_articles, total_bytes
from dedup.doors.cli.printing import articles, plain
from dedup.doors.cli.session import FAILED, Session, door
from dedup.nouns.errors import InputError
from dedup.spine import shapes


@click.command(short_help="Take in articles from JSON Lines.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@door
def ingest(session: Session, files: tuple[str, ...]) -> None:
    """Take in articles from JSON Lines FILES ("-": standard input; .gz is unpacked), and wait until they are grouped.

    One article per line: {"id", "url", "source", "title", "text", "lang", "published"}. Only "text" is required, plain
    or HTML; "published" is ISO 8601 or seconds since 1970. Taking in an article twice changes nothing. A line that is
    not usable is told on standard error and counted as failed; the others are taken in.

    \b
    Examples:
      dedup ingest archive.jsonl more.jsonl.gz
      zcat 2025-*.gz | dedup ingest --json -
    """
    with session.connect() as connection, progress(files) as report:
        lines = read_articles(files, sys.stdin.buffer, connection.now(), report)
        tally = connection.ingest(lines, on_failure=complain)
    session.say(
        shapes.tally(tally),
        lambda: (
            f"{articles(tally.accepted)}: {tally.clustered} clustered, {tally.skipped} skipped, {tally.failed} failed"
        ),
    )
    if tally.failed:
        raise click.exceptions.Exit(FAILED)


def complain(error: InputError) -> None:
    """One line on standard error."""
    click.echo(plain(str(error)), err=True)


@contextmanager
def progress(files: tuple[str, ...]) -> Iterator[Report | None]:
    """A progress bar on standard error, if that is a terminal and the size of all files is known."""
    total = total_bytes(files)
    if total is None or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=total, label="Taking in", file=sys.stderr) as bar:
        yield bar.update
