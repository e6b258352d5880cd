"""`dedup feeds`: which feeds are followed."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

import click

from dedup.doors.cli import printing
from dedup.doors.cli.session import Session, door
from dedup.doors.connection import Connection
from dedup.following.opml import is_web, read_opml, write_opml
from dedup.nouns.errors import FeedError, NotFoundError
from dedup.nouns.feed import Feed
from dedup.spine import shapes


@click.group()
def feeds() -> None:
    """See and change which feeds are followed.

    \b
    Examples:
      dedup feeds import subscriptions.opml
      dedup feeds add https://news.example/rss --source "The Example"
      dedup feeds list
    """


@feeds.command("list")
@door
def list_feeds(session: Session) -> None:
    """Show the feeds: the last good poll, the next one, and what is wrong.

    \b
    Example:
      dedup feeds list
    """
    with session.connect() as connection:
        states = connection.feeds()
    if session.json:
        for state in states:
            session.say(shapes.feed(state), str)
    else:
        click.echo(printing.feeds(states))


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--source", default="", help="The publisher's name in articles (default: the host of the URL).")
@click.option("--title", default="", help="A name for the feed (default: what it calls itself).")
@click.option("--as-is", is_flag=True, help="Do not look for feeds: the URLs are their addresses.")
@click.option("--full-text", is_flag=True, help="Fetch each article's page for its text.")
@door
def add(session: Session, urls: tuple[str, ...], source: str, title: str, as_is: bool, full_text: bool) -> None:
    """Follow feeds (RSS, Atom, JSON Feed), or the feeds that a site announces. Those followed already stay as they are.

    A URL that cannot be reached, or has no feed, is followed as it is, with a warning. `--full-text` fetches the page
    of each article, for feeds that carry only the first lines; it needs `pip install dedup[fulltext]`.

    \b
    Examples:
      dedup feeds add https://news.example/
      dedup feeds add https://news.example/rss https://paper.example/atom.xml --as-is
    """
    for url in urls:
        if not is_web(url):
            raise click.BadParameter(f"{url!r} is not an http:// or https:// URL")
    with session.connect() as connection:
        if full_text and not connection.engine.reads_pages:
            raise click.UsageError("--full-text needs two more packages: pip install 'dedup[fulltext]'")
        if not as_is:
            urls = tuple(dict.fromkeys(found for url in urls for found in _discovered(connection, url)))
        new = connection.store.follow([Feed(url, title, source, full_text) for url in urls])
        for url in urls:
            state = connection.store.feed(url)
            if state.gone:  # whoever asks for it again knows better than the server did
                connection.store.remember(replace(state, gone=False, next_poll=0, why="asked for again"))
    known = len(urls) - new
    session.say(
        {"added": new, "known": known, "feeds": list(urls)},
        lambda: "\n".join([*map(printing.plain, urls), f"{new} added, {known} followed already"]),
    )


def _discovered(connection: Connection, url: str) -> tuple[str, ...]:
    """The feeds at a URL; the URL itself, with a warning, if none is to be found."""
    try:
        return connection.engine.discover(url)
    except FeedError as error:
        click.echo(printing.plain(f"dedup: warning: {error}"), err=True)
        return (url,)


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@door
def remove(session: Session, urls: tuple[str, ...]) -> None:
    """Stop following feeds. Their articles stay until they expire.

    \b
    Example:
      dedup feeds remove https://news.example/rss
    """
    with session.connect() as connection:
        unknown = [url for url in urls if not connection.store.unfollow(url)]
    removed = len(urls) - len(unknown)
    session.say({"removed": removed}, lambda: f"{removed} removed")
    if unknown:
        raise NotFoundError("feed", ", ".join(unknown))


@feeds.command("import")
@click.argument("opml", type=click.File("rb"))
@door
def import_opml(session: Session, opml: BinaryIO) -> None:
    """Follow the feeds of an OPML file ("-": standard input), as every feed reader exports them.

    \b
    Example:
      dedup feeds import subscriptions.opml
    """
    found = read_opml(opml.read(), opml.name)
    with session.connect() as connection:
        new = connection.store.follow(found.feeds)
    for skipped in found.skipped:
        click.echo(printing.plain(f"{skipped.name}: left out: {skipped.detail}"), err=True)
    known, left_out = len(found.feeds) - new, len(found.skipped)
    session.say(
        {"added": new, "known": known, "skipped": left_out},
        lambda: f"{new} added, {known} followed already, {left_out} left out",
    )


@feeds.command()
@door
def export(session: Session) -> None:
    """Print the feeds as OPML.

    \b
    Example:
      dedup feeds export > subscriptions.opml
    """
    with session.connect() as connection:
        followed = [state.feed for state in connection.feeds()]
    document = write_opml(followed, "Feeds followed by dedup")
    session.say({"opml": document}, document.rstrip)
