"""What can befall a worker: others between any two of its steps, its own end at any step, half a batch written.

`Piecewise` makes of every call that handles many things several that handle one, as they are on many machines.
`Faulty` ends its worker at a chosen call. `Turns` lets one of several workers make one call at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from dedup.matching.deck import Deck
from dedup.nouns.cluster import Event
from dedup.nouns.errors import StoreError
from dedup.nouns.record import Lift, Placement, Record, Shelf, Submission
from dedup.spine.store import Index

T = TypeVar("T")
Postings = Sequence[tuple[int, Sequence[int]]]
Step = Callable[[], None]
"""Called before each call to the store; may wait for its turn, or raise."""


class Piecewise:
    """An index whose every call is taken apart into calls for one thing each, with a `step` before each of them."""

    def __init__(self, index: Index, step: Step) -> None:
        self._index = index
        self._step = step

    def _do(self, call: Callable[[], T]) -> T:
        self._step()
        return call()

    def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
        return [
            held
            for record, one in zip(records, submissions, strict=True)
            for held in self._do(lambda record=record, one=one: self._index.register([record], [one]))  # type: ignore[misc]
        ]

    def tell_registered(self, refs: Collection[int]) -> None:
        self._do(lambda: self._index.tell_registered(refs))

    def registered(self, after: str | None) -> tuple[set[int] | None, str]:
        return self._do(lambda: self._index.registered(after))

    def post(self, postings: Postings) -> list[set[int]]:
        return self._posted(self._index.post, postings)

    def post_fleeting(self, postings: Postings) -> list[set[int]]:
        return self._posted(self._index.post_fleeting, postings)

    def _posted(self, post: Callable[[Postings], list[set[int]]], postings: Postings) -> list[set[int]]:
        found: list[set[int]] = [set() for _ in postings]
        for odd in (0, 1):  # the shards of a batch are written one after the other
            some = [(ref, [key for key in keys if key % 2 == odd]) for ref, keys in postings]
            for others, more in zip(found, self._do(lambda some=some: post(some)), strict=True):  # type: ignore[misc]
                others |= more
        return found

    def candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        return self._do(lambda: self._index.candidates(bands))

    def fleeting_candidates(self, bands: Sequence[Sequence[int]]) -> list[set[int]]:
        return self._do(lambda: self._index.fleeting_candidates(bands))

    def records(self, refs: Collection[int]) -> dict[int, Record]:
        return self._each(self._index.records, refs)

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck, list[int]]:
        return self._do(lambda: self._index.deck(refs))

    def link(self, links: Collection[tuple[int, int]]) -> None:
        for pair in sorted(links):
            self._do(lambda pair=pair: self._index.link([pair]))  # type: ignore[misc]

    def links(self, refs: Collection[int]) -> dict[int, frozenset[int]]:
        return self._each(self._index.links, refs)

    def ticket(self) -> int:
        return self._do(self._index.ticket)

    def placements(self, refs: Collection[int]) -> dict[int, Placement]:
        return self._each(self._index.placements, refs)

    def place(self, placements: Mapping[int, Placement], fresh: Collection[int]) -> set[int]:
        return {
            raised
            for ref, placement in placements.items()
            for raised in self._do(lambda ref=ref, placement=placement: self._index.place({ref: placement}, fresh))  # type: ignore[misc]
        }

    def lift(self, lifts: Sequence[Lift]) -> set[int]:
        return {ref for one in lifts for ref in self._do(lambda one=one: self._index.lift([one]))}  # type: ignore[misc]

    def shelves(self, refs: Collection[int]) -> dict[int, Shelf]:
        return self._each(self._index.shelves, refs)

    def shelve(self, shelves: Sequence[tuple[Shelf, int]], levels: Mapping[int, int]) -> set[int]:
        return {ref for one in shelves for ref in self._do(lambda one=one: self._index.shelve([one], levels))}  # type: ignore[misc]

    def announced(self, shelves: Sequence[Shelf]) -> None:
        for shelf in shelves:
            self._do(lambda shelf=shelf: self._index.announced([shelf]))  # type: ignore[misc]

    def publish(self, events: Sequence[Event]) -> None:
        for event in events:
            self._do(lambda event=event: self._index.publish([event]))  # type: ignore[misc]

    def _each(self, look_up: Callable[[Collection[int]], dict[int, T]], refs: Collection[int]) -> dict[int, T]:
        found: dict[int, T] = {}
        for ref in sorted(refs):
            found |= self._do(lambda ref=ref: look_up([ref]))  # type: ignore[misc]
        return found


class Fuse:
    """A step that raises once, at its `calls`-th call; None: never."""

    def __init__(self, calls: int | None) -> None:
        self._left = calls

    def __call__(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None
                raise StoreError("the store went away")


class Turns:
    """Lets workers run one call to the store at a time, in the order that a plan says.

    The plan is a list of (worker, calls): that worker makes so many calls, the others stand still. When the plan is at
    its end, or names a worker that has finished, the workers take turns.
    """

    def __init__(self, plan: Sequence[tuple[int, int]]) -> None:
        self._plan = [worker for worker, calls in plan for _ in range(calls)]

    def run(self, workers: Sequence[Callable[[Step], None]]) -> None:
        """Run the workers to their ends; raises what the first of them raised."""
        go = [threading.Semaphore(0) for _ in workers]
        paused = threading.Semaphore(0)
        finished: set[int] = set()
        errors: list[BaseException] = []

        def live(number: int) -> None:
            def step() -> None:
                paused.release()
                go[number].acquire()

            try:
                step()
                workers[number](step)
            except BaseException as error:
                errors.append(error)
            finally:
                finished.add(number)
                paused.release()

        threads = [threading.Thread(target=live, args=(number,), daemon=True) for number in range(len(workers))]
        for thread in threads:
            thread.start()
            paused.acquire()
        plan = iter(self._plan)
        last = -1
        while len(finished) < len(workers):
            waiting = [number for number in range(len(workers)) if number not in finished]
            chosen = next(plan, None)
            if chosen is None or chosen not in waiting:
                chosen = min(waiting, key=lambda number: (number <= last, number))
            last = chosen
            go[chosen].release()
            paused.acquire()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
