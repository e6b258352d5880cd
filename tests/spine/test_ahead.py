"""Working ahead: in order, one ahead and no further, and errors where they belong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from dedup.spine.ahead import ahead, batches


def test_the_next_is_made_while_the_caller_is_busy() -> None:
    second = threading.Event()
    made = ahead(lambda number: second.set() if number == 2 else None, [1, 2, 3])
    next(made)
    assert second.wait(10), "made before it was asked for"
    assert list(made) == [None, None]


def test_in_order_and_never_far() -> None:
    asked: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            asked.append(number)
            yield number

    for place, number in enumerate(ahead(lambda one: one * 2, numbers())):
        assert number == place * 2
        assert len(asked) <= place + 2
    assert list(ahead(str, [])) == []


def test_an_error_comes_where_its_item_would_have() -> None:
    with closing(ahead(lambda number: 6 // number, [3, 2, 0, 1])) as made:
        assert [next(made), next(made)] == [2, 3]
        with pytest.raises(ZeroDivisionError):
            next(made)


def test_left_early_the_thread_ends() -> None:
    with closing(ahead(str, iter(range(1_000)))) as made:
        assert next(made) == "0"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_batches() -> None:
    assert list(batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batches([], 2)) == []
