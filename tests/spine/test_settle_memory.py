"""Settling in memory: the partition does not depend on how it came about."""

from __future__ import annotations

import pytest

from dedup.grouping import levels, wording
from dedup.spine.memory import MemoryStore
from tests.spine.order_independence import OrderIndependence


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
