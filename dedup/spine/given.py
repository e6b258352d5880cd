"""What the store answers, with the ids that articles came with: why one is kept under another name is our business."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from dedup.nouns.cluster import Cluster, Emitted, Member
from dedup.nouns.errors import NotFoundError
from dedup.nouns.record import Match, Stored
from dedup.reading.identity import given, names

T = TypeVar("T")


def found_by(ask: Callable[[str], T], name: str) -> T:
    """The answer for the first of the names that something may be kept under. Raises NotFoundError."""
    first, *others = names(name)
    try:
        return ask(first)
    except NotFoundError:
        for each in others:
            with suppress(NotFoundError):
                return ask(each)
        raise


def stored(found: Stored) -> Stored:
    """An article."""
    return replace(found, article=replace(found.article, id=given(found.article.id)), cluster=given(found.cluster))


def cluster(found: Cluster) -> Cluster:
    """A cluster, and its members."""
    members = tuple(map(_member, found.members))
    return replace(found, id=given(found.id), members=members, replaced_by=_or_none(found.replaced_by))


def emitted(found: Emitted) -> Emitted:
    """An event."""
    event = found.event
    articles = tuple(map(given, event.articles))
    told = replace(event, cluster=given(event.cluster), articles=articles, other=_or_none(event.other))
    return replace(found, event=told)


def match(found: Match) -> Match:
    """A match."""
    return replace(found, id=given(found.id), cluster=given(found.cluster))


def _member(found: Member) -> Member:
    """Nearly always the very same one: of a story with thousands of prints it is not made anew for each."""
    name, via = given(found.id), _or_none(found.via)
    return found if (name, via) == (found.id, found.via) else replace(found, id=name, via=via)


def _or_none(name: str | None) -> str | None:
    return None if name is None else given(name)
