"""Working ahead: the next batch is made ready while the one before it waits for the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
Made = TypeVar("Made")


def ahead(make: Callable[[T], Made], items: Iterable[T]) -> Generator[Made, None, None]:
    """What `make` makes of each item, in order. A thread makes the next one while the caller is busy with this one.

    Items are asked for in the caller's thread, one before it is needed, so two of what is made are in memory at most.
    What `make` raises is raised where its item would have come. Close the generator where it may be left early: it then
    waits for what the thread is at, and drops it.
    """
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(1, "ahead") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(make, item))
                if len(waiting) > 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def batches(items: Iterable[T], size: int) -> Generator[list[T], None, None]:
    """The items, so many at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
