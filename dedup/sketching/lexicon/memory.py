"""What was once worked out is remembered: news repeats its words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Memory(dict[str, T], Generic[T]):
    """Answers by spelling. Those that are new are worked out together, which costs less than one after the other;
    asked through `map`, a known one costs no step of the interpreter."""

    def __init__(self, work_out: Callable[[Sequence[str]], Sequence[T]]) -> None:
        """`work_out` gives the answers to spellings, one for each."""
        super().__init__()
        self._work_out = work_out
        self._before: dict[str, T] = {}

    def of(self, spellings: Collection[str]) -> Iterator[T]:
        """The answer to each spelling."""
        new = [spelling for spelling in spellings if spelling not in self]
        if new:
            self._learn(new)
        return map(self.__getitem__, spellings)

    def age(self) -> None:
        """Forgets what was not asked for since it was last told to age."""
        self._before = dict(self)
        self.clear()

    def _learn(self, spellings: Iterable[str]) -> None:
        unknown = []
        for spelling in spellings:
            answer = self._before.get(spelling)
            if answer is None:
                unknown.append(spelling)
            else:
                self[spelling] = answer
        self.update(zip(unknown, self._work_out(unknown), strict=True))


class Memories:
    """The memories of one reader, which share what room there is."""

    def __init__(self, most: int) -> None:
        """Room for `most` spellings, and for as many again that have not come up for a while."""
        self._most = most
        self._all: list[_Ageing] = []

    def new(self, work_out: Callable[[Sequence[str]], Sequence[T]]) -> Memory[T]:
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
