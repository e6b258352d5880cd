"""One visit to a feed: fetch, parse, harvest. How it ended, and what it brought."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Protocol

from dedup.edges.document import Document
from dedup.following.outcomes import Failed, Outcome, Unchanged, Updated
from dedup.following.rhythm import gap_s
from dedup.loops.harvest import Complete, Harvest, Read, TakeFingerprint, harvest
from dedup.nouns.errors import FeedError, FetchError, StoppedError, kind_of
from dedup.nouns.feed import Entry, Feed, NotModified, Response, Validators
from dedup.nouns.schedule import FeedState

_WHOLE_EVERY_S = 86_400
"""After so long a document is parsed with all of its entries, also those that have not changed by a byte: should one
ever have been passed over, it is not for long."""

log = logging.getLogger("dedup.poller")

Fetch = Callable[[str, Validators], Response | NotModified]
Announce = Callable[[FeedState, str, str], object]
"""Told after each good poll of the hub and the topic that the document announces; empty if none was read."""


class Parse(Protocol):
    """Reads a document; see `edges.parse.parse`. Raises ParseError."""

    def __call__(self, response: Response, feed: Feed, now: int, *, known: Mapping[str, str]) -> Document:
        """The document, without the entries whose prints are known."""
        ...


@dataclass(frozen=True, slots=True)
class PollSummary:
    """What polls brought. Of `entries` held, `fresh` were new or changed; sent + skipped + failed is what we told."""

    feeds: int = 0
    unchanged: int = 0
    broken: int = 0
    """Feeds that could not be fetched or parsed."""
    held: int = 0
    """Feeds that were not asked, because their host wants to be left in peace."""
    entries: int = 0
    fresh: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: PollSummary) -> PollSummary:
        return PollSummary(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of the journey as a poller uses them: plain functions that threads may share.

    `complete` gives an entry the full text of its page, for feeds that want it. `announce` hears of hubs.
    """

    fetch: Fetch
    parse: Parse
    read: Read
    fingerprint: TakeFingerprint
    complete: Complete | None = None
    announce: Announce | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit ended, and what it brought; `failed_at` is the URL that answered with an error status, if one did."""

    outcome: Outcome
    summary: PollSummary
    crop: Harvest | None = None
    failed_at: str | None = None


def visit(stages: Stages, state: FeedState, conditions: Validators, now: int, stop: threading.Event) -> Visit:
    """Visit a feed; trouble with it, expected or not, is an outcome. Raises StoppedError and nothing else.

    That is when `stop` is set and the visit would go on for long, or its failure may be due to our stopping.
    """
    try:
        return _visit(stages, state, conditions, now, stop)
    except StoppedError:
        raise
    except Exception as error:  # one feed's trouble stops neither the poller nor the feed
        answered_by = error.answered_by if isinstance(error, FetchError) else None
        if stop.is_set() and not answered_by:  # connections and parsers are closed when patience with us is over
            raise StoppedError(f"told to stop meanwhile ({error})") from error
        return Visit(_failed(state, error), PollSummary(feeds=1, broken=1), failed_at=answered_by)


def _visit(stages: Stages, state: FeedState, conditions: Validators, now: int, stop: threading.Event) -> Visit:
    answer = stages.fetch(state.address, conditions)
    if isinstance(answer, NotModified):
        outcome = Unchanged(answer.validators, answer.max_age_s, answer.permanent_url)
        return _unchanged(stages, state, outcome)
    digest = body_digest(answer.body)
    if digest == state.body_digest:
        outcome = Unchanged(answer.validators, answer.max_age_s, answer.permanent_url, full=True)
        return _unchanged(stages, state, outcome)
    known = state.prints if now - state.last_whole < _WHOLE_EVERY_S else {}
    document = stages.parse(answer, state.feed, now, known=known)
    complete = _until(stop, stages.complete) if stages.complete and state.feed.full_text else None
    crop = harvest(document, state, stages.read, stages.fingerprint, complete)
    # What the server says goes before what the document says (www.w3.org/TR/websub/#discovery).
    _announce(stages, state, answer.hub or document.hub, answer.topic or document.topic or answer.url)
    return Visit(_updated(answer, digest, document, crop, now), _summary(document, crop), crop)


def _until(stop: threading.Event, complete: Complete) -> Complete:
    """`complete` that raises StoppedError when `stop` is set: pages come one a second, and there may be hundreds."""

    def completed(entry: Entry) -> Entry:
        given = entry if stop.is_set() else complete(entry)
        if stop.is_set():  # the page may be missing only because we stop
            raise StoppedError("told to stop before all pages were fetched")
        return given

    return completed


def _unchanged(stages: Stages, state: FeedState, outcome: Unchanged) -> Visit:
    _announce(stages, state, "", "")
    return Visit(outcome, PollSummary(feeds=1, unchanged=1))


def _announce(stages: Stages, state: FeedState, hub: str, topic: str) -> None:
    """Hubs are a convenience: trouble with them is told, and costs nothing else."""
    if stages.announce:
        try:
            stages.announce(state, hub, topic)
        except Exception:
            log.exception("%s: its hub could not be asked", state.feed.url)


def body_digest(body: bytes) -> str:
    """A digest of a document, to know it again."""
    return blake2b(body, digest_size=16).hexdigest()


def _updated(answer: Response, digest: str, document: Document, crop: Harvest, now: int) -> Updated:
    return Updated(
        body_digest=digest,
        seen=crop.seen,
        fresh=crop.fresh,
        prints=crop.prints,
        whole=not document.cut,
        held=document.held,
        title=document.title,
        validators=answer.validators,
        max_age_s=answer.max_age_s,
        permanent_url=answer.permanent_url,
        pace=document.pace,
        gap_s=gap_s((entry.published for entry in document.entries), now) if not document.cut else None,
        sent=len(crop.submissions),
        skipped=Counter(one.reason for one in crop.skipped),
        failed=Counter(kind_of(error) for _, error in crop.failed),
    )


def _summary(document: Document, crop: Harvest) -> PollSummary:
    return PollSummary(
        feeds=1,
        entries=document.held,
        fresh=crop.fresh,
        sent=len(crop.submissions),
        skipped=len(crop.skipped),
        failed=len(crop.failed),
    )


def _failed(state: FeedState, error: Exception) -> Failed:
    match error:
        case FetchError():
            return Failed(error.reason, error.status, error.retry_after_s)
        case FeedError():
            return Failed(error.reason)
    log.error("%s: unexpected error", state.feed.url, exc_info=error)
    return Failed(f"unexpected {type(error).__name__}: {error}")
