"""The store in Redis keeps the contract of all stores; and what only it can get wrong."""

from __future__ import annotations

import random
import time

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dedup.edges.redis_store import RedisStore, index
from dedup.edges.redis_store.inbox import GROUP
from dedup.edges.redis_store.keys import Keys
from dedup.grouping import levels
from dedup.grouping.wording import RENEWALS
from dedup.nouns.cluster import Cluster
from dedup.nouns.errors import IndexMismatchError, StoreError
from dedup.nouns.feed import Entry
from dedup.nouns.intake import Bookmark
from dedup.reading.identity import ref_of
from dedup.spine.codec import NEAR_MOST
from dedup.spine.pipeline import Pipeline
from dedup.spine.store import Store
from tests.spine.order_independence import OrderIndependence
from tests.spine.store_contract import StoreContract, happened

WINDOW_S = 14 * 86_400
EVERLASTING = {"meta", "ticket", "counts", "{feeds}:due", "{feeds}:state"}
"""Keys without an expiry: one of each, and the streams among them are capped or emptied (keys.py)."""


def a_store(client: redis.Redis, namespace: str, window_s: float = WINDOW_S) -> RedisStore:
    opened = RedisStore(client, namespace, window_s=window_s)
    opened.prepare()
    return opened


def stories(count: int, start: int = 0) -> list[Entry]:
    """Each story twice, so that every kind of key is there."""
    return [
        Entry(
            source=f"paper-{copy}",
            id=f"{number}.{copy}",
            url=f"https://paper-{copy}.example/{number}",
            title=f"Bridge number {number} closed",
            content=" ".join(f"{random.Random(number * 100 + place).getrandbits(64):x}" for place in range(80)) + ".",
            seen=int(time.time()),
        )
        for number in range(start, start + count)
        for copy in range(2)
    ]


@pytest.fixture
def store(redis_client: redis.Redis, namespace: str) -> RedisStore:
    return a_store(redis_client, namespace)


def test_who_is_far_behind_is_told_that_something_is_missing(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "NOTICES_KEPT", 3)
    store.tell_registered([0])
    _, start = store.registered(None)
    for ref in range(1, 5):
        store.tell_registered([ref])
    assert store.registered(start)[0] == {1, 2, 3, 4}
    here = start
    for ref in range(5, 2_000):
        store.tell_registered([ref])
        if ref % 100 == 0:
            told, here = store.registered(here)
            assert told is None or ref in told
    assert store.registered(start)[0] is None
    assert store.registered(here)[0] == set(range(1_901, 2_000))


def test_what_is_told_of_articles_takes_as_much_as_is_said(
    store: RedisStore, redis_client: redis.Redis, namespace: str
) -> None:
    """`NOTICES_KEPT`, tried with a tenth of the batches."""
    for start in range(0, 100 * 1_024, 1_024):
        store.tell_registered(range(start, start + 1_024))
    taken = redis_client.memory_usage(f"{namespace}:registered", samples=0)
    assert taken is not None
    assert 4e6 / 10 < taken < 5.5e6 / 10


def test_who_found_nothing_told_yet_begins_anew(store: RedisStore) -> None:
    _, start = store.registered(None)
    store.tell_registered([1])
    anything, here = store.registered(start)
    assert anything is None
    assert store.registered(here) == (set(), here)


class TestRedisStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _in_redis(self, redis_client: redis.Redis, namespace: str) -> None:
        self._client, self._stream = redis_client, Keys(namespace).counted("inbox")

    def abandon(self, store: Store) -> None:
        for receipt, _ in self._client.xrange(self._stream) or []:
            self._client.xclaim(self._stream, GROUP, "gone", 0, [receipt], idle=3_600_000, justid=True)  # type: ignore[list-item]


class TestOrderInRedis(OrderIndependence):
    @pytest.fixture(autouse=True)
    def _in_redis(self, redis_client: redis.Redis, namespace: str) -> None:
        self._client, self._namespace, self._made = redis_client, namespace, 0

    def make_store(self) -> RedisStore:
        self._made += 1
        return a_store(self._client, f"{self._namespace}.{self._made}")


class TestLevelsInRedis(TestOrderInRedis):
    """The same where there are too many of everything: who was raised listens to those who know."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(levels, "TEXTS_MOST", 3)
        monkeypatch.setattr(levels, "ARTICLES_MOST", 5)


def own_keys(client: redis.Redis, namespace: str) -> set[str]:
    return {key.decode().removeprefix(f"{namespace}:") for key in client.scan_iter(f"{namespace}:*", count=10_000)}


def test_every_key_expires_but_for_the_documented_ones(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    Pipeline(store, window_s=WINDOW_S, clock=time.time).ingest([*stories(20), Entry(source="S", title="short")])
    store.tell_failed("x", "ValueError: no")
    one = ref_of(store.clusters(min_size=2).clusters[0].id)
    store.link([(one, other) for other in range(1, 2 * NEAR_MOST)])
    keys = own_keys(redis_client, namespace)
    assert {key[-1] for key in keys if key[-2:-1] == "}"} == {"a", "t", "l", "c"}
    unbounded = {key for key in keys if redis_client.ttl(f"{namespace}:{key}") < 0}
    assert unbounded <= EVERLASTING
    assert all(redis_client.ttl(f"{namespace}:{key}") <= WINDOW_S + 86_400 for key in keys)
    beside = {key.decode() for key in redis_client.scan_iter(Keys(namespace).counted("*"), count=10_000)}
    assert len(beside) > 1
    assert {key for key in beside if redis_client.ttl(key) < 0} == {Keys(namespace).counted("inbox")}


def test_who_missed_events_is_told(redis_client: redis.Redis, namespace: str) -> None:
    store, stream = a_store(redis_client, namespace), f"{namespace}:events"
    store.publish([happened("a", version, "a") for version in range(1, 5)])
    store.publish([happened("a", version, "a") for version in range(5, 9)])
    cursors = [emitted.cursor for emitted in store.events()]
    milliseconds = cursors[-1].partition("-")[0]
    for kept in (8, 5, 2):
        redis_client.xtrim(stream, maxlen=kept, approximate=False)
        assert [store.events(after, 3).lost for after in cursors] == [
            number < 8 - kept for number in range(1, len(cursors))
        ] + [False]
        assert store.events("0").lost is (kept < 8)
        assert not store.events().lost
    store.publish([happened("a", 9, "a")])
    assert not store.events(milliseconds + "-8").lost


def test_events_that_are_gone_with_their_whole_stream_are_missed(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    store.publish([happened("a", version, "a") for version in range(1, 4)])
    cursors = [emitted.cursor for emitted in store.events()]
    redis_client.delete(f"{namespace}:events")
    assert store.events(cursors[0]) == []
    store.publish([happened("a", 4, "a")])
    assert [store.events(after).lost for after in cursors] == [True, True, False]


def test_a_time_for_a_cursor_misses_nothing_that_is_kept(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    for version in range(1, 5):
        store.publish([happened("a", version, "a")])
        time.sleep(0.002)
    later = int(store.events()[1].cursor.partition("-")[0]) + 1
    found = store.events(f"{later}-0")
    assert ([emitted.event.version for emitted in found], found.lost) == ([3, 4], False)
    redis_client.xtrim(f"{namespace}:events", maxlen=1, approximate=False)
    assert store.events(f"{later}").lost


def test_what_a_crowd_keeps_lives_until_it_is_renewed(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    Pipeline(store, window_s=WINDOW_S, clock=time.time).ingest(stories(1))
    keys = [key for key in redis_client.scan_iter(f"{namespace}:*", count=10_000) if key[-2:-1] == b"}"]
    assert {key[-1:] for key in keys} == {b"a", b"t", b"c"}
    assert all(redis_client.ttl(key) > WINDOW_S * (1 + 1 / RENEWALS) - 60 for key in keys)


def test_arrivals_are_listed_once_a_batch_and_counted_each(
    redis_client: redis.Redis, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.edges.redis_store.arrivals.LISTED_AT_ONCE", 30)
    monkeypatch.setattr("dedup.edges.redis_store.arrivals.ENTRIES_AT_ONCE", 2)
    store, sent = a_store(redis_client, namespace), stories(50)
    assert store.counts()["articles"] == 0
    pipeline = Pipeline(store, window_s=WINDOW_S, clock=time.time, batch=40)
    pipeline.ingest(sent)
    assert redis_client.xlen(f"{namespace}:arrivals") == 5, "batches of 40, 40 and 20; two of them in parts"
    assert store.counts()["articles"] == 100
    whole = store.clusters(limit=1_000)
    assert (len(whole.clusters), whole.after) == (50, None)
    page = store.clusters(limit=7)
    found = [*page.clusters]
    while page.after:
        page = store.clusters(after=page.after, limit=7)
        found += page.clusters
    assert found == list(whole.clusters)
    redis_client.xtrim(f"{namespace}:arrivals", maxlen=3, approximate=False)
    assert store.counts()["articles"] == 60


def test_a_page_ends_where_enough_was_looked_at(
    redis_client: redis.Redis, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.edges.redis_store.arrivals.READ_AT_ONCE", 10)
    monkeypatch.setattr("dedup.edges.redis_store.library.LOOKED_AT", 20)
    store = a_store(redis_client, namespace)
    Pipeline(store, window_s=WINDOW_S, clock=time.time).ingest(stories(50))
    pages = [store.clusters(min_size=3)]
    while pages[-1].after:
        pages.append(store.clusters(min_size=3, after=pages[-1].after))
    assert [page.clusters for page in pages] == [()] * 6, "five of twenty arrivals, and the end"
    found, page = list[Cluster](), store.clusters(min_size=2)
    while page.after:
        assert len(page.clusters) <= 20
        found += page.clusters
        page = store.clusters(min_size=2, after=page.after)
    assert len({each.id for each in found}) == len(found) == 50


def test_after_the_window_nothing_of_an_article_is_left(redis_client: redis.Redis, namespace: str) -> None:
    """The band index counts in days, so its shards are made to expire by hand; everything else in its own time."""
    store = a_store(redis_client, namespace, window_s=2)
    pipeline = Pipeline(store, window_s=2, clock=time.time)
    before = own_keys(redis_client, namespace)
    pipeline.ingest([*stories(10), Entry(source="S", title="short")])
    store.tell_failed("x", "ValueError: no")
    store.lay("archive", Bookmark("run"))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        left = {key for key in own_keys(redis_client, namespace) if not key.startswith("{b")}
        if left <= before | EVERLASTING and store.bookmark("archive") is None:
            return
        time.sleep(0.1)
    pytest.fail(f"still there: {sorted(left)[:10]}")


def test_an_index_with_other_settings_is_refused(redis_client: redis.Redis, namespace: str) -> None:
    a_store(redis_client, namespace)
    a_store(redis_client, namespace)
    redis_client.hset(f"{namespace}:meta", "schema", "of another time")
    with pytest.raises(IndexMismatchError, match="of another time"):
        a_store(redis_client, namespace)


def test_scripts_that_redis_has_forgotten_are_loaded_again(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    pipeline = Pipeline(store, window_s=WINDOW_S, clock=time.time)
    for start in range(4):
        pipeline.ingest(stories(5, start * 5))
        redis_client.script_flush()
    assert len(store.clusters(2, limit=100).clusters) == 20


def test_errors_of_redis_are_told_in_our_words(redis_client: redis.Redis, namespace: str) -> None:
    store = a_store(redis_client, namespace)
    redis_client.set(f"{namespace}:ticket", "not a number")
    with pytest.raises(StoreError, match="Redis answered with an error"):
        store.ticket()


def test_a_redis_that_is_away_is_told(namespace: str) -> None:
    nobody = redis.Redis.from_url("unix:///nonexistent/redis.sock", retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError, match="Redis is away"):
        RedisStore(nobody, namespace, window_s=1).prepare()


def test_the_short_window_forgets_first(redis_client: redis.Redis, namespace: str) -> None:
    now = [1_000 * 86_400.0]
    store = RedisStore(redis_client, namespace, window_s=WINDOW_S, fleeting_s=3 * 86_400, clock=lambda: now[0])
    store.prepare()
    store.post([(1, [10])])
    store.post_fleeting([(1, [10])])
    now[0] += 2 * 86_400
    assert store.fleeting_candidates([[10]]) == [{1}]
    now[0] += 3 * 86_400
    assert store.post_fleeting([(2, [10])]) == [set()]
    assert store.post([(2, [10])]) == [{1}]
