"""Regroup a block: from its articles and the links between them to the clusters that they form.

A block is everything that can be reached over links that count (levels.py). The clusters are a pure function of the set
of its articles and links: neither the order of arrival nor how often it is done changes the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.grouping.leaves import doubted, hosts
from dedup.grouping.linkage import average_link, strongest_tree
from dedup.grouping.prints import prints
from dedup.grouping.verdicts import Judge, judges
from dedup.grouping.voices import voices
from dedup.matching.deck import Floats, Indices
from dedup.matching.judgement import LIMIT, probability
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Record

Pair = tuple[int, int]
Links = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a cluster, and how it joined; the first member joined nobody."""

    ref: int
    relation: Relation | None = None
    score: float | None = None
    via: int | None = None


def regroup(blocks: Sequence[tuple[Sequence[Record], Links]], window_s: float) -> list[list[list[Seat]]]:
    """The clusters of each block (its articles, and the links between them): members in order of publication, clusters
    in order of their first members. A block's clusters do not depend on what else is asked for."""
    ordered = [sorted(records, key=lambda record: (record.published, record.ref)) for records, _ in blocks]
    judged = zip(ordered, blocks, judges(ordered, window_s), strict=True)
    return [_regrouped(records, links, judge) for records, (_, links), judge in judged]


def _regrouped(ordered: Sequence[Record], links: Links, judge: Judge) -> list[list[Seat]]:
    if len(ordered) < 2:  # most articles are alone
        return [[Seat(record.ref)] for record in ordered]
    joins: list[tuple[int, int | None]] = []
    clusters: list[list[int]] = []
    ends = _linked_pairs(ordered, links)
    linked = judge(*ends)
    found = prints(len(ordered), ends, linked)
    heads = np.array([members[0] for members in found], np.intp)
    odds, shares = _all_pairs(heads, judge)
    lengths = np.array([max(1, ordered[head].fingerprint.length) for head in heads], np.float64)
    heard = voices(found, odds, lengths, ends, linked.odds)
    for pairs, group in _groups(heard.odds, shares, lengths):
        for node, via in _held(group[0], pairs):
            head = found[node][0]
            if via is None:
                joins.append((head, None))
            else:
                head = heard.speakers.get((node, via), head)
                joins.append((head, heard.speakers.get((via, node), found[via][0])))
            joins.extend((other, head) for other in found[node] if other != head)
        clusters.append(sorted(member for node in group for member in found[node]))
    seats = _seats(ordered, joins, judge)
    return [[seats[member] for member in cluster] for cluster in sorted(clusters)]


def _groups(odds: Floats, shares: Floats, lengths: Floats) -> list[tuple[list[Pair], list[int]]]:
    """The clusters of the heads, each with the pairs that hold it together.

    Those that stand by themselves are grouped by average link; then each leaf goes to where its host is.
    """
    odds = doubted(odds, lengths)
    host = hosts(odds, lengths)
    stems = np.flatnonzero(host < 0)
    believed = np.clip(odds, -LIMIT, LIMIT)
    found = average_link(believed[np.ix_(stems, stems)], shares[np.ix_(stems, stems)])
    groups = [[int(stems[place]) for place in group] for group in found]
    pairs = [strongest_tree(odds, group) for group in groups]
    placed = {node: number for number, group in enumerate(groups) for node in group}
    for leaf in sorted(np.flatnonzero(host >= 0).tolist(), key=lambda leaf: -lengths[leaf]):  # a host may be a leaf
        if host[leaf] == leaf:
            placed[leaf] = len(groups)
            groups.append([leaf])
            pairs.append([])
        else:
            number = placed[leaf] = placed[int(host[leaf])]
            groups[number].append(leaf)
            pairs[number].append((int(host[leaf]), leaf))
    return [(held, sorted(group)) for held, group in zip(pairs, groups, strict=True)]


def _held(first: int, pairs: Sequence[Pair]) -> list[tuple[int, int | None]]:
    """By whom each node is held, seen from the first one, which nobody holds; every node after its holder."""
    beside: dict[int, list[int]] = {first: []}
    for one, other in pairs:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    held: dict[int, int | None] = {first: None}
    reached = [first]
    for node in reached:
        news = [other for other in beside[node] if other not in held]
        held.update(dict.fromkeys(news, node))
        reached.extend(news)
    return list(held.items())


def _linked_pairs(ordered: Sequence[Record], links: Mapping[int, frozenset[int]]) -> tuple[Indices, Indices]:
    """Both ends of every link between two of the records, as positions, the earlier one left."""
    places = {record.ref: place for place, record in enumerate(ordered)}
    pairs = [
        (place, places[other])
        for ref, place in places.items()
        for other in links.get(ref, ())
        if places.get(other, -1) > place
    ]
    ends = np.array(pairs, np.intp).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _all_pairs(heads: Indices, judge: Judge) -> tuple[Floats, Floats]:
    """Log-odds and weights of every pair of heads, as symmetric tables."""
    odds, shares = np.zeros((len(heads), len(heads))), np.zeros((len(heads), len(heads)))
    rows, cols = np.triu_indices(len(heads), 1)
    found = judge(heads[rows], heads[cols])
    odds[rows, cols] = odds[cols, rows] = found.odds
    shares[rows, cols] = shares[cols, rows] = found.shares
    return odds, shares


def _seats(ordered: Sequence[Record], joins: Sequence[tuple[int, int | None]], judge: Judge) -> dict[int, Seat]:
    """The seat of each member, from whom it joined."""
    seats = {member: Seat(ordered[member].ref) for member, via in joins if via is None}
    joined = [(member, via) for member, via in joins if via is not None]
    ends = np.array(joined, np.intp).reshape(-1, 2)
    found = judge(ends[:, 0], ends[:, 1])
    scores = map(probability, np.clip(found.odds, -LIMIT, LIMIT).tolist())
    for (member, via), relation, score in zip(joined, found.relations.tolist(), scores, strict=True):
        seats[member] = Seat(ordered[member].ref, Relation(relation), score, ordered[via].ref)
    return seats
