"""What a worker remembers of others is what is there, however little room it has, and whoever changes them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from dedup.matching.deck import Deck, deck
from dedup.matching.outline import outlines
from dedup.nouns.record import Submission
from dedup.reading.identity import ref_of
from dedup.spine.acquaintances import Acquaintances
from dedup.spine.filing import record_of
from dedup.spine.memory import MemoryStore
from tests.spine.newsroom import NOON, submission
from tests.spine.order_independence import settler

TEXT = "A suspension cable on the old bridge snapped early on Monday and the only road to the island was closed."


class CountingStore(MemoryStore):
    """Counts the articles whose records were asked for."""

    asked = 0

    def deck(self, refs: Collection[int]) -> tuple[list[int], Deck, list[int]]:
        self.asked += len(refs)
        return super().deck(refs)


def paper(number: int, text: str = TEXT, updated: int = NOON) -> Submission:
    return submission(id=f"paper {number}", title=f"Bridge {number}", text=f"{text} {number}", updated=updated)


def keep(store: MemoryStore, *papers: Submission) -> None:
    store.tell_registered([record.ref for record in store.register([record_of(one) for one in papers], papers)])


def refs_of(*papers: Submission) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(sorted(record_of(one).ref for one in papers), np.int64)


def assert_known(known: Acquaintances, store: MemoryStore, *papers: Submission) -> None:
    refs = refs_of(*papers)
    rows, places = known.outlines(refs)
    held = store.records(refs.tolist())
    assert (places >= 0).tolist() == [ref in held for ref in refs.tolist()]
    there = [held[ref] for ref in refs.tolist() if ref in held]
    assert (rows[places[places >= 0]] == outlines(deck(there))).all()


def test_who_is_known_is_not_asked_for_again() -> None:
    store, papers = CountingStore(), [paper(number) for number in range(3_000)]
    keep(store, *papers)
    known = Acquaintances(store)
    for start in range(0, 3_000, 500):
        assert_known(known, store, *papers[: start + 500])
    assert store.asked == 3_000


def test_who_is_not_there_is_nobody() -> None:
    store = MemoryStore()
    keep(store, paper(1))
    known = Acquaintances(store)
    assert_known(known, store)
    assert_known(known, store, paper(1), paper(2))
    keep(store, paper(2))
    assert_known(known, store, paper(1), paper(2))


@pytest.mark.parametrize("most", [1, 10, 50])
def test_little_room_loses_nobody_who_is_asked_for(most: int) -> None:
    store, papers = MemoryStore(), [paper(number) for number in range(90)]
    keep(store, *papers)
    known, chance = Acquaintances(store, most), np.random.default_rng(most)
    for _ in range(60):
        assert_known(known, store, *(papers[number] for number in chance.choice(90, chance.integers(1, 40), False)))


def test_what_was_given_out_stays_as_it_is() -> None:
    store, papers = MemoryStore(), [paper(number) for number in range(40)]
    keep(store, *papers)
    known = Acquaintances(store, 10)
    rows, places = known.outlines(refs_of(*papers[:8]))
    before = rows[places].copy()
    for start in range(8, 40, 8):
        known.outlines(refs_of(*papers[start : start + 8]))
    keep(store, *(paper(number, "Another text.", NOON + 60) for number in range(8)))
    known.outlines(refs_of(*papers[:8]))
    assert (rows[places] == before).all()


def test_a_text_that_has_changed_is_read_again() -> None:
    store, papers = MemoryStore(), [paper(number) for number in range(20)]
    keep(store, *papers)
    known = Acquaintances(store)
    assert_known(known, store, *papers)
    keep(store, paper(3, "The bridge has been open to all again since Tuesday, and the island has a road.", NOON + 60))
    assert_known(known, store, *papers)


def test_a_title_that_has_changed_is_read_again() -> None:
    """It is the same text by its digest, so nothing counts as another version; yet its opening is another one."""
    store, one = MemoryStore(), paper(1, TEXT * 2)
    keep(store, one)
    known = Acquaintances(store)
    assert_known(known, store, one)
    renamed = submission(id="paper 1", title="No road to the island", text=one.article.text, updated=NOON + 60)
    keep(store, renamed)
    [held] = store.records([ref_of("paper 1")]).values()
    assert held.versions == 1
    assert_known(known, store, one)


def test_a_worker_notices_what_another_one_settles() -> None:
    store, papers = MemoryStore(), [paper(number) for number in range(5)]
    settler(store).settle(papers)
    known = Acquaintances(store)
    assert_known(known, store, *papers)
    settler(store).settle([paper(number, TEXT + " It is open again.", NOON + 60) for number in range(3)])
    assert_known(known, store, *papers)
    assert {record.versions for record in store.records(refs_of(*papers[:3]).tolist()).values()} == {2}
