"""Settling in memory: the partition does not depend on how it came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dedup.grouping import levels, wording
from dedup.nouns.record import Submission
from dedup.spine.memory import MemoryStore
from tests.spine.adversity import Piecewise, Step, Turns
from tests.spine.newsroom import days_papers
from tests.spine.order_independence import OrderIndependence, assert_settled, assert_told, batches, oracle, settler


class TestMemory(OrderIndependence):
    def make_store(self) -> MemoryStore:
        return MemoryStore()


class TestCrowdsInMemory(OrderIndependence):
    """Crowds are written in part only: it must not matter."""

    patch: pytest.MonkeyPatch

    @classmethod
    def setup_class(cls) -> None:
        cls.patch = pytest.MonkeyPatch()
        cls.patch.setattr(wording, "CROWD", 1)

    @classmethod
    def teardown_class(cls) -> None:
        cls.patch.undo()

    def make_store(self) -> MemoryStore:
        return MemoryStore()


class TestLevelsInMemory(OrderIndependence):
    """Whatever there are too many of: blocks are found from within, and what was raised is not looked at again."""

    patch: pytest.MonkeyPatch
    most = 3, 5

    @classmethod
    def setup_class(cls) -> None:
        cls.patch = pytest.MonkeyPatch()
        cls.patch.setattr(levels, "TEXTS_MOST", cls.most[0])
        cls.patch.setattr(levels, "ARTICLES_MOST", cls.most[1])

    @classmethod
    def teardown_class(cls) -> None:
        cls.patch.undo()

    def make_store(self) -> MemoryStore:
        return MemoryStore()


class TestThrongsInMemory(TestLevelsInMemory):
    """Any two that nothing parts are a throng."""

    most = 1, 2


@pytest.mark.parametrize("most", [(1, 2), (2, 3), (3, 5)])
@pytest.mark.parametrize(
    ("seed", "size", "plan"),
    [
        (52, 12, [(0, 43), (1, 268)]),
        (140, 2, [(0, 103), (1, 155)]),
        (13, 2, [(0, 42), (1, 99)]),
        (182, 5, [(0, 62), (1, 95), (0, 107)]),
        (14, 5, [(1, 49), (0, 50), (1, 63), (0, 42), (0, 99)]),
    ],
)
def test_a_throng_that_is_made_while_it_is_read(
    monkeypatch: pytest.MonkeyPatch, most: tuple[int, int], seed: int, size: int, plan: Sequence[tuple[int, int]]
) -> None:
    """One worker reads the links, then another makes a throng of the articles, then the first reads the clusters: those
    of the throng that it had not reached were made a cluster of their own, which nobody looked for again. And a throng
    whose articles were not placed yet was not known for theirs."""
    monkeypatch.setattr(levels, "TEXTS_MOST", most[0])
    monkeypatch.setattr(levels, "ARTICLES_MOST", most[1])
    papers, store = days_papers(seed), MemoryStore()

    def worker(share: Sequence[Submission]) -> Callable[[Step], None]:
        def work(step: Step) -> None:
            for batch in batches(share, size):
                settler(Piecewise(store, step)).settle(batch)

        return work

    Turns(plan).run([worker(papers[number::2]) for number in range(2)])
    assert_settled(store, papers, oracle(seed))
    assert_told(store)
