"""Settling in memory: the partition does not depend on how it came about."""

from __future__ import annotations

from dedup.spine.memory import MemoryStore
from tests.spine.order_independence import OrderIndependence


class TestMemory(OrderIndependence):
    def make_store(self) -> MemoryStore:
        return MemoryStore()
