"""What tests share: a private Redis, a corner of it per test, and the way to texts outside the repository."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis

from dedup.edges.embedded import EmbeddedRedis, RedisBinary, find_redis_binary
from dedup.nouns.errors import EmbeddedRedisError

IN_CI = os.environ.get("CI") == "true"

# One property is held by several stores: each test class that inherits it is an "executor" to hypothesis.
INHERITED = [hypothesis.HealthCheck.differing_executors]

hypothesis.settings.register_profile(
    "dev", max_examples=100, deadline=None, print_blob=True, suppress_health_check=INHERITED
)
hypothesis.settings.register_profile(
    "ci", max_examples=40, deadline=None, print_blob=True, derandomize=True, suppress_health_check=INHERITED
)
hypothesis.settings.load_profile("ci" if IN_CI else "dev")


@pytest.fixture(scope="session")
def redis_binary() -> RedisBinary:
    """The server program that tests run; none: skip at home, fail in CI."""
    try:
        return find_redis_binary()
    except EmbeddedRedisError as error:
        if IN_CI:
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def redis_url(redis_binary: RedisBinary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private Redis for the whole run. Tests share it, so each keeps to its own `namespace`."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis"), binary=redis_binary) as server:
        yield server.url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client that answers in bytes."""
    with redis.Redis.from_url(redis_url, decode_responses=False) as client:
        yield client


@pytest.fixture
def namespace() -> str:
    """A key prefix that no other test has."""
    return f"t:{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of third-party texts beside the repository, or where DEDUP_SHARED_DATA says; without it: skip."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("DEDUP_SHARED_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"third-party texts are not kept in the repository, and {folder} is not there (DEDUP_SHARED_DATA)")
    return folder
