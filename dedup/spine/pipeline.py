"""The pipeline: the one place where the stages are composed, from an entry to its stored cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
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
from dedup.nouns.intake import Failure, Intake, Part
from dedup.nouns.record import Explanation, Match, Record, SharedConcept, Submission, Tally
from dedup.reading.article import ReadingSettings
from dedup.reading.identity import ref_of
from dedup.sketching.fingerprint import Understood
from dedup.sketching.text import Text
from dedup.sketching.text import read as read_text
from dedup.spine.ahead import ahead, batches
from dedup.spine.filing import fleeting_keys, posting_keys, record_of
from dedup.spine.preparing import Preparer, failure
from dedup.spine.settle import Settler
from dedup.spine.store import Inbox, Index, Library


class Said(Protocol):
    """What an element of a story means in English, and the words that say so."""

    @property
    def gloss(self) -> str:
        """The English name."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """The words."""
        ...


class Listening(Protocol):
    """Understands stories whatever their language."""

    def __call__(self, text: Text) -> Understood:
        """What a story says, as elements."""
        ...

    def origins(self, text: Text) -> Mapping[int, Said]:
        """What each element means, and where it comes from."""
        ...


class Holdings(Index, Library, Inbox, Protocol):
    """What the pipeline needs of the store."""


class Pipeline:
    """Reads, fingerprints and settles; explains and compares. Safe to use from several threads."""

    def __init__(
        self,
        store: Holdings,
        *,
        window_s: float,
        clock: Callable[[], float],
        reading: ReadingSettings | None = None,
        listen: Listening | None = None,
        batch: int = 1_024,
    ) -> None:
        """`batch`: so many entries are taken in at a time."""
        self._store = store
        self._batch = batch
        self._window_s = window_s
        self._preparer = Preparer(reading or ReadingSettings(), listen)
        self._listen = listen
        self._settler = Settler(store, window_s=window_s, clock=clock)

    def read(self, entry: Entry) -> Article | Skipped:
        """The article in an entry, or why there is none; nothing is stored."""
        return self._preparer.read(entry)

    def prepare(self, part: Part) -> Intake:
        """What can be grouped of a part of an archive, and what not; nothing is stored."""
        return self._preparer.part(part)

    def settle(self, submissions: Sequence[Submission]) -> None:
        """Bring fingerprinted articles into their clusters. Raises StoreError."""
        self._settler.settle(submissions)

    def admit(self, submissions: Sequence[Submission]) -> Callable[[], None]:
        """The first half of `settle`, which mostly waits for the store; returns the second, which mostly computes.

        The halves of several batches may overlap, as long as each half is done in order. Never raises: a batch that
        cannot be admitted is settled as a whole later, and what is wrong with it is raised then.
        """
        try:
            return partial(self._settler.group, self._settler.admit(submissions))
        except Exception:
            return partial(self._settler.settle, submissions)

    def group(self, intake: Intake) -> Intake:
        """Bring what can be grouped into its clusters; returns it with those failed that could not be settled.

        Nothing is counted or told, so it may be repeated. An article that fails takes no other along.
        """
        settled, failures = self._settled(intake.submissions)
        return Intake(settled, intake.skipped, (*intake.failures, *failures))

    def begin(self, intake: Intake) -> Callable[[], Intake]:
        """The halves of `group`, as `admit` has those of `settle`."""
        settle = self.admit(intake.submissions)

        def finish() -> Intake:
            try:
                settle()
            except StoreError:
                raise
            except Exception:
                return self.group(intake)
            return intake

        return finish

    def ingest(self, entries: Iterable[Entry]) -> Tally:
        """Take entries all the way to stored clusters, batch by batch; returns when they are there.

        The batches are grouped one after the other, in order; the next one is looked up meanwhile, and the one after
        that is read. An entry that cannot be settled fails by itself and takes no other along. Counted is only what is
        done, so a StoreError leaves nothing behind of its batch that repeating would count twice.
        """
        tally = Tally()
        with (
            closing(ahead(self._preparer.entries, batches(entries, self._batch))) as prepared,
            closing(ahead(self.begin, prepared)) as begun,
        ):
            for finish in begun:
                done = finish()
                self._store.tell(done)
                tally += done.tally
        return tally

    def _settled(self, submissions: tuple[Submission, ...]) -> tuple[tuple[Submission, ...], tuple[Failure, ...]]:
        """Settle them, in ever smaller batches where that fails; returns those that are, and those that cannot be."""
        try:
            self.settle(submissions)
        except StoreError:
            raise
        except Exception as error:
            if len(submissions) == 1:
                return (), (failure(submissions[0].article.id, error),)
            middle = len(submissions) // 2
            (some, lost), (others, more) = self._settled(submissions[:middle]), self._settled(submissions[middle:])
            return (*some, *others), (*lost, *more)
        return submissions, ()

    def explain(self, a: str, b: str) -> Explanation:
        """Why, or why not, two articles are together; raises NotFoundError."""
        left, right = self._store.article(a), self._store.article(b)
        one, other = (
            self._preparer.submission(left.article),
            self._preparer.submission(right.article),
        )
        keys = {*posting_keys(one), *fleeting_keys(one)}
        return Explanation(
            a=a,
            b=b,
            together=left.cluster == right.cluster,
            candidate=not keys.isdisjoint((*posting_keys(other), *fleeting_keys(other))),
            threshold=LINK,
            evidence=self._compared([record_of(one)], [record_of(other)], self._window_s)[0],
            passages=shared_passages(left.article.text, right.article.text),
            concepts=self._shared_concepts(left.article, right.article),
        )

    def similar(self, entry: Entry) -> list[Match]:
        """Articles of the index that match, best first; nothing is stored. An undated text matches any date.

        That a reworded text is of another day speaks against it: an undated one is of today.
        """
        article = self.read(entry)
        if isinstance(article, Skipped):
            return []
        asked = self._preparer.submission(article)
        refs = self._store.candidates([posting_keys(asked)])[0]
        refs |= self._store.fleeting_candidates([fleeting_keys(asked)])[0]
        records = sorted(self._store.records(refs - {ref_of(article.id)}).values(), key=lambda record: record.id)
        window_s = float("inf") if entry.published is None else self._window_s
        found = zip(records, self._compared([record_of(asked)] * len(records), records, window_s), strict=True)
        best = sorted((pair for pair in found if pair[1].log_odds > LINK), key=lambda pair: -pair[1].log_odds)
        return [match for record, reason in best if (match := self._match(record, reason))]

    def _shared_concepts(self, a: Article, b: Article) -> tuple[SharedConcept, ...]:
        """What both say, in the words of each; what was said in the most words first."""
        if self._listen is None:
            return ()
        left, right = self._listen.origins(read_text(a)), self._listen.origins(read_text(b))
        shared = [
            SharedConcept(left[element].gloss, left[element].words, right[element].words)
            for element in sorted(left.keys() & right.keys())
        ]
        return tuple(sorted(shared, key=lambda one: -len(one.a) - len(one.b)))

    def _match(self, record: Record, reason: Evidence) -> Match | None:
        try:
            return Match(record.id, self._store.article(record.id).cluster, reason)
        except NotFoundError:  # registered, and not settled yet
            return None

    def _compared(self, left: Sequence[Record], right: Sequence[Record], window_s: float) -> list[Evidence]:
        columns = deck([*left, *right])
        places = np.arange(len(left))
        return evidence(compare(columns, places, places + len(left)), window_s)
