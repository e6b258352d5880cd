"""Settle: bring fingerprinted articles into their clusters. The heart of the worker, in a fixed number of steps.

    identify   has an id been reused for another story?        records
    register   keep record and text                             register, tell_registered
    find       look up and insert the band keys                 post, post_fleeting
    link       candidates that hold become links                registered, deck, link
    regroup    everything reachable, as clusters                see regrouping.py

Every step may be repeated, by anybody, after a crash or beside another worker. Links are written before the ticket is
drawn and read after it, so the regrouping with the highest ticket has seen all links, and it has the last word
(docs/design.md, decision 6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress
from operator import not_

import numpy as np
from numpy.typing import NDArray

from dedup.grouping.levels import counts_at
from dedup.grouping.verdicts import strengths
from dedup.matching.deck import Deck, Floats, Indices, deck, joined
from dedup.matching.judgement import LINK
from dedup.matching.outline import may_be_linked, outlines
from dedup.nouns.record import Record, Submission
from dedup.reading.identity import REF_BITS, namesake, ref_of
from dedup.spine.acquaintances import Acquaintances, without
from dedup.spine.filing import fleeting_keys, posting_keys, record_of
from dedup.spine.regrouping import Regrouping
from dedup.spine.store import Index

LINKS_MOST = 64
"""An article that resembles more others than this is one of a story printed by hundreds of outlets, and does not keep
all of its links."""
LINKS_KEPT = 8
"""Twice so many links hold it there: to the lowest refs, which are the same for all prints of the story, so that they
form a star and not a clique; and the strongest, because weak ones count for nothing in a crowd. A clique of 5,000 has
millions of links, to be read whenever one more print arrives."""

_FINDER_BITS = 63 - REF_BITS


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
    """Settles batches of articles against one index. Between batches it remembers what need not be read again."""

    def __init__(self, index: Index, *, window_s: float, clock: Callable[[], float]) -> None:
        self._index = index
        self._window_s = window_s
        self._acquaintances = Acquaintances(index)
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
        own = [one.id == record.id for one, record in zip(held, records, strict=True)]
        later += compress(identified, map(not_, own))  # since we looked, another has taken the ref
        identified, held = list(compress(identified, own)), list(compress(held, own))
        self._index.tell_registered([record.ref for record in held])
        found = self._index.post([(one.ref, posting_keys(by)) for one, by in zip(held, identified, strict=True)])
        soon = self._index.post_fleeting(
            [(one.ref, fleeting_keys(by)) for one, by in zip(held, identified, strict=True)]
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

        An id is reused where the text that it names now has nothing to do with the text that it named before. The name
        that an article is given may be another's again: then it is given a third.
        """
        identified = list(submissions)
        records = [record_of(submission) for submission in submissions]
        unsure: Sequence[int] = range(len(records))
        while unsure:
            known = self._index.records({records[place].ref for place in unsure})
            renamed = []
            for place in unsure:
                before = known.get(records[place].ref)
                if before is not None and (new_id := self._other_id(before, records[place])):
                    article = replace(identified[place].article, id=new_id)
                    identified[place] = replace(identified[place], article=article, packed=b"")
                    records[place] = record_of(identified[place])
                    renamed.append(place)
            unsure = renamed
        return identified, records

    def _other_id(self, before: Record, now: Record) -> str | None:
        """The id that an article needs because its own, or the ref of its own, is another article's."""
        if before.id != now.id:
            return namesake(now.id)
        if before.fingerprint.exact == now.fingerprint.exact or self._judge(before, now) > LINK:
            return None
        return f"{now.id}~{now.fingerprint.exact:016x}"

    def _links(self, held: Sequence[Record], found: Sequence[Collection[int]]) -> list[tuple[int, int]]:
        """The links to write: from each article to those candidates that are more likely one story with it than not,
        and back from those for whom that counts, at the level that they have already."""
        own = np.array([record.ref for record in held], np.int64)
        columns = deck(held)
        finders, candidates = self._promising(own, columns, *_in_order(found))
        others, more, raised = self._index.deck(np.setdiff1d(candidates, own).tolist())
        refs = np.concatenate((own, np.array(others, np.int64)))
        left, right = _pairs(finders, candidates, refs)
        odds, likeness = strengths(joined(columns, more), self._window_s, left, right)
        accepted = np.flatnonzero(odds > LINK)
        kept = accepted[_wanted(left[accepted], right[accepted], odds[accepted], refs, len(own))]
        levels = np.array([0] * len(own) + raised, np.intp)
        back = kept[_counting(levels, left[kept], odds[kept], likeness[kept])]
        forth = kept[_counting(levels, right[kept], odds[kept], likeness[kept])]
        ends = np.concatenate((left[back], right[forth])), np.concatenate((right[back], left[forth]))
        return list(zip(refs[ends[0]].tolist(), refs[ends[1]].tolist(), strict=True))

    def _promising(
        self, own: NDArray[np.int64], columns: Deck, finders: Indices, candidates: NDArray[np.int64]
    ) -> tuple[Indices, NDArray[np.int64]]:
        """Finders and candidates without those strangers of whom an outline says that they cannot be linked: nearly
        all. Whoever is of the same batch stays."""
        firsts = np.diff(candidates, prepend=-1) != 0
        met = candidates[firsts]
        who = np.cumsum(firsts) - 1
        strange = without(met, own)
        places = np.full(len(met), -1)
        known, places[strange] = self._acquaintances.outlines(met[strange])
        there = np.flatnonzero(places[who] >= 0)
        kept = ~strange[who]
        kept[there] = may_be_linked(outlines(columns), finders[there], known, places[who[there]])
        return finders[kept], candidates[kept]

    def _judge(self, left: Record, right: Record) -> float:
        """Log-odds of a pair."""
        odds, _ = strengths(deck([left, right]), self._window_s, np.array([0]), np.array([1]))
        return float(odds[0])


def _in_order(found: Sequence[Collection[int]]) -> tuple[Indices, NDArray[np.int64]]:
    """Each finder (its place in the batch) beside each of its candidates, in the order of these. Both are sorted as one
    number, in a third of the time that it takes to find an order and then to keep to it."""
    finders = np.repeat(np.arange(len(found)), [len(refs) for refs in found])
    both = np.fromiter(chain.from_iterable(found), np.int64, len(finders)) << _FINDER_BITS | finders
    both.sort()
    return both & (1 << _FINDER_BITS) - 1, both >> _FINDER_BITS


def _pairs(finders: Indices, candidates: NDArray[np.int64], refs: NDArray[np.int64]) -> tuple[Indices, Indices]:
    """Each finder beside each of its candidates that is there, every pair once, as places among the refs."""
    order = np.argsort(refs)
    near = order[np.minimum(np.searchsorted(refs, candidates, sorter=order), len(refs) - 1)]
    there = (refs[near] == candidates) & (near != finders)
    low, high = np.minimum(finders, near)[there], np.maximum(finders, near)[there]
    pairs = np.unique(low * len(refs) + high)
    return pairs // len(refs), pairs % len(refs)


def _wanted(left: Indices, right: Indices, odds: Floats, refs: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which links to keep, without most of those of articles in a crowd (of the first `count`, whose links these are);
    a link stays if either end wants it."""
    linked = np.bincount(np.concatenate((left, right)), minlength=count)[:count]
    wanted: NDArray[np.bool_] = ((left < count) & (linked[np.minimum(left, count - 1)] <= LINKS_MOST)) | (
        (right < count) & (linked[np.minimum(right, count - 1)] <= LINKS_MOST)
    )
    for place in np.flatnonzero(linked > LINKS_MOST).tolist():
        rows = np.flatnonzero((left == place) | (right == place))
        others = refs[left[rows] + right[rows] - place]
        wanted[rows[np.argsort(others)[:LINKS_KEPT]]] = True
        wanted[rows[np.lexsort((others, -odds[rows]))[:LINKS_KEPT]]] = True
    return wanted


def _counting(levels: Indices, ends: Indices, odds: Floats, likeness: Floats) -> NDArray[np.bool_]:
    """Which links count for the articles at this end of them."""
    counts = np.ones(len(ends), np.bool_)
    for level in np.unique(levels[ends]).tolist():
        rows = (levels[ends] == level) if level else np.zeros(len(ends), np.bool_)
        counts[rows] = counts_at(level, odds[rows], likeness[rows])
    return counts


def _once_each(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Submission]]:
    """The submissions without those whose ref came before, and those: versions are settled one after the other."""
    batch: dict[int, Submission] = {}
    later = [one for one in submissions if batch.setdefault(ref_of(one.article.id), one) is not one]
    return list(batch.values()), later
