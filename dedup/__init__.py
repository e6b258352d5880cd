"""dedup: groups the copies, excerpts, revisions and translations of news articles.

    with dedup.connect("data") as desk:
        desk.ingest([{"id": "a", "title": "...", "text": "..."}])
        desk.cluster_of("a")

The names below are all that is public. Those that need more than the standard library are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Emitted, Event, EventKind, Events, Member
from dedup.nouns.errors import (
    DedupError,
    EmbeddedRedisError,
    IndexMismatchError,
    InputError,
    NotFoundError,
    SettingsError,
    StoreError,
)
from dedup.nouns.evidence import Evidence, Relation, Similarity
from dedup.nouns.feed import Entry, Feed
from dedup.nouns.record import Explanation, Match, Passage, Stored, Tally
from dedup.nouns.schedule import FeedState
from dedup.spine.desk import Lookup, Status
from dedup.spine.store import Page

if TYPE_CHECKING:
    from dedup.doors.connection import Connection, connect
    from dedup.doors.settings import Settings

__all__ = [
    "Article",
    "Clock",
    "Cluster",
    "Connection",
    "DedupError",
    "EmbeddedRedisError",
    "Emitted",
    "Entry",
    "Event",
    "EventKind",
    "Events",
    "Evidence",
    "Explanation",
    "Feed",
    "FeedState",
    "IndexMismatchError",
    "InputError",
    "Lookup",
    "Match",
    "Member",
    "NotFoundError",
    "Page",
    "Passage",
    "Relation",
    "Settings",
    "SettingsError",
    "Similarity",
    "Status",
    "StoreError",
    "Stored",
    "Tally",
    "connect",
]

_loaded_when_used = {
    "Connection": "dedup.doors.connection",
    "Settings": "dedup.doors.settings",
    "connect": "dedup.doors.connection",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home."""
    if home := _loaded_when_used.get(name):
        return getattr(import_module(home), name)
    raise AttributeError(f"module 'dedup' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
