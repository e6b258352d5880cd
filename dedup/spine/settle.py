"""Settle: bring fingerprinted articles into their clusters. The heart of the worker, in a fixed number of steps.

    identify   has an id been reused for another story?        records
    register   keep record and text                             register
    find       look up and insert the band keys                 post, post_fleeting, records
    link       candidates that hold become links                link
    regroup    everything reachable, as clusters                see regrouping.py

Every step may be repeated, by anybody, after a crash or beside another worker. Links are written before the ticket is
drawn and read after it, so the regrouping with the highest ticket has seen all links, and it has the last word
(docs/design.md, decision 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Deck, Indices, deck, joined
from dedup.matching.features import compare
from dedup.matching.judgement import LINK, log_odds
from dedup.nouns.record import Record, Submission
from dedup.reading.identity import namesake, ref_of
from dedup.spine.filing import fleeting_keys, posting_keys, record_of
from dedup.spine.regrouping import Regrouping
from dedup.spine.store import BUCKET_CAP, Index

CROWD = BUCKET_CAP
"""An article that resembles more others than this is one of a story printed by hundreds of outlets."""
CROWD_LINKS = 8
"""So many links hold it there: to the lowest refs, which are the same for all prints of the story, so that they form a
star and not a clique. A clique of 5,000 has millions of links, to be read whenever one more print arrives."""
Refs = NDArray[np.uint64]
PAIRS_AT_ONCE = 2_048
"""Pairs compared in one go: their signatures, 1.8 MB, stay in the cache."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Articles that are in the index, and not in their clusters yet.

    `held` is what the index keeps of each, `found` the refs that share a key with it. `later` are further versions of
    these articles: they have their turn when these have been grouped.
    """

    held: Sequence[Record]
    found: Sequence[Collection[int]]
    later: Sequence[Submission]


class Settler:
    """Settles batches of articles against one index; keeps nothing between two batches."""

    def __init__(self, index: Index, *, window_s: float, clock: Callable[[], float]) -> None:
        self._index = index
        self._window_s = window_s
        self._regrouping = Regrouping(index, window_s, clock)

    def settle(self, submissions: Sequence[Submission]) -> None:
        """Bring the articles into their clusters. Doing it twice is doing it once. Raises StoreError."""
        self.group(self.admit(submissions))

    def admit(self, submissions: Sequence[Submission]) -> Admitted:
        """Let the articles be found, and find what they may belong to: most of the store's work, little of ours.

        May be done while other batches are grouped. Raises StoreError.
        """
        batch, later = _once_each(submissions)
        identified, records = self._identified(batch)
        held = self._index.register(records, identified)
        found = self._index.post(
            [(record.ref, posting_keys(submission)) for record, submission in zip(records, identified, strict=True)]
        )
        soon = self._index.post_fleeting(
            [(record.ref, fleeting_keys(submission)) for record, submission in zip(records, identified, strict=True)]
        )
        return Admitted(held, [one | other for one, other in zip(found, soon, strict=True)], later)

    def group(self, admitted: Admitted) -> None:
        """Link admitted articles to those that they resemble, and bring them into their clusters. Raises StoreError."""
        if admitted.held:
            self._index.link(self._links(admitted.held, admitted.found))
            self._regrouping.regroup({record.ref: record for record in admitted.held})
        if admitted.later:
            self.settle(admitted.later)

    def _identified(self, submissions: Sequence[Submission]) -> tuple[list[Submission], list[Record]]:
        """The submissions, those with a reused id under an id of their own, and what the index keeps of each.

        An id is reused where the text that it names now has nothing to do with the text that it named before.
        """
        known = self._index.records({ref_of(submission.article.id) for submission in submissions})
        identified: list[Submission] = []
        records: list[Record] = []
        for submission in submissions:
            record = record_of(submission)
            before = known.get(record.ref)
            if before is not None and (new_id := self._other_id(before, record)):
                submission = replace(submission, article=replace(submission.article, id=new_id), packed=b"")
                record = record_of(submission)
            identified.append(submission)
            records.append(record)
        return identified, records

    def _other_id(self, before: Record, now: Record) -> str | None:
        """The id that an article needs because its own, or the ref of its own, is another article's."""
        if before.id != now.id:
            return namesake(now.id)
        if before.fingerprint.exact == now.fingerprint.exact or self._judge([before], [now])[0] > LINK:
            return None
        return f"{now.id}~{now.fingerprint.exact:016x}"

    def _links(self, held: Sequence[Record], found: Sequence[Collection[int]]) -> list[tuple[int, int]]:
        """The pairs of an article and a candidate that are more likely one story than not."""
        own = np.array([record.ref for record in held], np.uint64)
        finders = np.repeat(own, [len(refs) for refs in found])
        candidates = np.fromiter(chain.from_iterable(found), np.uint64, len(finders))
        others, columns = self._index.deck(np.setdiff1d(candidates, own).tolist())
        refs = np.concatenate((own, np.array(others, np.uint64)))
        pairs = _distinct_pairs(finders, candidates, np.sort(refs))
        rows = np.argsort(refs)[pairs]
        odds = np.array(self._odds(joined(deck(held), columns), rows))
        accepted = [(a, b) for a, b in np.sort(refs)[pairs[odds > LINK]].tolist()]
        return accepted if len(accepted) <= CROWD else _thinned(accepted, set(own.tolist()))

    def _judge(self, left: Sequence[Record], right: Sequence[Record]) -> list[float]:
        """Log-odds of each pair."""
        places: dict[int, int] = {}
        unique: list[Record] = []
        for record in (*left, *right):
            if places.setdefault(id(record), len(unique)) == len(unique):
                unique.append(record)
        ends = np.array([[places[id(a)], places[id(b)]] for a, b in zip(left, right, strict=True)], np.intp)
        return self._odds(deck(unique), ends)

    def _odds(self, columns: Deck, ends: Indices) -> list[float]:
        """Log-odds of each pair of rows."""
        odds: list[float] = []
        for start in range(0, len(ends), PAIRS_AT_ONCE):
            some = ends[start : start + PAIRS_AT_ONCE]
            odds.extend(log_odds(compare(columns, some[:, 0], some[:, 1]), self._window_s).tolist())
        return odds


def _distinct_pairs(left: Refs, right: Refs, known: Refs) -> Indices:
    """The distinct pairs of which both are known, [n, 2], each and all of them ascending, as places in `known`."""
    both_known = np.isin(left, known) & np.isin(right, known) & (left != right)
    places = np.searchsorted(known, np.stack((left[both_known], right[both_known])))
    codes = np.unique(places.min(axis=0) * len(known) + places.max(axis=0))
    return np.stack(np.divmod(codes, max(1, len(known))), axis=1)


def _thinned(links: Sequence[tuple[int, int]], own: Collection[int]) -> list[tuple[int, int]]:
    """The links without most of those of articles in a crowd; a link stays if either end wants it."""
    others: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in links:
        for ref, other in ((a, b), (b, a)):
            if ref in own:
                others[ref].append(other)
    wanted = {ref: sorted(linked)[:CROWD_LINKS] if len(linked) > CROWD else linked for ref, linked in others.items()}
    return sorted({(min(ref, other), max(ref, other)) for ref, linked in wanted.items() for other in linked})


def _once_each(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Submission]]:
    """The submissions without those whose ref came before, and those: versions are settled one after the other."""
    batch: dict[int, Submission] = {}
    later = [one for one in submissions if batch.setdefault(ref_of(one.article.id), one) is not one]
    return list(batch.values()), later
