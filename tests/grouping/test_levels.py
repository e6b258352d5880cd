"""Levels: each has fewer links than the one before, and what is too large stays too large."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping import levels
from dedup.grouping.levels import LAST, PRINT, THRONG, Parts, counts_at

seeds = st.integers(0, 1_000)


@given(seeds)
def test_a_higher_level_has_fewer_links_and_a_throng_none(seed: int) -> None:
    chance = np.random.default_rng(seed)
    odds, likeness = chance.normal(2, 5, 200), chance.random(200)
    counted = [counts_at(level, odds, likeness) for level in range(THRONG + 1)]
    assert counted[0].all()
    assert all((lower | ~higher).all() for lower, higher in pairwise(counted))
    assert not counted[THRONG].any()


def test_prints_of_one_text_hold_together_at_every_level() -> None:
    assert all(counts_at(level, np.array([0.1]), np.array([PRINT]))[0] for level in range(LAST + 1))
    assert not counts_at(1, np.array([-0.1]), np.array([1.0]))[0]


def test_no_fact_makes_a_throng_of_texts_that_differ() -> None:
    sure, unlike = np.array([7.0]), np.array([levels.SURE_LIKENESS - 0.01])
    assert counts_at(LAST - 1, sure, unlike)[0]
    assert not counts_at(LAST, sure, unlike)[0]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30))
def test_parts_are_the_connected_components(pairs: list[tuple[int, int]]) -> None:
    parts = Parts(range(21))
    for one, other in pairs:
        parts.join(one, other)
    beside = {place: {place} for place in range(21)}
    for one, other in pairs:
        together = beside[one] | beside[other]
        for place in together:
            beside[place] = together
    assert list(parts) == sorted({tuple(sorted(some)): sorted(some) for some in beside.values()}.values())


def test_too_many_counts_texts_and_articles() -> None:
    assert not levels.too_many(range(levels.TEXTS_MOST), range(levels.ARTICLES_MOST))
    assert levels.too_many(range(levels.TEXTS_MOST + 1), range(levels.TEXTS_MOST + 1))
    assert levels.too_many((), range(levels.ARTICLES_MOST + 1))
