"""How long a client waits: for a server that is silent, and for events that do not come."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from dedup.edges.redis_store import RedisStore, connect
from dedup.edges.redis_store.wire import Wire
from dedup.nouns.errors import StoreError


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_a_silent_server_is_waited_for_once(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "ANSWER_S", 1.0)
    started = time.monotonic()
    with pytest.raises(StoreError, match="does not answer in time"):
        Wire(connect.connect(f"redis://{silent}"), ()).one("PING")
    assert 1 <= time.monotonic() - started < 3


def test_every_kind_of_connection_has_the_same_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(connect, "RedisCluster", lambda **options: made.update(options))
    connect.connect("redis+cluster://127.0.0.1:1")
    one = cast(Any, connect.connect("redis://127.0.0.1:1")).connection_pool.connection_kwargs
    followed = cast(Any, connect.connect("redis+sentinel://127.0.0.1:1/news")).connection_pool
    watching = followed.sentinel_manager.sentinels[0].connection_pool.connection_kwargs
    for options in (made, one, followed.connection_kwargs, watching):
        assert (options["socket_timeout"], options["socket_keepalive"]) == (30, True)
    own = cast(
        Any, connect.connect("redis+sentinel://127.0.0.1:1/news?socket_timeout=7")
    ).connection_pool.connection_kwargs
    assert own["socket_timeout"] == 7


def test_events_may_be_waited_for_longer_than_an_answer(
    redis_url: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.edges.redis_store.library.BLOCK_S", 0.2)
    url = f"{redis_url}{'&' if '?' in redis_url else '?'}socket_timeout=1"
    store = RedisStore.open(url, namespace, window_s=60)
    started = time.monotonic()
    assert store.events(wait_s=2.5) == []
    assert 2.4 <= time.monotonic() - started < 5
    store.close()
