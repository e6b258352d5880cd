"""Settling in memory: the partition does not depend on how it came about."""

from __future__ import annotations

import pytest

from dedup.grouping import rearrange
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
        cls.patch.setattr(rearrange, "CROWD", 1)

    @classmethod
    def teardown_class(cls) -> None:
        cls.patch.undo()

    def make_store(self) -> MemoryStore:
        return MemoryStore()
