"""Names of clusters: kept, never given twice, and every change told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping.naming import Change, changes, name_clusters
from dedup.nouns.cluster import EventKind

CREATED, JOINED, MERGED, SPLIT = EventKind.CREATED, EventKind.JOINED, EventKind.MERGED, EventKind.SPLIT


@st.composite
def rearrangements(draw: st.DrawFn) -> tuple[list[list[int]], dict[int, int], dict[int, list[int]]]:
    """Parts of the refs 0..n-1 in order of publication, where each stood before, and whom each old cluster held.

    Old clusters are named by one of their members, or by an article that has expired (100 and more).
    """
    count = draw(st.integers(1, 9))
    into = [draw(st.integers(0, 3)) for _ in range(count)]
    parts = [[ref for ref in range(count) if into[ref] == part] for part in range(4)]
    came_from = [draw(st.integers(-1, 3)) for _ in range(count)]
    before: dict[int, list[int]] = {}
    for old in range(4):
        held = [ref for ref in range(count) if came_from[ref] == old]
        if held:
            before[draw(st.sampled_from([*held, 100 + old]))] = held
    standing = {ref: name for name, held in before.items() for ref in held}
    return [part for part in parts if part], standing, before


def told(
    parts: Sequence[Sequence[int]], before: Mapping[int, Sequence[int]]
) -> tuple[dict[int, Sequence[int]], dict[int, list[Change]]]:
    standing = {ref: name for name, held in before.items() for ref in held}
    named = name_clusters(parts, standing)
    return named, changes(named, standing, before)


@given(rearrangements())
def test_no_name_twice_and_every_part_named(case: tuple[list[list[int]], dict[int, int], dict[int, list[int]]]) -> None:
    parts, standing, _ = case
    named = name_clusters(parts, standing)
    assert sorted(map(list, named.values())) == sorted(parts)
    for name, members in named.items():
        assert name in members or name >= 100, "a cluster is named by a member, or by one that has expired"


@given(rearrangements())
def test_a_name_stays_with_its_article(case: tuple[list[list[int]], dict[int, int], dict[int, list[int]]]) -> None:
    """Unless an earlier member brings an old name of its own."""
    parts, standing, before = case
    named = name_clusters(parts, standing)
    for name, members in named.items():
        kept = [old for ref in members if (old := standing.get(ref)) is not None and old in members]
        assert not kept or name == kept[0] or name >= 100
    for old in before:
        if old < 100 and old in named:
            assert old in named[old]


@given(rearrangements())
def test_nothing_changes_the_second_time(case: tuple[list[list[int]], dict[int, int], dict[int, list[int]]]) -> None:
    parts, standing, _ = case
    named = name_clusters(parts, standing)
    again, news = told(parts, named)
    assert again == named
    assert not any(news.values())


@given(rearrangements())
def test_what_is_told_leads_from_the_old_clusters_to_the_new(
    case: tuple[list[list[int]], dict[int, int], dict[int, list[int]]],
) -> None:
    parts, _, before = case
    named, news = told(parts, before)
    where = {ref: name for name, held in before.items() for ref in held}
    for name, happened in news.items():
        for change in happened:
            if change.kind is SPLIT:
                assert all(where.get(ref) in (name, change.other) for ref in change.refs)
                assert change.other is not None
                where |= dict.fromkeys(change.refs, change.other)
            else:
                where |= dict.fromkeys(change.refs, name)
    assert where == {ref: name for name, members in named.items() for ref in members}


def test_newcomers_are_named_by_the_first() -> None:
    assert told([[3, 1, 2]], {}) == ({3: [3, 1, 2]}, {3: [Change(CREATED, (3,)), Change(JOINED, (1, 2))]})


def test_a_newcomer_that_is_earlier_does_not_take_the_name() -> None:
    assert told([[9, 1, 2]], {1: [1, 2]}) == ({1: [9, 1, 2]}, {1: [Change(JOINED, (9,))]})


def test_a_merged_cluster_keeps_the_name_that_is_earlier() -> None:
    named, news = told([[1, 2, 3, 4]], {3: [3, 4], 1: [1], 2: [2]})
    assert named == {1: [1, 2, 3, 4]}
    assert news == {1: [Change(MERGED, (2,), 2), Change(MERGED, (3, 4), 3)], 2: [], 3: []}


def test_a_merged_cluster_keeps_the_name_of_the_cluster_that_had_the_earliest_article() -> None:
    """Also where that came too late to give its own: 3 was published before 5, but 1 is in the cluster of 5."""
    assert told([[1, 3, 5]], {5: [1, 5], 3: [3]})[0] == {5: [1, 3, 5]}


def test_a_split_leaves_the_name_with_its_article() -> None:
    named, news = told([[1, 4], [2, 3]], {3: [1, 2, 3, 4]})
    assert named == {1: [1, 4], 3: [2, 3]}
    assert news == {1: [Change(CREATED, (1,)), Change(JOINED, (4,))], 3: [Change(SPLIT, (1, 4), 1)]}


def test_the_name_of_an_expired_article_goes_to_the_first_part_that_had_it() -> None:
    named, news = told([[1, 2], [3]], {100: [1, 2, 3]})
    assert named == {100: [1, 2], 3: [3]}
    assert news == {100: [Change(SPLIT, (3,), 3)], 3: [Change(CREATED, (3,))]}


def test_an_article_that_two_clusters_held_is_told_of_by_the_one_that_loses_it() -> None:
    standing = {1: 1, 2: 2, 3: 1}
    named = name_clusters([[1, 3], [2]], standing)
    assert changes(named, standing, {1: [1, 3], 2: [2, 3]}) == {1: [], 2: [Change(SPLIT, (3,), 1)]}
