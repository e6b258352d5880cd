"""A Redis Cluster of three nodes on loopback: how evenly it is filled, and what it costs beside one server."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter
from typing import cast

from benchmarks.prints import Prints
from benchmarks.stand import BATCH, WINDOW_S, Hands, describe, stand, table
from dedup.edges.embedded import find_redis_binary
from dedup.edges.redis_store import RedisStore
from dedup.spine.settle import Settler
from tests.cluster import Node, started


def cluster(articles: int = 10_000) -> None:
    describe()
    with stand() as here:
        begun_s = here.cpu_s()
        one_s = _settle(here.store, here.clock, articles)
        one_cpu_s = here.cpu_s() - begun_s
    with tempfile.TemporaryDirectory() as folder, started(find_redis_binary().path, Path(folder)) as nodes:
        clock = Hands()
        store = RedisStore.open(nodes.url, "bench", window_s=WINDOW_S, clock=clock)
        empty = [_used_bytes(node) for node in nodes.primaries]
        three_s = _settle(store, clock, articles)
        keys = [cast(int, node.client.dbsize()) for node in nodes.primaries]
        grown = [_used_bytes(node) - before for node, before in zip(nodes.primaries, empty, strict=True)]
        cpu = [_cpu_s(node) for node in nodes.primaries]
        store.close()
    rows = [
        (f"node {number + 1}", keys[number], grown[number] / 1024, 1e6 * cpu[number] / articles)
        for number in range(len(keys))
    ]
    table(f"{articles:,} articles in a cluster", ("node", "keys", "memory, kB", "processor, µs an article"), rows)
    print(f"\nthe fullest beside the emptiest: keys {max(keys) / min(keys):.2f}, memory {max(grown) / min(grown):.2f}")
    head = ("where", "articles/s", "servers' processor, µs an article")
    rates = [
        ("one server", articles / one_s, 1e6 * one_cpu_s / articles),
        ("a cluster of three", articles / three_s, 1e6 * sum(cpu) / articles),
    ]
    table("One worker, fingerprint to cluster", head, rates)


def _settle(store: RedisStore, clock: Hands, articles: int) -> float:
    """Seconds of the wall."""
    settler, prints = Settler(store, window_s=WINDOW_S, clock=clock), Prints()
    spent_s = 0.0
    while prints.made < articles:
        batch = list(prints.take(BATCH))
        clock.now = float(batch[-1].article.seen)
        begun = perf_counter()
        settler.settle(batch)
        spent_s += perf_counter() - begun
    return spent_s


def _used_bytes(node: Node) -> int:
    return int(cast(dict[str, int], node.client.info("memory"))["used_memory"])


def _cpu_s(node: Node) -> float:
    info = cast(dict[str, float], node.client.info("cpu"))
    return info["used_cpu_user"] + info["used_cpu_sys"]
