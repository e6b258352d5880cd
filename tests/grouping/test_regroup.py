"""Clusters of a neighbourhood: a pure function of the set of its articles."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping import verdicts
from dedup.grouping.regroup import Links, Seat, regroup
from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.matching.judgement import log_odds
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Record, Submission
from tests.grouping.records import days_records, linked, records_of
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom, days_papers

seeds = st.integers(0, 10_000)


def clusters_of(records: Sequence[Record], links: Links) -> list[list[Seat]]:
    """The clusters of one neighbourhood."""
    return regroup([(records, links)], WINDOW_S)[0]


@given(st.lists(seeds, max_size=4))
def test_neighbourhoods_do_not_disturb_each_other(chosen: list[int]) -> None:
    hoods = [(days_records(seed), linked(days_papers(seed))) for seed in chosen]
    assert regroup(hoods, WINDOW_S) == [clusters_of(*hood) for hood in hoods]


@given(seeds)
def test_large_neighbourhoods_are_judged_as_small_ones_are(seed: int) -> None:
    records, links = days_records(seed), linked(days_papers(seed))
    expected = clusters_of(records, links)
    with patch.object(verdicts, "TABLE_MOST", 0):
        assert clusters_of(records, links) == expected


@given(seeds, st.integers(0, 1_000))
def test_order_does_not_matter(seed: int, order: int) -> None:
    records, links = days_records(seed), linked(days_papers(seed))
    expected = clusters_of(records, links)
    random.Random(order).shuffle(records)
    assert clusters_of(records, {ref: links[ref] for ref in sorted(links)}) == expected


@given(seeds)
def test_every_article_has_one_seat_and_seats_are_in_order(seed: int) -> None:
    records = {record.ref: record for record in days_records(seed)}
    clusters = clusters_of(list(records.values()), linked(days_papers(seed)))
    assert sorted(seat.ref for seats in clusters for seat in seats) == sorted(records)
    for seats in clusters:
        ages = [(records[seat.ref].published, seat.ref) for seat in seats]
        assert ages == sorted(ages)
    firsts = [(records[seats[0].ref].published, seats[0].ref) for seats in clusters]
    assert firsts == sorted(firsts)


@given(seeds)
def test_via_leads_to_the_first_member(seed: int) -> None:
    for seats in clusters_of(days_records(seed), linked(days_papers(seed))):
        first, *others = seats
        assert (first.relation, first.score, first.via) == (None, None, None)
        via = {seat.ref: seat.via for seat in seats}
        for seat in others:
            assert seat.relation is not None
            assert seat.score is not None
            assert 0 <= seat.score <= 1
            ref: int | None = seat.ref
            steps = 0
            while ref != first.ref:
                assert ref is not None
                ref = via[ref]
                steps += 1
                assert steps <= len(seats)


def test_nobody_and_one_alone() -> None:
    [record] = days_records(0)[:1]
    assert clusters_of([], {}) == []
    assert clusters_of([record], {}) == [[Seat(record.ref)]]


def relation_of(first: Submission, second: Submission) -> Relation | None:
    [[_, seat]] = clusters_of(records_of([first, second]), linked([first, second]))
    return seat.relation


def test_kinds_of_relation() -> None:
    room = Newsroom(5)
    story, title = room.story(14), room.sentence()
    whole = room.printed(
        story, title, id="whole", url="https://paper.example/1", source="paper.example", published=NOON
    )
    later = {"published": NOON + 60}
    assert relation_of(whole, room.printed(story, title, **later)) is Relation.EXACT
    assert relation_of(whole, room.printed(room.edited(story, 0.05), title, **later)) is Relation.COPY
    assert relation_of(whole, room.printed(story[:5], title, **later)) is Relation.EXCERPT
    same_page = {"url": "https://paper.example/1", "source": "paper.example", **later}
    assert relation_of(whole, room.printed([*story, room.sentence()], title, **same_page)) is Relation.REVISION


def test_articles_further_apart_than_the_window_stay_apart() -> None:
    room = Newsroom(6)
    story, title = room.story(9), room.sentence()
    papers = [room.printed(story, title, published=NOON + day * 86_400) for day in (0, 13, 40)]
    clusters = clusters_of(records_of(papers), linked(papers))
    assert [len(seats) for seats in clusters] == [2, 1]


def test_the_ends_of_a_chain_do_not_meet() -> None:
    """A resembles B and B resembles C, but A and C have nothing in common: B goes with the one it is closer to."""
    room = Newsroom(9)
    pool, title = room.story(24), room.sentence()
    a, b, c = (room.printed(pool[start : start + 12], title, published=NOON + start) for start in (0, 4, 14))
    records = records_of([a, b, c])
    odds = log_odds(compare(deck(records), np.array([0, 1, 0]), np.array([1, 2, 2])), WINDOW_S)
    assert odds[0] > 0 > odds[2]
    everywhere = {record.ref: frozenset(other.ref for other in records if other != record) for record in records}
    clusters = clusters_of(records, everywhere)
    assert [[seat.ref for seat in seats] for seats in clusters] == [[records[0].ref, records[1].ref], [records[2].ref]]


def test_a_stale_link_joins_nothing() -> None:
    room = Newsroom(10)
    papers = [room.printed(room.story(8)) for _ in range(2)]
    a, b = records_of(papers)
    assert len(clusters_of([a, b], {a.ref: frozenset({b.ref}), b.ref: frozenset({a.ref})})) == 2
    again = [replace(a, ref=1), replace(a, ref=2)]
    assert len(clusters_of(again, {})) == 1, "two texts that are the same are one story, linked or not"
