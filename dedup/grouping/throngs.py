"""Throngs: one story beyond doubt, printed more often than can be read whenever one more print arrives.

Its articles are one cluster without questions. Who comes is held by the strongest of its own links; all others keep the
seats that the cluster says they have. So who holds whom, and the order of the members, depend on the order of arrival;
which articles they are does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.grouping.levels import LAST, counts_at
from dedup.grouping.regroup import Links
from dedup.grouping.verdicts import Verdicts, judges
from dedup.matching.judgement import LIMIT, probability
from dedup.nouns.cluster import Member
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Record


@dataclass(frozen=True, slots=True)
class Throng:
    """Articles of a throng that are `visited`, the records of those that they met there, and the members that its
    clusters have so far, each cluster's in order (several clusters, if it is found out now that they are one)."""

    visited: Sequence[int]
    beside: Mapping[int, Record]
    clusters: Mapping[int, Mapping[int, Member]]


@dataclass(frozen=True, slots=True)
class _Pull:
    """The strength of a link to `ref`, and what it would say of a member that joins by it."""

    odds: float
    ref: int
    relation: Relation


def seated(throng: Throng, records: Mapping[int, Record], links: Links, window_s: float) -> dict[int, Member]:
    """All members of the throng, in order: those of the largest cluster, of the others, and then who is new.

    `records` and `links` are those of the visited.
    """
    held = _Held(throng, records)
    members = sorted(throng.clusters.values(), key=lambda some: (-len(some), min(some, default=0)))
    new = [ref for ref in throng.visited if not any(ref in some for some in members)]
    new.sort(key=lambda ref: (records[ref].published, ref))
    if members:
        held.take_in(members[0])
    elif new:
        held.take_in({new[0]: Member(records[new[0]].id)})
    pulls = _pulls(throng, records, links, window_s)
    reached = list(held.members)
    waiting = members[1:]
    for ref in reached:  # grows while it is walked
        for other in sorted(pulls.get(ref, {})):
            cluster = next((some for some in waiting if other in some), {other: held.newcomer(other)})
            if other not in held.members:
                pull = max(
                    (pull for pull in pulls[other].values() if pull.ref in held.members),
                    key=lambda pull: (pull.odds, -pull.ref),
                )
                held.take_in(cluster, other, pull)
                reached.extend(cluster)
    for some in (*waiting, *({ref: held.newcomer(ref)} for ref in new)):  # whose links have expired
        if held.members.keys().isdisjoint(some):
            held.take_in(some)
    order = {ref: place for place, ref in enumerate((*(ref for some in members for ref in some), *new))}
    return dict(sorted(held.members.items(), key=lambda item: order[item[0]]))


class _Held:
    """Those who have their seats."""

    def __init__(self, throng: Throng, records: Mapping[int, Record]) -> None:
        self.members: dict[int, Member] = {}
        self._ids = {ref: record.id for ref, record in (*throng.beside.items(), *records.items())}

    def newcomer(self, ref: int) -> Member:
        """Who has no seat yet."""
        return Member(self._ids[ref])

    def take_in(self, cluster: Mapping[int, Member], by: int | None = None, pull: _Pull | None = None) -> None:
        """Take in a cluster by the link of one of its members; its tree of seats is then seen from there."""
        self.members |= cluster
        if by is None or pull is None:
            return
        refs = {member.id: ref for ref, member in cluster.items()}
        relation, score, via = pull.relation, _score(pull.odds), self._ids[pull.ref]
        here: int | None = by
        while here is not None:
            old = cluster[here]
            self.members[here] = Member(old.id, relation, score, via)
            if old.relation is None or old.score is None or old.via is None:
                return
            relation, score, via = old.relation, old.score, old.id
            here = refs.get(old.via)


def _pulls(throng: Throng, records: Mapping[int, Record], links: Links, window_s: float) -> dict[int, dict[int, _Pull]]:
    """The links of the visited that count in a throng, from both ends."""
    members = {ref for some in throng.clusters.values() for ref in some}
    near = {ref: records[ref] for ref in throng.visited}
    near |= {ref: record for ref, record in throng.beside.items() if ref in members}
    order = list(near)
    places = {ref: place for place, ref in enumerate(order)}
    pairs = [(ref, other) for ref in throng.visited for other in links.get(ref, ()) if other in places]
    ends = np.array([(places[a], places[b]) for a, b in pairs], np.intp).reshape(-1, 2)
    [judge] = judges([list(near.values())], window_s)
    found = judge(ends[:, 0], ends[:, 1])
    pulls: dict[int, dict[int, _Pull]] = {}
    for (one, other), odds, relation in _strong(pairs, found):
        pulls.setdefault(one, {})[other] = _Pull(odds, other, relation)
        pulls.setdefault(other, {})[one] = _Pull(odds, one, relation)
    return pulls


def _strong(pairs: Sequence[tuple[int, int]], found: Verdicts) -> Iterator[tuple[tuple[int, int], float, Relation]]:
    counted = counts_at(LAST, found.odds, found.likeness).tolist()
    for pair, odds, relation, counts in zip(pairs, found.odds.tolist(), found.relations.tolist(), counted, strict=True):
        if counts:
            yield pair, odds, Relation(relation)


def _score(odds: float) -> float:
    return probability(min(LIMIT, max(-LIMIT, odds)))
