"""From `redis.url` to a client: one Redis, the primary that sentinels name, or a Redis Cluster."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from redis import Redis, RedisCluster
from redis.backoff import ExponentialWithJitterBackoff
from redis.cluster import ClusterNode
from redis.connection import parse_url
from redis.exceptions import ConnectionError
from redis.retry import Retry
from redis.sentinel import Sentinel

Client: TypeAlias = Redis | RedisCluster

RETRIES = 3
LONGEST_PAUSE_S = 1.0
ANSWER_S = 30.0
"""A server that is silent for so long has gone, or its machine has: no command takes a tenth of that."""
CLUSTER_RETRIES = 8
"""Of a cluster: a replica takes over after some seconds; eight pauses of up to a second wait that long."""
HEALTH_CHECK_S = 30
_PAUSE = ExponentialWithJitterBackoff(cap=LONGEST_PAUSE_S)
SENTINEL_PORT, REDIS_PORT = 26_379, 6_379


def connect(url: str, timeout_s: float | None = None) -> Client:
    """A client that answers in bytes, tries again where the connection fails, and waits ANSWER_S for an answer, unless
    the URL has a `socket_timeout`.

    Beside redis://, rediss:// and unix:// there are redis+cluster://HOST:PORT,HOST:PORT/ (any nodes of the cluster) and
    redis+sentinel://HOST:PORT,HOST:PORT/SERVICE (any of its sentinels); both also as rediss+..., over TLS. May raise
    redis-py's errors.
    """
    parts = urlsplit(url)
    waits = {"socket_timeout": ANSWER_S, "socket_connect_timeout": timeout_s or ANSWER_S}
    if parts.scheme != "unix":
        waits["socket_keepalive"] = True
    plain, _, kind = parts.scheme.partition("+")
    if not kind:
        retry = _retry(RETRIES)
        return Redis.from_url(
            url,
            retry=retry,
            retry_on_error=[ConnectionError],
            health_check_interval=HEALTH_CHECK_S,
            **waits,
        )
    options = dict(parse_url(parts._replace(scheme=plain, netloc=_first_place(parts), path="").geturl()))  # type: ignore[no-untyped-call]
    options = {name: value for name, value in options.items() if name not in ("host", "port", "connection_class")}
    options = {**waits, **options, "ssl": plain == "rediss"}
    if kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in _places(parts, REDIS_PORT)]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, retry=Retry(_PAUSE, CLUSTER_RETRIES), **options)
    sentinel = Sentinel(_places(parts, SENTINEL_PORT), **waits)  # type: ignore[no-untyped-call]
    found: Redis = sentinel.master_for(parts.path.strip("/"), retry=_retry(CLUSTER_RETRIES), **options)  # type: ignore[no-untyped-call]
    return found


def _retry(times: int) -> Retry:
    """For connections that break. Who has waited ANSWER_S for nothing is told so, and comes back in a while; the
    client, which tries again while it tries again, would take minutes."""
    return Retry(_PAUSE, times, supported_errors=(ConnectionError,))


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
