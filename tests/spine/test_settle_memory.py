"""Settling in memory: the partition does not depend on how it came about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dedup.grouping import rearrange
from dedup.spine.memory import MemoryStore
from tests.spine.order_independence import OrderIndependence


class TestMemory(OrderIndependence):
    def make_store(self) -> MemoryStore:
        return MemoryStore()


class TestCrowdsInMemory(OrderIndependence):
    """Crowds are written in part only: it must not matter."""

    @pytest.fixture(autouse=True, scope="class")
    def crowds(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rearrange, "CROWD", 1)
            yield

    def make_store(self) -> MemoryStore:
        return MemoryStore()
