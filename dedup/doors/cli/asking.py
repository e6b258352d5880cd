"""The commands that ask: lookup, clusters, explain, events, status."""

from __future__ import annotations

import click

from dedup.doors.cli import printing
from dedup.doors.cli.session import Session, door
from dedup.spine import shapes

EVENTS_PAGE = 500
FOLLOW_WAIT_S = 1.0


@click.command(short_help="Show the cluster of an article.")
@click.argument("name", metavar="ID|URL")
@door
def lookup(session: Session, name: str) -> None:
    """Show the cluster of an article, named by its id or its URL: who is in it, how each joined, and how sure that is.

    Exit status 1 if the article is not known (any more).

    \b
    Examples:
      dedup lookup https://news.example/2026/storm
      dedup lookup --json 4f1c09e2a7b3d586
    """
    with session.connect() as connection:
        found = connection.lookup(name)
    session.say(shapes.lookup(found), lambda: printing.lookup(found))


@click.command(short_help="Show all clusters.")
@click.option("--min-size", type=click.IntRange(min=1), default=1, show_default=True, help="Leave out smaller ones.")
@door
def clusters(session: Session, min_size: int) -> None:
    """Show all clusters, in order of arrival.

    With --json one per line: {"cluster": id, "articles": [{"id", "relation", "score", "via"}, ...]}. "via" is the
    article that this one matched; the first article matched nobody.

    \b
    Examples:
      dedup clusters --min-size 2
      dedup clusters --json > clusters.jsonl
    """
    with session.connect() as connection:
        for each in connection.all_clusters(min_size):
            session.say(shapes.cluster(each), lambda each=each: printing.cluster(each))  # type: ignore[misc]


@click.command(short_help="Tell why two articles are together, or are not.")
@click.argument("a")
@click.argument("b")
@door
def explain(session: Session, a: str, b: str) -> None:
    """Tell why, or why not, the articles A and B are together: what each view says, and the passages they share.

    \b
    Example:
      dedup explain 4f1c09e2a7b3d586 91d2ab07c3e45f68
    """
    with session.connect() as connection:
        explanation = connection.explain(a, b)
    session.say(shapes.explanation(explanation), lambda: printing.explanation(explanation))


@click.command(short_help="Show what happened to clusters.")
@click.option("--after", metavar="CURSOR", help="Begin after this one (default: with the oldest kept).")
@click.option("--follow", is_flag=True, help="Do not stop at the newest: wait for more.")
@door
def events(session: Session, after: str | None, follow: bool) -> None:
    """Show what happened to clusters: created, joined, merged, split, revised.

    Remember the cursor of the last event to go on from there another time. An event may come twice; "cluster" and
    "version" together tell. If events after the cursor are kept no more, a line on standard error says so.

    \b
    Examples:
      dedup events --follow
      dedup events --json --after 1767355200000-0
    """
    with session.connect() as connection:
        while True:
            page = connection.events(after, EVENTS_PAGE, FOLLOW_WAIT_S if follow else 0)
            if page.lost:
                click.echo(f"dedup: events before {page[0].cursor} are gone: read `dedup clusters`", err=True)
            for each in page:
                session.say(shapes.event(each), lambda each=each: printing.event(each))  # type: ignore[misc]
            if page:
                after = page[-1].cursor
            elif not follow:
                return


@click.command(short_help="Show totals, what waits, how the feeds do.")
@door
def status(session: Session) -> None:
    """Show running totals, what is waiting, and how the feeds do.

    \b
    Example:
      dedup status --json
    """
    with session.connect() as connection:
        found = connection.status()
        place = connection.engine.place
    session.say(shapes.status(found), lambda: printing.status(found, place))
