"""Harvest: from a document, what is news to us, read and fingerprinted. Every entry is accounted for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dedup.edges.document import Document
from dedup.following.freshness import content_digest, digest, identity, name_of
from dedup.nouns.article import Article
from dedup.nouns.errors import StoppedError
from dedup.nouns.feed import Entry, Skipped
from dedup.nouns.fingerprint import Fingerprint
from dedup.nouns.record import Submission
from dedup.nouns.schedule import FeedState

log = logging.getLogger("dedup.poller")

PAGES = 200
"""Pages that are fetched for one document: they come one a second, and the feed is ours for a quarter of an hour only.
Later entries keep the text that the feed has."""

Read = Callable[[Entry], Article | Skipped]
Complete = Callable[[Entry], Entry]
TakeFingerprint = Callable[[Article], Fingerprint]


@dataclass(frozen=True, slots=True)
class Harvest:
    """What became of a document's news; `seen` and `prints` are what to compare the next document with.

    `fresh` entries were new or changed: each is among the submissions, the skipped or the failed (name, error).
    `skipped` also holds what the parser left out, unless we have told of it before.
    """

    seen: Mapping[str, str]
    prints: Mapping[str, str]
    fresh: int
    submissions: tuple[Submission, ...]
    skipped: tuple[Skipped, ...]
    failed: tuple[tuple[str, str], ...]


def harvest(
    document: Document,
    state: FeedState,
    read: Read,
    fingerprint: TakeFingerprint,
    complete: Complete | None = None,
) -> Harvest:
    """Read and fingerprint the entries of `document` that are not in `state.seen`, or there with another content.

    An entry's trouble is told in `failed`. What else is raised concerns all of them: StoppedError by `complete`, say.
    """
    seen = state.seen
    now_seen: dict[str, str] = {}
    prints: dict[str, str] = {}
    fresh = 0
    submissions: list[Submission] = []
    skipped: list[Skipped] = []
    failed: list[tuple[str, str]] = []
    for each, entry in document.items():
        key, content = _known(state, each) if entry is None else (identity(entry), content_digest(entry))
        now_seen[key] = content
        if each:
            prints[each] = key
        if entry is None:
            continue
        if seen.get(key) == content:
            continue
        fresh += 1
        try:
            article = read(complete(entry) if complete and fresh <= PAGES else entry)
            if isinstance(article, Skipped):
                skipped.append(article)
            else:
                submissions.append(Submission(article, fingerprint(article)))
        except StoppedError:
            raise
        except Exception as error:  # one entry's trouble, whatever it is, must not cost us the others
            log.exception("%s: an entry could not be read", entry.feed)
            failed.append((name_of(entry) or entry.title[:80], f"{type(error).__name__}: {error}"))
    for left_out in document.skipped:
        key, detail = identity(left_out), digest(left_out.detail)
        now_seen[key] = detail
        if seen.get(key) != detail:
            skipped.append(left_out)
    return Harvest(now_seen, prints, fresh, tuple(submissions), tuple(skipped), tuple(failed))


def _known(state: FeedState, each: str) -> tuple[str, str]:
    """Name and content of an entry that was cut out of the document, because it has the print of one we know."""
    key = state.prints[each]
    return key, state.seen[key]
