"""The inbox in Redis: what becomes of articles is counted, each once, whatever gets lost on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import redis

from dedup.edges.embedded import RedisBinary
from dedup.edges.redis_store import RedisStore, inbox
from dedup.edges.redis_store.keys import Keys
from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Skipped
from tests import redis_server
from tests.edges.redis_store.test_store import WINDOW_S, a_store
from tests.frail_line import FrailLine, frail_line
from tests.spine.store_contract import sent

LATER_ANSWERS = (1, 2, 3, 4)
"""Each method is tried with each of its answers lost, and with one that it does not wait for."""


@pytest.fixture(scope="module")
def line(redis_binary: RedisBinary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailLine]:
    folder = tmp_path_factory.mktemp("redis")
    with redis_server.started(redis_binary.path, folder) as server, frail_line(server.port) as made:
        yield made


@pytest.fixture
def store(line: FrailLine, namespace: str) -> Iterator[RedisStore]:
    """A store that an answer or more may not reach; with scripts that Redis knows."""
    opened = RedisStore.open(f"redis://127.0.0.1:{line.port}/0", namespace, window_s=WINDOW_S)
    opened.put([sent("before"), sent("as well")])
    first, second = opened.take("w", 9, 0)
    opened.done([first.receipt])
    opened.bury(second, "ValueError: no")
    opened.tell_skipped([Skipped("empty")])
    yield opened
    line.mend()
    opened.close()


def add_up(store: RedisStore) -> bool:
    """Whether all that was accepted is accounted for."""
    counts = store.counts()
    known = counts["clustered"] + counts["skipped"] + counts["failed"] + store.waiting()
    return bool(counts["accepted"] == known and counts["failed"] == counts["failed.ValueError"])


def gained(store: RedisStore, line: FrailLine, which: int, work: Callable[[], object]) -> dict[str, int]:
    """What the work adds to the counts while an answer of it is lost."""
    before = store.counts()
    line.lose(which, for_good=False)
    work()
    line.mend()
    return {name: more for name, now in store.counts().items() if (more := now - before.get(name, 0))}


@pytest.mark.parametrize("which", LATER_ANSWERS)
class TestAnAnswerIsLostAndTheClientRepeats:
    def test_put(self, store: RedisStore, line: FrailLine, which: int) -> None:
        assert gained(store, line, which, lambda: store.put([sent("a"), sent("b")])) == {"accepted": 2}
        assert store.waiting() == 2
        assert add_up(store)

    def test_done(self, store: RedisStore, line: FrailLine, which: int) -> None:
        store.put([sent("a"), sent("b")])
        receipts = [delivery.receipt for delivery in store.take("w", 9, 0)]
        assert gained(store, line, which, lambda: store.done(receipts)) == {"clustered": 2}
        assert add_up(store)

    def test_bury(self, store: RedisStore, line: FrailLine, which: int) -> None:
        store.put([sent("a")])
        [delivery] = store.take("w", 9, 0)
        told = gained(store, line, which, lambda: store.bury(delivery, "ValueError: no"))
        assert told == {"failed": 1, "failed.ValueError": 1}
        assert add_up(store)

    def test_tell(self, store: RedisStore, line: FrailLine, which: int) -> None:
        told = gained(store, line, which, lambda: store.tell_skipped([Skipped("empty"), Skipped("too_short")]))
        assert told == {"accepted": 2, "skipped": 2, "skipped.empty": 1, "skipped.too_short": 1}
        assert add_up(store)


@pytest.mark.parametrize("which", LATER_ANSWERS)
class TestRedisGoesAwayInTheMiddle:
    """So does a worker that is killed: the others find what it left, and do it again."""

    def test_done(self, store: RedisStore, line: FrailLine, which: int) -> None:
        store.put([sent("a"), sent("b")])
        receipts = [delivery.receipt for delivery in store.take("w", 9, 0)]
        cut_off(line, which, lambda: store.done(receipts))
        assert add_up(store)
        store.done(receipts)
        assert add_up(store)
        assert store.counts()["clustered"] == 3

    def test_bury(self, store: RedisStore, line: FrailLine, which: int) -> None:
        store.put([sent("a")])
        [delivery] = store.take("w", 9, 0)
        cut_off(line, which, lambda: store.bury(delivery, "ValueError: no"))
        assert add_up(store)
        store.bury(delivery, "ValueError: no")
        assert add_up(store)
        assert store.counts()["failed"] == 2

    def test_put(self, store: RedisStore, line: FrailLine, which: int) -> None:
        cut_off(line, which, lambda: store.put([sent("a"), sent("b")]))
        assert add_up(store)


def cut_off(line: FrailLine, which: int, work: Callable[[], object]) -> None:
    line.lose(which, for_good=True)
    with suppress(StoreError):
        work()
    line.mend()


def test_any_number_is_acknowledged_at_once(redis_client: redis.Redis, namespace: str) -> None:
    """More than Lua's stack has room for."""
    store = a_store(redis_client, namespace)
    store.put([sent("a")])
    [delivery] = store.take("w", 9, 0)
    store.done([delivery.receipt, *(f"{number}-1" for number in range(1, 20_000))])
    assert (store.counts()["clustered"], store.waiting()) == (1, 0)


def test_consumers_that_are_gone_are_forgotten_unless_they_hold_something(
    redis_client: redis.Redis, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has a name of its own: of a command that is run every ten minutes there are 52,000 a year."""
    store = a_store(redis_client, namespace)
    store.put([sent(f"a{number}") for number in range(5)])
    taken = [delivery for number in range(5) for delivery in store.take(f"w{number}", 1, 0)]
    store.done([delivery.receipt for delivery in taken[2:]])
    store.join()
    assert names(redis_client, namespace) == {"w0", "w1", "w2", "w3", "w4"}
    monkeypatch.setattr(inbox, "GONE_S", 0)
    time.sleep(0.01)
    store.join()
    assert names(redis_client, namespace) == {"w0", "w1"}
    assert store.waiting() == 2


def names(client: redis.Redis, namespace: str) -> set[str]:
    """Of the consumers of the inbox."""
    return {one["name"].decode() for one in client.xinfo_consumers(Keys(namespace).counted("inbox"), inbox.GROUP)}


def test_a_group_that_cannot_be_made_is_told(redis_client: redis.Redis, namespace: str) -> None:
    redis_client.set(Keys(namespace).counted("inbox"), "no stream")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        a_store(redis_client, namespace)
