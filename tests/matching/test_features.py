"""Features against the sets that they estimate."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.deck import deck
from dedup.matching.features import Features, compare
from dedup.nouns.fingerprint import Facts, Fingerprint
from dedup.nouns.record import Record
from dedup.sketching.facts import KEPT
from dedup.sketching.minhash import sketch
from dedup.sketching.views import VIEWS


def record(elements: range = range(0), *, facts: tuple[int, ...] = (), length: int = 100, origin: int = 1) -> Record:
    chance = random.Random(9)
    mixed = np.array([chance.getrandbits(32) for _ in range(elements.stop)], np.uint32)[elements.start :]
    sketches = {view.name: sketch(view, mixed) for view in VIEWS}
    return Record(1, "a", 0, 0, origin, 7, Fingerprint(1, length, "latin", sketches, Facts(facts, facts)))


def features(one: Record, other: Record) -> Features:
    return compare(deck([one, other]), np.array([0]), np.array([1]))


@pytest.mark.parametrize(("shared", "size"), [(0, 400), (100, 400), (200, 400), (400, 400)])
def test_similarities_are_those_of_the_sets(shared: int, size: int) -> None:
    found = features(record(range(size)), record(range(size - shared, 2 * size - shared))).words
    assert found.jaccard[0] == pytest.approx(shared / (2 * size - shared), abs=0.12)
    assert found.containment[0] == pytest.approx(shared / size, abs=0.2)


def test_each_view_is_asked_for_by_its_name() -> None:
    found = features(record(range(60)), record(range(90)))
    assert found.views == (found.words, found.opening, found.concepts)
    assert [view.name for view in VIEWS] == ["words", "opening", "concepts"]


def test_an_excerpt_is_contained() -> None:
    found = features(record(range(60)), record(range(200))).opening
    assert found.containment[0] > 0.7
    assert found.jaccard[0] == pytest.approx(0.3, abs=0.2)


def test_a_view_that_says_nothing_is_similar_to_nothing() -> None:
    found = features(record(), record()).words
    assert (found.known[0], found.jaccard[0], found.containment[0]) == (False, 0, 0)


@given(st.sets(st.integers(0, 60_000)), st.sets(st.integers(0, 60_000)))
def test_few_facts_are_compared_as_they_are(one: set[int], other: set[int]) -> None:
    one, other = set(sorted(one)[: KEPT - 1]), set(sorted(other)[: KEPT - 1])
    found = features(record(facts=tuple(sorted(one))), record(facts=tuple(sorted(other))))
    least = min(len(one), len(other))
    assert found.number_count[0] == least
    assert found.numbers[0] == pytest.approx(len(one & other) / least if least else 0)


def test_of_many_facts_only_those_that_both_speak_for_count() -> None:
    """The longer story has as many facts as are kept; what the shorter has beyond the last of them is not held against
    it."""
    found = features(record(facts=tuple(range(KEPT))), record(facts=(3, 5, 900, 901)))
    assert (found.numbers[0], found.number_count[0]) == (1.0, 2)


def test_lengths_and_places() -> None:
    found = features(record(length=50), record(length=200))
    assert (found.size_ratio[0], found.shorter[0]) == (0.25, 50)
    assert (found.same_source[0], found.same_page[0]) == (True, True)
    assert not features(record(origin=0), record(origin=0)).same_source[0]
