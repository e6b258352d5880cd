"""Whatever a batch does, nothing is lost: it is grouped, delivered again, or buried."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from dedup.loops import worker
from dedup.loops.worker import Worker
from dedup.nouns.record import Submission
from tests.tiny import TinyStore, submission


class Poisoned:
    """A pipeline that chokes on one article."""

    def __init__(self) -> None:
        self.settled: list[str] = []

    def settle(self, submissions: Sequence[Submission]) -> None:
        ids = [each.article.id for each in submissions]
        if "poison" in ids:
            raise ZeroDivisionError("poison")
        self.settled += ids

    def admit(self, submissions: Sequence[Submission]) -> Callable[[], None]:
        return partial(self.settle, submissions)


def a_worker(store: TinyStore, pipeline: worker.Settler, stop: threading.Event | None = None) -> Worker:
    return Worker(store, pipeline, name="w", stop=stop or threading.Event(), batch=10, wait_s=0)


def test_a_batch_is_settled_and_acknowledged() -> None:
    store, pipeline = TinyStore(), Poisoned()
    store.put([submission(name) for name in "abc"])
    assert a_worker(store, pipeline).drain() == 3
    assert (pipeline.settled, store.queue) == (["a", "b", "c"], [])


def test_one_bad_article_does_not_take_its_batch_along() -> None:
    store, pipeline = TinyStore(), Poisoned()
    store.put([submission(name) for name in ("a", "poison", "b")])
    assert a_worker(store, pipeline).step(0) == 3
    assert pipeline.settled == ["a", "b"]
    assert [each.submission.article.id for each in store.queue] == ["poison"]
    assert store.buried == []


def test_the_fifth_failure_is_the_last() -> None:
    store = TinyStore()
    store.put([submission("poison")])
    for _ in range(5):
        assert store.buried == []
        assert a_worker(store, Poisoned()).drain() == 1
        store.abandon()
    assert store.buried == [("poison", "ZeroDivisionError: poison")]
    assert store.queue == []


def test_the_next_batch_is_looked_up_while_one_is_grouped() -> None:
    """And when told to stop, it finishes what it has begun."""
    store, stop, second = TinyStore(), threading.Event(), threading.Event()

    class Halves(Poisoned):
        def admit(self, submissions: Sequence[Submission]) -> Callable[[], None]:
            if submissions[0].article.id == "k":
                second.set()

            def finish() -> None:
                assert second.wait(10)
                stop.set()
                self.settle(submissions)

            return finish

    pipeline = Halves()
    store.put([submission(name) for name in "abcdefghijkl"])
    a_worker(store, pipeline, stop).run()
    assert (pipeline.settled, store.queue) == (list("abcdefghijkl"), [])


def test_while_the_store_is_away_it_waits_and_resumes() -> None:
    store, pipeline, stop = TinyStore(away=True), Poisoned(), threading.Event()
    store.queue = []
    thread = threading.Thread(target=a_worker(store, pipeline, stop).run)
    thread.start()
    store.away = False
    store.put([submission("a")])
    deadline = threading.Event()
    for _ in range(1_000):
        if pipeline.settled or deadline.wait(0.01):
            break
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert (pipeline.settled, store.queue) == (["a"], [])
