"""Settle: bring fingerprinted articles into their clusters. The heart of the worker, in a fixed number of steps.

    identify   has an id been reused for another story?        records
    register   keep record and text                             register
    find       look up and insert the band keys                 post, post_fleeting, records
    link       candidates that hold become links                link
    regroup    everything reachable, as clusters                ticket, links.., records, placements, shelves;
                                                                shelve, publish, place, announced

Every step may be repeated, by anybody, after a crash or beside another worker. Links are written before the ticket is
drawn and read after it, so the regrouping with the highest ticket has seen all links, and it has the last word
(docs/design.md, decision 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dedup.grouping.rearrange import Neighbourhood, Rearrangement, rearrange
from dedup.matching.deck import Deck, Indices, deck, joined
from dedup.matching.features import compare
from dedup.matching.judgement import LINK, log_odds
from dedup.nouns.cluster import Event
from dedup.nouns.errors import StoreError
from dedup.nouns.fingerprint import Sketch
from dedup.nouns.record import Record, Submission
from dedup.reading.identity import digest, ref_of
from dedup.sketching.views import VIEWS
from dedup.spine.store import BUCKET_CAP, Index

CROWD = BUCKET_CAP
"""An article that resembles more others than this is one of a story printed by hundreds of outlets."""
CROWD_LINKS = 8
"""So many links hold it there: to the lowest refs, which are the same for all prints of the story, so that they form a
star and not a clique. A clique of 5,000 has millions of links, to be read whenever one more print arrives."""
TRIES = 50
"""Regroupings lost to other workers before a batch is given back. Each loss means that somebody else won."""
PAIRS_AT_ONCE = 2_048
"""Pairs compared in one go: their signatures, 1.8 MB, stay in the cache."""


class Settler:
    """Settles batches of articles against one index; keeps nothing between two batches."""

    def __init__(self, index: Index, *, window_s: float, clock: Callable[[], float]) -> None:
        self._index = index
        self._window_s = window_s
        self._clock = clock

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
        self._regroup({record.ref: record for record in held})

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
        return before.id != now.id or self._judge([before], [now])[0] <= LINK

    def _links(self, held: Sequence[Record], found: Sequence[Collection[int]]) -> list[tuple[int, int]]:
        """The pairs of an article and a candidate that are more likely one story than not."""
        own = [record.ref for record in held]
        others, columns = self._index.deck({ref for refs in found for ref in refs}.difference(own))
        places = {ref: place for place, ref in enumerate((*own, *others))}
        pairs = {
            (min(ref, other), max(ref, other))
            for ref, refs in zip(own, found, strict=True)
            for other in refs
            if other in places and other != ref
        }
        ordered = sorted(pairs)
        ends = np.array([(places[a], places[b]) for a, b in ordered], np.intp).reshape(-1, 2)
        odds = self._odds(joined(deck(held), columns), ends)
        accepted = [pair for pair, value in zip(ordered, odds, strict=True) if value > LINK]
        return accepted if len(accepted) <= CROWD else _thinned(accepted, set(own))

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

    def _regroup(self, held: Mapping[int, Record]) -> None:
        """Regroup the neighbourhoods of these articles, again where another worker came between."""
        refs = set(held)
        for _ in range(TRIES):
            ticket = self._index.ticket()
            hoods = self._neighbourhoods(refs, held)
            now = int(self._clock())
            plans = rearrange(hoods, ticket, self._window_s, now)
            lost = self._write(plans)
            written = [hood for hood, plan in zip(hoods, plans, strict=True) if plan.shelves]
            again = [hood for hood in hoods if lost & (hood.records.keys() | hood.shelves.keys())]
            again += self._outdated(written) + self._overtaken(hoods, plans)
            if not again:
                return
            refs = {ref for hood in again for ref in hood.records}
        raise StoreError(f"lost {TRIES} races for one cluster to other workers: run fewer workers, or larger batches")

    def _write(self, plans: Sequence[Rearrangement]) -> set[int]:
        """Write what was planned; returns the refs of clusters that somebody else has written meanwhile."""
        shelves = [shelf for plan in plans for shelf in plan.shelves]
        written = self._index.shelve(shelves) if shelves else set()
        lost = {shelf.ref for shelf, _ in shelves} - written
        won = [plan for plan in plans if lost.isdisjoint(shelf.ref for shelf, _ in plan.shelves)]
        told = {shelf.ref: shelf for plan in plans for shelf in plan.left_over if shelf.ref not in lost}
        told |= {shelf.ref: shelf for shelf, _ in shelves if shelf.ref in written and shelf.pending}
        # An article that is alone is told of before it is placed, others after: a crash in between loses no event, and
        # who follows the events finds every article where they say that it is.
        self._publish([event for plan in won for event in plan.events])
        placements = {ref: placement for plan in won for ref, placement in plan.placements.items()}
        self._index.place(placements, {ref for plan in won for ref in plan.fresh})
        self._publish([event for shelf in told.values() for event in shelf.pending])
        if told:
            self._index.announced(list(told.values()))
        return lost

    def _publish(self, events: Sequence[Event]) -> None:
        if events:
            self._index.publish(events)

    def _outdated(self, hoods: Sequence[Neighbourhood]) -> list[Neighbourhood]:
        """Those that have been given links since they were read.

        Whoever gave them has a higher ticket, and may have found the clusters as they should be before they were
        written here: then nobody but us knows that they are not any more.
        """
        links = self._index.links({ref for hood in hoods for ref in hood.records}) if hoods else {}
        return [
            hood for hood in hoods if any(links.get(ref, frozenset()) != found for ref, found in hood.links.items())
        ]

    def _overtaken(self, hoods: Sequence[Neighbourhood], plans: Sequence[Rearrangement]) -> list[Neighbourhood]:
        """Those with a crowd whose articles do not stand where they should: as not all of them are placed anew, another
        writer may have placed some."""
        refs = {ref for plan in plans for ref in plan.expected}
        placements = self._index.placements(refs) if refs else {}
        return [
            hood
            for hood, plan in zip(hoods, plans, strict=True)
            if any(ref in placements and not placements[ref].agrees(here) for ref, here in plan.expected.items())
        ]

    def _neighbourhoods(self, refs: Collection[int], held: Mapping[int, Record]) -> list[Neighbourhood]:
        links = self._reach(refs)
        # A record is read again, because another worker may have put a newer version there; but where an article is
        # alone, and most are, nothing depends on what is in it.
        alone = {ref: held[ref] for ref, others in links.items() if not others and ref in held}
        records = alone | self._index.records(links.keys() - alone.keys())
        placements = self._index.placements(links)
        shelves = self._index.shelves({*links, *(placement.cluster for placement in placements.values())})
        hoods = []
        for members in components(links):
            present = {ref: records[ref] for ref in members if ref in records}
            names = {*members, *(placements[ref].cluster for ref in members if ref in placements)}
            hoods.append(
                Neighbourhood(
                    present,
                    {ref: links[ref] for ref in present},
                    {ref: placements[ref] for ref in present if ref in placements},
                    {name: shelves[name] for name in names if name in shelves},
                )
            )
        return [hood for hood in hoods if hood.records]

    def _reach(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        """The links of everything that can be reached from these: a round trip for each step away, hardly ever
        more than three, because candidates are linked to all that they resemble."""
        links: dict[int, frozenset[int]] = {}
        frontier = set(refs)
        while frontier:
            links |= self._index.links(frontier)
            links |= {ref: frozenset() for ref in frontier if ref not in links}
            frontier = {other for ref in frontier for other in links[ref]} - links.keys()
        return links


def record_of(submission: Submission) -> Record:
    """What the index keeps of an article: its fingerprint without the band keys, and what orders and relates it."""
    article, found = submission.article, submission.fingerprint
    sketches = {name: Sketch(sketch.size, sketch.signature) for name, sketch in found.sketches.items()}
    return Record(
        ref=ref_of(article.id),
        id=article.id,
        published=article.published,
        updated=article.updated,
        origin=digest(article.source),
        address=digest(article.url or article.guid or ""),
        fingerprint=replace(found, sketches=sketches),
    )


def posting_keys(submission: Submission) -> tuple[int, ...]:
    """The keys under which an article is found: its band keys, and its address, so that two versions of one page meet
    however much was changed."""
    keys = _band_keys(submission, fleeting=False)
    article = submission.article
    if article.url:
        return (*keys, address_key(article.url))
    return (*keys, address_key(f"{article.source} {article.guid}")) if article.guid else keys


def fleeting_keys(submission: Submission) -> tuple[int, ...]:
    """The keys under which an article is found for a short time."""
    return _band_keys(submission, fleeting=True)


def _band_keys(submission: Submission, fleeting: bool) -> tuple[int, ...]:
    sketches = submission.fingerprint.sketches
    views = (view.name for view in VIEWS if view.fleeting is fleeting and view.name in sketches)
    return tuple(key for name in views for key in sketches[name].bands)


def address_key(address: str) -> int:
    """The key under which the articles of a URL, or of a source's guid, are found."""
    return digest(f"address {address}")


def _thinned(links: Sequence[tuple[int, int]], own: Collection[int]) -> list[tuple[int, int]]:
    """The links without most of those of articles in a crowd; a link stays if either end wants it."""
    others: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in links:
        for ref, other in ((a, b), (b, a)):
            if ref in own:
                others[ref].append(other)
    wanted = {ref: sorted(linked)[:CROWD_LINKS] if len(linked) > CROWD else linked for ref, linked in others.items()}
    return sorted({(min(ref, other), max(ref, other)) for ref, linked in wanted.items() for other in linked})


def components(links: Mapping[int, Collection[int]]) -> list[list[int]]:
    """The connected components of a graph that is closed under its links, each ascending."""
    found: list[list[int]] = []
    seen: set[int] = set()
    for start in sorted(links):
        if start not in seen:
            reached, frontier = {start}, {start}
            while frontier:
                frontier = {other for ref in frontier for other in links[ref]} - reached
                reached |= frontier
            seen |= reached
            found.append(sorted(reached))
    return found


def _once_each(submissions: Sequence[Submission]) -> Iterator[list[Submission]]:
    """The submissions in batches that hold no id twice: versions of one article are settled one after the other."""
    rest = list(submissions)
    while rest:
        batch: dict[str, Submission] = {}
        later = [one for one in rest if batch.setdefault(one.article.id, one) is not one]
        yield list(batch.values())
        rest = later
