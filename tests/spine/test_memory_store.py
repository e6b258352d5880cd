"""The store in memory keeps the contract of all stores."""

from __future__ import annotations

import pytest

from dedup.spine.memory import MemoryStore
from tests.spine.store_contract import StoreContract


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


class TestMemoryStore(StoreContract):
    pass
