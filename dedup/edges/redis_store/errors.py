"""Redis's errors in our words: what happened, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    SlotNotCoveredError,
    TimeoutError,
)

from dedup.nouns.errors import StoreError

_OUT_OF_MEMORY = "Redis is out of memory: raise its maxmemory, or shorten the window"
_IN_A_SCRIPT = "OOM command not allowed"
"""What Redis 6.2 says of memory in a script: redis-py takes that for an error of the script."""
_WAYS_OUT: tuple[tuple[type[Exception], str], ...] = (
    (AuthenticationError, "Redis refuses our credentials: check the user and password in redis.url"),
    (BusyLoadingError, "Redis is still loading its data: this passes"),
    (TimeoutError, "Redis does not answer in time: check that its machine is not overloaded"),
    (
        ClusterDownError,
        "the Redis Cluster is down: some of its slots have no node; it recovers once a replica takes over",
    ),
    (SlotNotCoveredError, "the Redis Cluster has slots without a node: look at CLUSTER INFO"),
    (RedisClusterException, "the Redis Cluster is away: check that its nodes are running, and redis.url"),
    (ConnectionError, "Redis is away: check that it is running, and redis.url"),
    (OutOfMemoryError, _OUT_OF_MEMORY),
    (ReadOnlyError, "this Redis is a replica that takes no writes: set redis.url to the primary"),
)


@contextmanager
def translate() -> Iterator[None]:
    """Turn every error of redis-py inside into a StoreError that names cause and way out."""
    try:
        yield
    except (RedisError, RedisClusterException) as error:
        raise StoreError(f"{_way_out(error)} ({error})") from error


def _way_out(error: Exception) -> str:
    if _IN_A_SCRIPT in str(error):
        return _OUT_OF_MEMORY
    return next((words for kind, words in _WAYS_OUT if isinstance(error, kind)), "Redis answered with an error")
