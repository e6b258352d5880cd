"""From `redis.url` to a client: one Redis, the primary that sentinels name, or a Redis Cluster."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from redis import Redis, RedisCluster
from redis.backoff import ExponentialWithJitterBackoff
from redis.cluster import ClusterNode
from redis.connection import parse_url
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry
from redis.sentinel import Sentinel

Client: TypeAlias = Redis | RedisCluster

RETRIES = 3
LONGEST_PAUSE_S = 1.0
CLUSTER_RETRIES = 8
"""Of a cluster: a replica takes over after some seconds; eight pauses of up to a second wait that long."""
HEALTH_CHECK_S = 30
SENTINEL_PORT, REDIS_PORT = 26_379, 6_379


def connect(url: str, timeout_s: float | None = None) -> Client:
    """A client that answers in bytes and tries again where the connection fails.

    Beside redis://, rediss:// and unix:// there are redis+cluster://HOST:PORT,HOST:PORT/ (any nodes of the cluster) and
    redis+sentinel://HOST:PORT,HOST:PORT/SERVICE (any of its sentinels); both also as rediss+..., over TLS. May raise
    redis-py's errors.
    """
    parts = urlsplit(url)
    plain, _, kind = parts.scheme.partition("+")
    if not kind:
        retry = _retry(RETRIES)
        return Redis.from_url(
            url,
            retry=retry,
            retry_on_error=[ConnectionError, TimeoutError],
            health_check_interval=HEALTH_CHECK_S,
            socket_connect_timeout=timeout_s,
        )
    options = dict(parse_url(parts._replace(scheme=plain, netloc=_first_place(parts), path="").geturl()))  # type: ignore[no-untyped-call]
    options = {name: value for name, value in options.items() if name not in ("host", "port", "connection_class")}
    options |= {"ssl": plain == "rediss", "socket_connect_timeout": timeout_s}
    if kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in _places(parts, REDIS_PORT)]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, retry=_retry(CLUSTER_RETRIES), **options)
    sentinel = Sentinel(_places(parts, SENTINEL_PORT), socket_connect_timeout=timeout_s)  # type: ignore[no-untyped-call]
    found: Redis = sentinel.master_for(parts.path.strip("/"), retry=_retry(CLUSTER_RETRIES), **options)  # type: ignore[no-untyped-call]
    return found


def _retry(times: int) -> Retry:
    return Retry(ExponentialWithJitterBackoff(cap=LONGEST_PAUSE_S), retries=times)


def _first_place(parts: SplitResult) -> str:
    """User, password and the first host."""
    return parts.netloc.split(",")[0]


def _places(parts: SplitResult, usual_port: int) -> list[tuple[str, int]]:
    """The hosts and ports after user and password."""
    named = parts.netloc.rpartition("@")[2].split(",")
    places = [place.rpartition(":") for place in named]
    return [
        (host, int(port)) if colon and port.isdecimal() else (place, usual_port)
        for place, (host, colon, port) in zip(named, places, strict=True)
    ]
