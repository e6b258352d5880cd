"""What was once worked out is remembered: news repeats its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")
LONGEST: Final = 64
"""Signs. What is longer is not remembered: no word is (runs of scripts without spaces are, and seldom come up again),
and room is counted in spellings, whatever their length."""


class Memory(dict[str, T], Generic[T]):
    """Answers by spelling; one that is asked for the first time is worked out, and one of more than
    LONGEST signs every time. Asked through `map`, a known one costs no step of the interpreter."""

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out
        self._before: dict[str, T] = {}

    def __missing__(self, spelling: str) -> T:
        answer = self._before.get(spelling)
        if answer is None:
            answer = self._work_out(spelling)
        if len(spelling) <= LONGEST:
            self[spelling] = answer
        return answer

    def age(self) -> None:
        """Forgets what was not asked for since it was last told to age."""
        self._before = dict(self)
        self.clear()


class Memories:
    """The memories of one reader, which share what room there is."""

    def __init__(self, most: int) -> None:
        """Room for `most` spellings, and for as many again that have not come up for a while."""
        self._most = most
        self._all: list[_Ageing] = []

    def new(self, work_out: Callable[[str], T]) -> Memory[T]:
        """An empty memory."""
        memory = Memory(work_out)
        self._all.append(memory)
        return memory

    def tidy(self) -> None:
        """Lets all of them age if they are full."""
        if sum(map(len, self._all)) > self._most:
            for memory in self._all:
                memory.age()


class _Ageing(Protocol):
    def __len__(self) -> int: ...

    def age(self) -> None: ...
