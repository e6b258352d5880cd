"""The ledger: first what was found, then what is remembered, many at a time, and all of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import pytest

from dedup.loops.harvest import Harvest
from dedup.loops.ledger import Ledger
from dedup.loops.patience import Patience
from dedup.loops.visit import PollSummary
from dedup.nouns.article import Article, Clock
from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Feed, Skipped
from dedup.nouns.fingerprint import Fingerprint
from dedup.nouns.record import Submission
from dedup.nouns.schedule import FeedState
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox

ONE = PollSummary(feeds=1)
log = logging.getLogger(__name__)


class Book(MemoryFeedBook):
    """Notes how many feeds are remembered at a time, and how many articles were in the inbox by then."""

    def __init__(self, inbox: MemoryInbox) -> None:
        super().__init__()
        self.inbox = inbox
        self.written: list[tuple[int, int]] = []

    def remember(self, *states: FeedState) -> None:
        self.written.append((len(states), self.inbox.waiting()))
        super().remember(*states)


class Away(MemoryInbox):
    """An inbox whose store does not come back."""

    def put(self, submissions: Sequence[Submission]) -> None:
        raise StoreError("Redis is away")


def crop(*names: str) -> Harvest:
    articles = (Article(name, "S", name, "text", 0, Clock.SEEN, 0, 0) for name in names)
    submissions = tuple(Submission(article, Fingerprint(1, 1, "latin")) for article in articles)
    return Harvest({}, {}, len(names), submissions, (Skipped("empty"),), (("x", "ValueError: no"),))


def states(count: int) -> list[FeedState]:
    return [FeedState(Feed(f"https://h.example/{n}"), entries=1) for n in range(count)]


def ledger(inbox: MemoryInbox, stop: threading.Event) -> tuple[Ledger, Book]:
    book = Book(inbox)
    book.follow([state.feed for state in states(100)])
    return Ledger(inbox, book, Patience(stop, log), batch=10), book


def test_many_feeds_are_remembered_at_a_time_after_what_they_brought() -> None:
    inbox = MemoryInbox()
    writing, book = ledger(inbox, threading.Event())
    for state in states(70):
        writing.note(state, ONE)
    assert book.written == [(32, 0), (32, 0)]
    writing.note(states(71)[70], ONE, crop("a", "b"))
    writing.write()
    assert book.written == [(32, 0), (32, 0), (7, 2)]
    assert inbox.counts() == {
        "accepted": 4, "skipped": 1, "skipped.empty": 1, "failed": 1, "failed.ValueError": 1
    }  # fmt: skip
    assert writing.written() == PollSummary(feeds=71)
    assert writing.written() == PollSummary()
    assert sum(state.entries for state in book.feeds()) == 71


def test_many_articles_are_not_kept_waiting() -> None:
    inbox = MemoryInbox()
    writing, book = ledger(inbox, threading.Event())
    writing.note(states(1)[0], ONE, crop(*(f"{n}" for n in range(25))))
    assert (inbox.waiting(), book.written) == (25, [(1, 25)])


def test_a_store_that_stays_away_leaves_the_feeds_as_they_were() -> None:
    stop = threading.Event()
    stop.set()
    writing, book = ledger(Away(), stop)
    writing.note(states(1)[0], ONE, crop("a"))
    with pytest.raises(StoreError):
        writing.write()
    assert (book.written, writing.written()) == ([], PollSummary())
    writing.write()  # nothing is left to write: the next poll finds it again
    assert book.written == []
