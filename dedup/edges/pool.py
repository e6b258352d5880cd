"""A pool of processes that may die and are replaced: documents are parsed and archives read in such."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, Protocol, TypeVar

from dedup.nouns.errors import ProcessError

ENDED = "dedup is stopping: the processes for this have been ended"


class Child(Protocol):
    """One process of a pool."""

    @property
    def pid(self) -> int:
        """The process."""
        ...

    def usable(self) -> bool:
        """Whether it can be asked once more."""
        ...

    def kill(self) -> None:
        """Kill it, from any thread: whoever waits for its answer gets an error."""
        ...

    def end(self) -> object:
        """End it and give back what it took. May be called more than once."""
        ...


AnyChild = TypeVar("AnyChild", bound=Child)


class Pool(Generic[AnyChild]):
    """At most so many processes, each made by `start` when first needed; threads may share it."""

    def __init__(self, processes: int, start: Callable[[], AnyChild]) -> None:
        self._start = start
        self._idle: queue.LifoQueue[AnyChild | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._children: set[AnyChild] = set()
        self._closed = False
        for _ in range(processes):
            self._idle.put(None)

    @contextmanager
    def lent(self) -> Iterator[AnyChild]:
        """A process that nobody else has meanwhile; it has ended afterwards if something was raised.

        Raises ProcessError when the pool is closed, at once or instead of what was raised; and what `start` raises.
        """
        idle, kept = self._idle.get(), None
        try:
            child = idle or self._started()
            try:
                yield child
                kept = child if child.usable() and not self._closed else None
            finally:
                if not kept:
                    self._end(child)
        except Exception as error:
            if self._closed:
                raise ProcessError(ENDED) from error
            raise
        finally:
            self._idle.put(kept)  # also when closed: others wait for it, and are to be told

    def pids(self) -> tuple[int, ...]:
        """The processes, for those who watch over them."""
        with self._lock:
            return tuple(child.pid for child in self._children)

    def close(self) -> None:
        """End all processes, also those at work: who waits for one, or asks for one later, gets a ProcessError."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()
        idle = self._all_idle()  # those at work are ended by whoever has them
        for each in idle:
            if each:
                self._end(each)
            self._idle.put(None)

    def _all_idle(self) -> list[AnyChild | None]:
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        return idle

    def _started(self) -> AnyChild:
        with self._lock:
            if self._closed:
                raise ProcessError(ENDED)
            child = self._start()
            self._children.add(child)
        return child

    def _end(self, child: AnyChild) -> None:
        child.end()
        with self._lock:
            self._children.discard(child)
