"""Prints and blocks: small enough to ask about all pairs, and never chained together by weak links."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping import prints as module
from dedup.grouping.prints import blocks
from dedup.grouping.regroup import regroup
from dedup.grouping.verdicts import Judge, Verdicts, judges
from dedup.matching.deck import Floats, Indices
from dedup.nouns.evidence import Relation
from tests.grouping.records import linked, records_of
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom


def judge_of(odds: Floats, likeness: Floats) -> Judge:
    """A judge who knows tables [n, n]."""

    def judge(left: Indices, right: Indices) -> Verdicts:
        named = np.array([Relation.COPY] * len(left), object)
        return Verdicts(odds[left, right], np.ones(len(left)), likeness[left, right], named)

    return judge


def chain(*sizes: int, within: float, between: float, likeness: float = 0.5) -> tuple[int, Judge]:
    """Groups of articles with one log-odds inside each group, and another one between them."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    alike = group[:, None] == group[None, :]
    return len(group), judge_of(np.where(alike, within, between), np.where(alike, likeness, 0.1))


def everywhere(count: int) -> tuple[Indices, Indices]:
    left, right = np.triu_indices(count, 1)
    return left, right


def test_prints_of_one_text_are_one_node() -> None:
    """A story with many copies is a few nodes, not a table of all pairs."""
    room = Newsroom(7)
    story = room.story(12)
    papers = [room.printed(story, published=NOON + number) for number in range(60)]
    papers += [room.printed(room.edited(story, 0.15), published=NOON + 100)]
    pairs = np.array([(place, place + 1) for place in range(len(papers) - 1)], np.intp)
    [judge] = judges([records_of(papers)], WINDOW_S)
    [prints] = blocks(len(papers), (pairs[:, 0], pairs[:, 1]), judge)
    assert sorted(map(len, prints)) == [1, 60]
    [[seats]] = regroup([(records_of(papers), linked(papers))], WINDOW_S)
    assert [seat.relation for seat in seats[1:-1]] == [Relation.EXACT] * 59
    assert {seat.via for seat in seats[1:]} == {seats[0].ref}


def test_a_large_neighbourhood_is_cut_where_its_links_are_weakest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRINTS_MOST", 5)
    count, judge = chain(4, 5, 3, within=6.0, between=1.5)
    assert [len(block) for block in blocks(count, everywhere(count), judge)] == [4, 5, 3]


def test_a_story_of_many_prints_is_contracted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no cut makes smaller is one story; its prints are taken together though they differ more."""
    monkeypatch.setattr(module, "PRINTS_MOST", 5)
    count, judge = chain(9, within=20.0, between=0.0, likeness=0.8)
    assert blocks(count, everywhere(count), judge) == [[list(range(9))]]


def test_what_only_weak_links_hold_is_never_chained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRINTS_MOST", 5)
    count, judge = chain(40, within=1.0, between=0.0, likeness=0.6)
    found = blocks(count, everywhere(count), judge)
    assert [len(block) for block in found] == [1] * 40


@given(st.integers(0, 1_000), st.integers(1, 60), st.integers(1, 8))
def test_every_article_is_in_one_print_and_no_block_is_too_large(seed: int, count: int, most: int) -> None:
    chance = np.random.default_rng(seed)
    odds, likeness = chance.normal(3, 6, (count, count)), chance.random((count, count))
    ends = everywhere(count)
    kept = chance.random(len(ends[0])) < 0.2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PRINTS_MOST", most)
        found = blocks(count, (ends[0][kept], ends[1][kept]), judge_of(odds, likeness))
    assert sorted(member for block in found for print_ in block for member in print_) == list(range(count))
    assert all(len(block) <= most for block in found)


def test_a_crowd_is_contracted_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Newsroom(8)
    story = room.story(10)
    papers = [room.printed(room.edited(story, 0.03), published=NOON + number) for number in range(40)]
    [judge] = judges([records_of(papers)], WINDOW_S)
    [prints] = blocks(len(papers), everywhere(len(papers)), judge)
    assert len(prints) > 3
    monkeypatch.setattr(module, "PRINTS_MOST", 3)
    [prints] = blocks(len(papers), everywhere(len(papers)), judge)
    assert len(prints) <= 3
