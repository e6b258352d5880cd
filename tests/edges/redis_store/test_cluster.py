"""A Redis Cluster keeps the same contract and gives the same partition, also while slots move and a node fails over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis.crc import key_slot

from dedup.edges.embedded import RedisBinary
from dedup.edges.redis_store import RedisStore
from dedup.edges.redis_store.connect import connect
from dedup.edges.redis_store.inbox import GROUP
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.shards import BASES
from dedup.edges.redis_store.vitals import ask
from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Entry
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from dedup.spine.store import Store
from tests.cluster import Cluster, started
from tests.edges.redis_store.test_bands import hold_against_a_dictionary, shards_of
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
        self._client, self._stream = connect(cluster.url), Keys(namespace).counted("inbox")
        yield
        self._client.close()

    def abandon(self, store: Store) -> None:
        for receipt, _ in self._client.xrange(self._stream) or []:
            self._client.xclaim(self._stream, GROUP, "gone", 0, [receipt], idle=3_600_000, justid=True)  # type: ignore[list-item]


class TestOrderInCluster(OrderIndependence):
    """The smaller part of the property: what differs from one Redis is the round trips, and they take their time."""

    test_redelivery = test_workers_between_each_other = test_workers_that_end_and_repeat = None  # type: ignore[assignment]

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
    assert max(sizes) < 1.5 * min(sizes)  # 128 hash tags fall on three nodes by chance


def test_slots_that_move_in_the_middle_of_an_ingest_lose_nothing(
    cluster: Cluster, store: RedisStore, namespace: str
) -> None:
    """Shards of the band index, and the streams and counters. While half of a slot's keys have moved, scripts on it are
    put off; the worker does the batch again."""
    entries = stories(80)
    errors: list[Exception] = []

    def ingest() -> None:
        try:
            for batch in in_batches(entries):
                persistently(lambda batch=batch: pipeline(store).ingest(batch))  # type: ignore[misc]
        except Exception as error:
            errors.append(error)

    names = [f"{{b{number:02d}}}:0" for number in range(12)] + ["arrivals", "ticket", "events", "counts"]
    worker = threading.Thread(target=ingest)
    worker.start()
    for name in names:
        cluster.move(key_slot(f"{namespace}:{name}".encode()))
    worker.join()
    assert not errors
    assert partition(store) == expected(entries)


def test_while_a_slot_is_half_moved_reading_and_writing_go_on(
    cluster: Cluster, store: RedisStore, namespace: str
) -> None:
    drawn = [store.ticket()]
    cluster.move(key_slot(f"{namespace}:ticket".encode()), halfway=lambda: drawn.append(store.ticket()))
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


def test_shards_are_divided_in_a_cluster_too(cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.edges.redis_store.bands.LARGE_BYTES", 48)
    client = connect(cluster.url)
    hold_against_a_dictionary(client, namespace)
    assert shards_of(client, namespace, 0) > 3 * BASES
    client.close()


def test_a_cluster_says_how_it_is(cluster: Cluster) -> None:
    assert ask(cluster.url).version >= (6, 2)


def persistently(work: Callable[[], object]) -> None:
    """As the worker's loop does: again, when the store could not, and for as long as slots may take to move."""
    ends = time.monotonic() + 60
    while True:
        try:
            work()
        except StoreError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
        else:
            return
