"""Average link against the plainest way to say it, and what must be true of any grouping."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping.linkage import average_link, strongest_tree
from dedup.matching.deck import Floats


def by_the_book(odds: Floats, weights: Floats) -> list[list[int]]:
    """Join the two clusters whose cross pairs have the highest weighted mean, as long as it is above 0."""
    groups = [[node] for node in range(len(odds))]

    def mean(one: list[int], other: list[int]) -> float:
        total = sum(weights[a, b] for a in one for b in other)
        return sum(odds[a, b] * weights[a, b] for a in one for b in other) / total if total else -np.inf

    while len(groups) > 1:
        one, other = max(combinations(groups, 2), key=lambda pair: mean(*pair))
        if mean(one, other) <= 0:
            break
        groups = [group for group in groups if group not in (one, other)] + [sorted(one + other)]
        groups.sort()
    return groups


@st.composite
def tables(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Symmetric log-odds and weights, with enough digits that no two means are equal."""
    count = draw(st.integers(1, 9))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    odds, weights = chance.normal(draw(st.sampled_from([-1, 0, 1])), 3, (count, count)), chance.random((count, count))
    return np.triu(odds, 1) + np.triu(odds, 1).T, np.triu(weights, 1) + np.triu(weights, 1).T


@given(tables())
def test_it_joins_what_the_book_joins(table: tuple[Floats, Floats]) -> None:
    assert sorted(average_link(*table)) == by_the_book(*table)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_nodes_does_not_matter(table: tuple[Floats, Floats], chance: random.Random) -> None:
    odds, weights = table
    order = list(range(len(odds)))
    chance.shuffle(order)
    shuffled = average_link(odds[np.ix_(order, order)], weights[np.ix_(order, order)])
    back = sorted(sorted(order[place] for place in group) for group in shuffled)
    assert back == sorted(average_link(odds, weights))


def test_nothing_has_no_groups() -> None:
    empty = np.zeros((0, 0))
    assert average_link(empty, empty) == []


def test_one_voice_does_not_decide() -> None:
    """0-1 and 2-3 are sure, 1-2 is a mistake: components would make one cluster of it."""
    odds = np.full((4, 4), -4.0)
    for a, b, value in ((0, 1, 6.0), (2, 3, 6.0), (1, 2, 5.0)):
        odds[a, b] = odds[b, a] = value
    assert average_link(odds, np.ones((4, 4))) == [[0, 1], [2, 3]]


def test_the_arguments_are_left_as_they_were() -> None:
    odds, weights = np.full((3, 3), 2.0), np.ones((3, 3))
    average_link(odds, weights)
    assert (odds == 2).all()
    assert (weights == 1).all()


@given(tables())
def test_the_tree_holds_every_node_by_its_strongest_pairs(table: tuple[Floats, Floats]) -> None:
    odds, _ = table
    nodes = list(range(len(odds)))
    tree = strongest_tree(odds, nodes)
    assert sorted(child for _, child in tree) == nodes[1:]
    total = sum(odds[a, b] for a, b in tree)
    assert np.isclose(total, heaviest_tree(odds))


def heaviest_tree(odds: Floats) -> float:
    """The weight of the maximum spanning tree (Kruskal)."""
    home = list(range(len(odds)))
    total = 0.0
    for a, b in sorted(combinations(home, 2), key=lambda pair: -odds[pair]):
        if home[a] != home[b]:
            total += float(odds[a, b])
            home = [home[a] if place == home[b] else place for place in home]
    return total
