"""A Redis Cluster holds the same contract and gives the same partition, also while slots move and nodes change places."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from redis.cluster import key_slot

from dedup.edges.embedded import RedisBinary
from dedup.edges.redis_store import RedisStore
from dedup.edges.redis_store.connect import connect
from dedup.edges.redis_store.inbox import GROUP
from dedup.edges.redis_store.vitals import ask
from dedup.nouns.feed import Entry
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from dedup.spine.store import Store
from tests.cluster import Cluster, started
from tests.edges.redis_store.test_store import WINDOW_S, stories
from tests.spine.order_independence import OrderIndependence
from tests.spine.store_contract import StoreContract

BATCH = 16


@pytest.fixture(scope="module")
def cluster(redis_binary: RedisBinary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started(redis_binary.path, tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


@pytest.fixture
def store(cluster: Cluster, namespace: str) -> Iterator[RedisStore]:
    opened = RedisStore.open(cluster.url, namespace, window_s=WINDOW_S)
    yield opened
    opened.close()


class TestClusterStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _in_cluster(self, cluster: Cluster, namespace: str) -> Iterator[None]:
        self._client, self._stream = connect(cluster.url), f"{namespace}:inbox"
        yield
        self._client.close()

    def abandon(self, store: Store) -> None:
        for receipt, _ in self._client.xrange(self._stream) or []:
            self._client.xclaim(self._stream, GROUP, "gone", 0, [receipt], idle=3_600_000, justid=True)  # type: ignore[list-item]


class TestOrderInCluster(OrderIndependence):
    @pytest.fixture(autouse=True)
    def _in_cluster(self, cluster: Cluster, namespace: str) -> Iterator[None]:
        self._url, self._namespace, self._opened = cluster.url, namespace, list[RedisStore]()
        yield
        for opened in self._opened:
            opened.close()

    def make_store(self) -> RedisStore:
        name = f"{self._namespace}.{len(self._opened)}"
        self._opened.append(RedisStore.open(self._url, name, window_s=WINDOW_S))
        return self._opened[-1]


def partition(store: Store) -> set[frozenset[str]]:
    page = store.clusters(1, limit=10_000)
    return {frozenset(member.id for member in cluster.members) for cluster in page.clusters}


def expected(entries: list[Entry]) -> set[frozenset[str]]:
    store = MemoryStore()
    Pipeline(store, window_s=WINDOW_S, clock=time.time).ingest(entries)
    return partition(store)


def pipeline(store: RedisStore) -> Pipeline:
    return Pipeline(store, window_s=WINDOW_S, clock=time.time)


def in_batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    for start in range(0, len(entries), BATCH):
        yield entries[start : start + BATCH]


def test_the_same_partition_as_in_memory_spread_over_the_nodes(cluster: Cluster, store: RedisStore) -> None:
    entries = stories(150)
    for batch in in_batches(entries):
        pipeline(store).ingest(batch)
    assert partition(store) == expected(entries)
    sizes = [node.client.dbsize() for node in cluster.primaries]
    assert max(sizes) < 1.3 * min(sizes)


def test_slots_that_move_lose_nothing(cluster: Cluster, store: RedisStore, namespace: str) -> None:
    """Those of the band index with most in it, and of the keys that there is one of."""
    entries = stories(60)
    first, *rest = in_batches(entries)
    pipeline(store).ingest(first)
    slots = [key_slot(f"{namespace}:{{b{number:02d}}}:0".encode()) for number in range(3)]
    slots += [key_slot(f"{namespace}:{name}".encode()) for name in ("arrivals", "ticket", "events")]
    for slot, batch in zip(slots, rest, strict=False):
        source = next(node for node in cluster.primaries if holds(node_slots(cluster, node.port), slot))
        target = next(node for node in cluster.primaries if node is not source)
        cluster.move(slot, source, target)
        pipeline(store).ingest(batch)
    for batch in rest[len(slots) :]:
        pipeline(store).ingest(batch)
    assert partition(store) == expected(entries)


def test_while_a_slot_of_single_keys_is_half_moved_reading_and_writing_go_on(
    cluster: Cluster, store: RedisStore, namespace: str
) -> None:
    slot = key_slot(f"{namespace}:ticket".encode())
    source = next(node for node in cluster.primaries if holds(node_slots(cluster, node.port), slot))
    target = next(node for node in cluster.primaries if node is not source)
    drawn = [store.ticket()]
    cluster.move(slot, source, target, halfway=lambda: drawn.append(store.ticket()))
    drawn.append(store.ticket())
    assert drawn == [1, 2, 3]


def test_a_node_that_fails_over_loses_nothing(cluster: Cluster, store: RedisStore) -> None:
    entries = stories(60)
    batches = list(in_batches(entries))
    for batch in batches[:3]:
        pipeline(store).ingest(batch)
    cluster.fail_over()
    for batch in batches[3:]:
        pipeline(store).ingest(batch)
    assert partition(store) == expected(entries)


def test_a_cluster_says_how_it_is(cluster: Cluster) -> None:
    assert ask(cluster.url).version >= (6, 2)


def node_slots(cluster: Cluster, port: int) -> list[tuple[int, int]]:
    rows = cluster.primaries[1].say("CLUSTER", "SLOTS")
    assert isinstance(rows, dict)
    return [span for span, seen in rows.items() if seen["primary"][1] == port]


def holds(spans: list[tuple[int, int]], slot: int) -> bool:
    return any(first <= slot <= last for first, last in spans)
