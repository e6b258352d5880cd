"""The pipeline: the one place where the stages are composed, from an entry to its stored cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.matching.judgement import LINK, evidence
from dedup.matching.passages import shared_passages
from dedup.nouns.article import Article
from dedup.nouns.errors import NotFoundError, StoreError
from dedup.nouns.evidence import Evidence
from dedup.nouns.feed import Entry, Skipped
from dedup.nouns.record import Explanation, Match, Record, Submission, Tally
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import ref_of
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.settle import Settler, posting_keys, record_of
from dedup.spine.store import Inbox, Index, Library


class Holdings(Index, Library, Inbox, Protocol):
    """What the pipeline needs of the store."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """An entry that could not be settled, and why."""

    name: str
    error: str


class Pipeline:
    """Reads, fingerprints and settles; explains and compares. Safe to use from several threads."""

    def __init__(
        self, store: Holdings, *, window_s: float, clock: Callable[[], float], reading: ReadingSettings | None = None
    ) -> None:
        self._store = store
        self._window_s = window_s
        self._reading = reading or ReadingSettings()
        self._settler = Settler(store, window_s=window_s, clock=clock)

    def read(self, entry: Entry) -> Article | Skipped:
        """The article in an entry, or why there is none; nothing is stored."""
        return read(entry, self._reading)

    def settle(self, submissions: Sequence[Submission]) -> None:
        """Bring fingerprinted articles into their clusters: the worker's step. Raises StoreError."""
        self._settler.settle(submissions)

    def ingest(self, entries: Sequence[Entry]) -> Tally:
        """Take entries all the way to stored clusters; returns when they are there.

        An entry that cannot be settled fails by itself and takes no other along.
        """
        made = [self._made(entry) for entry in entries]
        skipped = [one for one in made if isinstance(one, Skipped)]
        submissions = [one for one in made if isinstance(one, Submission)]
        if skipped:
            self._store.tell_skipped(skipped)
        failed = [one for one in made if isinstance(one, _Failed)] + self._settled(submissions)
        for one in failed:
            self._store.tell_failed(one.name, one.error)
        clustered = len(entries) - len(skipped) - len(failed)
        self._store.count(Tally(accepted=clustered, clustered=clustered))
        return Tally(len(entries), clustered, len(skipped), len(failed))

    def _made(self, entry: Entry) -> Submission | Skipped | _Failed:
        try:
            article = self.read(entry)
            return article if isinstance(article, Skipped) else Submission(article, fingerprint(article))
        except Exception as error:  # anything may come out of a foreign text
            return _failed(entry.id or entry.guid or entry.url or "", error)

    def _settled(self, submissions: Sequence[Submission]) -> list[_Failed]:
        """Settle them, in ever smaller batches where that fails; returns those that fail on their own."""
        try:
            self.settle(submissions)
        except StoreError:
            raise
        except Exception as error:
            if len(submissions) == 1:
                return [_failed(submissions[0].article.id, error)]
            middle = len(submissions) // 2
            return self._settled(submissions[:middle]) + self._settled(submissions[middle:])
        return []

    def explain(self, a: str, b: str) -> Explanation:
        """Why, or why not, two articles are together; raises NotFoundError."""
        left, right = self._store.article(a), self._store.article(b)
        one, other = (
            Submission(left.article, fingerprint(left.article)),
            Submission(right.article, fingerprint(right.article)),
        )
        keys = set(posting_keys(one))
        return Explanation(
            a=a,
            b=b,
            together=left.cluster == right.cluster,
            candidate=not keys.isdisjoint(posting_keys(other)),
            threshold=LINK,
            evidence=self._compared([record_of(one)], [record_of(other)], self._window_s)[0],
            passages=shared_passages(left.article.text, right.article.text),
        )

    def similar(self, entry: Entry) -> list[Match]:
        """Articles of the index that match, best first; nothing is stored. An undated text matches any date."""
        article = self.read(entry)
        if isinstance(article, Skipped):
            return []
        asked = Submission(article, fingerprint(article))
        refs = self._store.candidates([posting_keys(asked)])[0]
        records = sorted(self._store.records(refs - {ref_of(article.id)}).values(), key=lambda record: record.id)
        window_s = self._window_s if entry.published else float("inf")
        found = zip(records, self._compared([record_of(asked)] * len(records), records, window_s), strict=True)
        best = sorted((pair for pair in found if pair[1].log_odds > LINK), key=lambda pair: -pair[1].log_odds)
        return [match for record, reason in best if (match := self._match(record, reason))]

    def _match(self, record: Record, reason: Evidence) -> Match | None:
        try:
            return Match(record.id, self._store.article(record.id).cluster, reason)
        except NotFoundError:  # registered, and not settled yet
            return None

    def _compared(self, left: Sequence[Record], right: Sequence[Record], window_s: float) -> list[Evidence]:
        columns = deck([*left, *right])
        places = np.arange(len(left))
        return evidence(compare(columns, places, places + len(left)), window_s)


def _failed(name: str, error: Exception) -> _Failed:
    return _Failed(name, f"{type(error).__name__}: {error}")
