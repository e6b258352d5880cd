"""What a Redis server says of itself, as far as it matters to us: `dedup doctor` judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from redis import Redis, RedisCluster
from redis.exceptions import ResponseError

from dedup.edges.redis_store.connect import connect
from dedup.edges.redis_store.errors import translate

CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of a server. `eviction` is None where the server does not let us ask (hosted ones often do not)."""

    version: tuple[int, ...]
    server: str
    append_only: bool
    last_write_failed: bool
    used_bytes: int
    max_bytes: int
    """0: as much as the machine has."""
    eviction: str | None


def ask(url: str) -> Vitals:
    """Ask the server; raises StoreError if it does not answer."""
    with translate(), connect(url, CONNECT_TIMEOUT_S) as client:
        if isinstance(client, RedisCluster):  # the nodes of a cluster are alike: one of them speaks for all
            client = client.get_redis_connection(client.get_random_node())  # type: ignore[no-untyped-call]
        info: Mapping[str, object] = client.info()
        return Vitals(
            version=tuple(int(part) for part in str(info["redis_version"]).split(".")[:3]),
            server=str(info.get("server_name") or "redis"),
            append_only=bool(info.get("aof_enabled")),
            last_write_failed=info.get("aof_last_write_status", "ok") != "ok",
            used_bytes=int(str(info["used_memory"])),
            max_bytes=int(str(info.get("maxmemory", 0))),
            eviction=_eviction(client, info),
        )


def _eviction(client: Redis, info: Mapping[str, object]) -> str | None:
    if policy := info.get("maxmemory_policy"):
        return str(policy)
    try:
        ((_, policy),) = client.config_get("maxmemory-policy").items()
        return policy.decode() if isinstance(policy, bytes) else str(policy)
    except (ResponseError, ValueError):
        return None
