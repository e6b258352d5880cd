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

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dedup.grouping.levels import counts_at
from dedup.grouping.verdicts import strengths
from dedup.matching.deck import Floats, Indices, deck, joined
from dedup.matching.judgement import LINK
from dedup.nouns.record import Record, Submission
from dedup.reading.identity import ref_of
from dedup.spine.filing import fleeting_keys, posting_keys, record_of
from dedup.spine.regrouping import Regrouping
from dedup.spine.store import BUCKET_CAP, Index

CROWD = BUCKET_CAP
"""An article that resembles more others than this is one of a story printed by hundreds of outlets."""
CROWD_LINKS = 8
"""Twice so many links hold it there: to the lowest refs, which are the same for all prints of the story, so that they
form a star and not a clique; and the strongest, because weak ones count for nothing in a crowd. A clique of 5,000 has
millions of links, to be read whenever one more print arrives."""


class Settler:
    """Settles batches of articles against one index; keeps nothing between two batches."""

    def __init__(self, index: Index, *, window_s: float, clock: Callable[[], float]) -> None:
        self._index = index
        self._window_s = window_s
        self._regrouping = Regrouping(index, window_s, clock)

    def settle(self, submissions: Sequence[Submission]) -> None:
        """Bring the articles into their clusters. Doing it twice is doing it once. Raises StoreError."""
        for batch in _once_each(submissions):
            self._settle(batch)

    def _settle(self, submissions: Sequence[Submission]) -> None:
        identified, records = self._identified(submissions)
        held = self._index.register(records, [submission.article for submission in identified])
        found = self._index.post(
            [(record.ref, posting_keys(submission)) for record, submission in zip(records, identified, strict=True)]
        )
        soon = self._index.post_fleeting(
            [(record.ref, fleeting_keys(submission)) for record, submission in zip(records, identified, strict=True)]
        )
        self._index.link(self._links(held, [one | other for one, other in zip(found, soon, strict=True)]))
        self._regrouping.regroup({record.ref: record for record in held})

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
            if before is not None and self._is_another_story(before, record):
                new_id = f"{record.id}~{record.fingerprint.exact:016x}"
                submission = replace(submission, article=replace(submission.article, id=new_id))
                record = record_of(submission)
            identified.append(submission)
            records.append(record)
        return identified, records

    def _is_another_story(self, before: Record, now: Record) -> bool:
        if before.fingerprint.exact == now.fingerprint.exact:
            return False
        return before.id != now.id or self._judge(before, now) <= LINK

    def _links(self, held: Sequence[Record], found: Sequence[Collection[int]]) -> list[tuple[int, int]]:
        """The links to write: from each article to those candidates that are more likely one story with it than not,
        and back from those for whom that counts, at the level that they have already."""
        own = [record.ref for record in held]
        others, columns, raised = self._index.deck({ref for refs in found for ref in refs}.difference(own))
        refs = np.array([*own, *others], np.int64)
        left, right = _pairs(refs.tolist(), found)
        odds, likeness = strengths(joined(deck(held), columns), self._window_s, left, right)
        accepted = np.flatnonzero(odds > LINK)
        kept = accepted[_wanted(left[accepted], right[accepted], odds[accepted], refs, len(own))]
        levels = np.array([0] * len(own) + raised, np.intp)
        back = kept[_counting(levels, left[kept], odds[kept], likeness[kept])]
        forth = kept[_counting(levels, right[kept], odds[kept], likeness[kept])]
        ends = np.concatenate((left[back], right[forth])), np.concatenate((right[back], left[forth]))
        return list(zip(refs[ends[0]].tolist(), refs[ends[1]].tolist(), strict=True))

    def _judge(self, left: Record, right: Record) -> float:
        """Log-odds of a pair."""
        odds, _ = strengths(deck([left, right]), self._window_s, np.array([0]), np.array([1]))
        return float(odds[0])


def _pairs(refs: Sequence[int], found: Sequence[Collection[int]]) -> tuple[Indices, Indices]:
    """Each article beside each of its candidates, once, as places among the refs."""
    places = {ref: place for place, ref in enumerate(refs)}
    near = [[places[ref] for ref in some if ref in places] for some in found]
    one = np.repeat(np.arange(len(found)), [len(some) for some in near])
    other = np.array([place for some in near for place in some], np.intp)
    apart = one != other
    low, high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    pairs = np.unique(low * len(refs) + high)
    return pairs // max(1, len(refs)), pairs % max(1, len(refs))


def _wanted(left: Indices, right: Indices, odds: Floats, refs: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which links to keep, without most of those of articles in a crowd (of the first `count`, whose links these are);
    a link stays if either end wants it."""
    linked = np.bincount(np.concatenate((left, right)), minlength=count)[:count]
    wanted: NDArray[np.bool_] = ((left < count) & (linked[np.minimum(left, count - 1)] <= CROWD)) | (
        (right < count) & (linked[np.minimum(right, count - 1)] <= CROWD)
    )
    for place in np.flatnonzero(linked > CROWD).tolist():
        rows = np.flatnonzero((left == place) | (right == place))
        others = refs[left[rows] + right[rows] - place]
        wanted[rows[np.argsort(others)[:CROWD_LINKS]]] = True
        wanted[rows[np.lexsort((others, -odds[rows]))[:CROWD_LINKS]]] = True
    return wanted


def _counting(levels: Indices, ends: Indices, odds: Floats, likeness: Floats) -> NDArray[np.bool_]:
    """Which links count for the articles at this end of them."""
    counts = np.ones(len(ends), np.bool_)
    for level in np.unique(levels[ends]).tolist():
        rows = (levels[ends] == level) if level else np.zeros(len(ends), np.bool_)
        counts[rows] = counts_at(level, odds[rows], likeness[rows])
    return counts


def _once_each(submissions: Sequence[Submission]) -> Iterator[list[Submission]]:
    """The submissions in batches that hold no id twice: versions of one article are settled one after the other."""
    rest = list(submissions)
    while rest:
        batch: dict[str, Submission] = {}
        later = [one for one in rest if batch.setdefault(one.article.id, one) is not one]
        yield list(batch.values())
        rest = later
