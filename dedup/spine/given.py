"""What the store answers, with the ids that articles came with: why one is kept under another name is our business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from dedup.nouns.cluster import Cluster, Emitted
from dedup.nouns.errors import NotFoundError
from dedup.nouns.record import Match, Stored
from dedup.reading.identity import given, names

T = TypeVar("T")


def found_by(ask: Callable[[str], T], name: str) -> T:
    """The answer for the first of the names that something may be kept under. Raises NotFoundError."""
    for each in names(name):
        try:
            return ask(each)
        except NotFoundError:
            continue
    return ask(name)


def stored(found: Stored) -> Stored:
    """An article."""
    return replace(found, article=replace(found.article, id=given(found.article.id)), cluster=given(found.cluster))


def cluster(found: Cluster) -> Cluster:
    """A cluster, and its members."""
    members = (replace(each, id=given(each.id), via=_or_none(each.via)) for each in found.members)
    return replace(found, id=given(found.id), members=tuple(members), replaced_by=_or_none(found.replaced_by))


def emitted(found: Emitted) -> Emitted:
    """An event."""
    event = found.event
    articles = tuple(map(given, event.articles))
    told = replace(event, cluster=given(event.cluster), articles=articles, other=_or_none(event.other))
    return replace(found, event=told)


def match(found: Match) -> Match:
    """A match."""
    return replace(found, id=given(found.id), cluster=given(found.cluster))


def _or_none(name: str | None) -> str | None:
    return None if name is None else given(name)
