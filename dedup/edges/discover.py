"""From the address of a site to its feeds: what is there, what it announces, or where feeds usually are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from dedup.edges.document import Document
from dedup.following.moving import leads_inward
from dedup.nouns.errors import FeedError, ParseError
from dedup.nouns.feed import Feed, NotModified, Response, Validators
from dedup.reading.discovery import announced_feeds, common_feeds

Fetch = Callable[[str, Validators], Response | NotModified]
Parse = Callable[[Response, Feed, int], Document]


def discover(fetch: Fetch, parse: Parse, url: str) -> tuple[str, ...]:
    """The feeds at a URL: itself if it is one, else those that the page announces, else the first usual one.

    At most one request and then one for each usual place, one after the other. Raises FetchError if nothing is there,
    ParseError if it is a page without a feed.
    """
    answer = fetch(url, Validators())
    assert isinstance(answer, Response)  # nobody was asked whether something has changed
    try:
        parse(answer, Feed(url), 0)
    except ParseError as error:
        announced = announced_feeds(answer.body, answer.url)
        if found := tuple(feed for feed in announced if not leads_inward(answer.url, feed)):
            return found
        for place in common_feeds(answer.url):
            with suppress(FeedError):
                there = fetch(place, Validators())
                if isinstance(there, Response):
                    parse(there, Feed(place), 0)
                    return (place,)
        raise ParseError(url, f"{error.reason}, and it announces no feed") from error
    return (url,)
