"""The measures, on groupings small enough to count by hand."""

from __future__ import annotations

import pytest

from dedup.nouns.feed import Entry
from tools.labelled import Labelled, Pair
from tools.measures import Found, adjusted_rand_index, grouped_pairs, labelled_pairs, recall_at


def labelled(name: str, group: str | None = None) -> Labelled:
    return Labelled(Entry(id=name, source="", seen=0), group, "event")


@pytest.mark.parametrize(
    ("truth", "found", "index"),
    [
        ("aabb", "xxyy", 1.0),
        ("abcd", "wxyz", 1.0),
        ("aaaa", "wxyz", 0.0),
        ("aabb", "xyxy", -0.5),
        ("aaabbb", "xxyyzz", 0.2424),  # the example of scikit-learn's documentation, computed by hand
    ],
)
def test_adjusted_rand_index(truth: str, found: str, index: float) -> None:
    assert adjusted_rand_index(list(truth), list(found)) == pytest.approx(index, abs=1e-4)


def test_partial_pairs_are_left_out_and_unlisted_ones_should_be_apart() -> None:
    articles = [labelled(name) for name in "abcd"]
    pairs = [Pair("a", "b", "dup"), Pair("a", "c", "partial"), Pair("c", "d", "dup")]
    counted = labelled_pairs(articles, pairs, {"a": "x", "b": "x", "c": "x", "d": "y"})
    assert (counted.right, counted.wrong, counted.missed) == (1, 1, 1)
    assert (counted.precision, counted.recall, counted.f1) == (0.5, 0.5, 0.5)


def test_groups_make_pairs() -> None:
    articles = [labelled("a", "g"), labelled("b", "g"), labelled("c", "g"), labelled("d"), labelled("e")]
    counted = grouped_pairs(articles, {"a": "x", "b": "x", "c": "y", "d": "y", "e": "z"})
    assert (counted.right, counted.wrong, counted.missed) == (1, 1, 2)


def test_the_least_sure_are_let_go_first() -> None:
    found = [Found(True, 0.9, 9, 0), Found(True, 0.8, 9, 0), Found(False, 0.7, 0, 2), Found(True, 0.6, 1, 0)]
    assert recall_at(0.0, found) == 0.75
    assert recall_at(0.99, found) == 0.5
    assert recall_at(1.0, []) == 1.0
