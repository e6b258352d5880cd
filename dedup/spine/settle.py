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
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from dedup.grouping.levels import counts_at
from dedup.grouping.verdicts import strengths
from dedup.matching.deck import Floats, deck, joined
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
Link = tuple[int, int]


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

    def _links(self, held: Sequence[Record], found: Sequence[Collection[int]]) -> list[Link]:
        """The links to write: from each article to those candidates that are more likely one story with it than not,
        and back from those for whom that counts, at the level that they have already."""
        own = [record.ref for record in held]
        others, columns, levels = self._index.deck({ref for refs in found for ref in refs}.difference(own))
        places = {ref: place for place, ref in enumerate((*own, *others))}
        pairs = {
            (min(ref, other), max(ref, other))
            for ref, refs in zip(own, found, strict=True)
            for other in refs
            if other in places and other != ref
        }
        ordered = sorted(pairs)
        ends = np.array([(places[a], places[b]) for a, b in ordered], np.intp).reshape(-1, 2)
        odds, likeness = strengths(joined(deck(held), columns), self._window_s, ends[:, 0], ends[:, 1])
        kept = np.flatnonzero(odds > LINK)
        accepted = [ordered[place] for place in kept.tolist()]
        links = _thinned(accepted, odds[kept], set(own)) if len(accepted) > CROWD else accepted
        raised = {ref: level for ref, level in zip(others, levels, strict=True) if level}
        strong = {pair: place for place, pair in enumerate(ordered)} if raised else {}

        def counts(ref: int, pair: Link) -> bool:
            if ref not in raised:
                return True
            row = slice(strong[pair], strong[pair] + 1)
            return bool(counts_at(raised[ref], odds[row], likeness[row])[0])

        return [(a, b) for a, b in links if counts(a, (a, b))] + [(b, a) for a, b in links if counts(b, (a, b))]

    def _judge(self, left: Record, right: Record) -> float:
        """Log-odds of a pair."""
        odds, _ = strengths(deck([left, right]), self._window_s, np.array([0]), np.array([1]))
        return float(odds[0])


def _thinned(links: Sequence[Link], odds: Floats, own: Collection[int]) -> list[Link]:
    """The links without most of those of articles in a crowd; a link stays if either end wants it."""
    others: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for (a, b), value in zip(links, odds.tolist(), strict=True):
        for ref, other in ((a, b), (b, a)):
            if ref in own:
                others[ref].append((-value, other))
    wanted: set[Link] = set()
    for ref, linked in others.items():
        chosen = {other for _, other in linked}
        if len(linked) > CROWD:
            chosen = {*sorted(chosen)[:CROWD_LINKS], *(other for _, other in sorted(linked)[:CROWD_LINKS])}
        wanted |= {(min(ref, other), max(ref, other)) for other in chosen}
    return sorted(wanted)


def _once_each(submissions: Sequence[Submission]) -> Iterator[list[Submission]]:
    """The submissions in batches that hold no id twice: versions of one article are settled one after the other."""
    rest = list(submissions)
    while rest:
        batch: dict[str, Submission] = {}
        later = [one for one in rest if batch.setdefault(one.article.id, one) is not one]
        yield list(batch.values())
        rest = later
