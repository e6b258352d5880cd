"""Numbers of spellings, and what stands in columns by them, stay together however often something is forgotten."""

from __future__ import annotations

import numpy as np

from dedup.sketching.lexicon.memory import LONGEST
from dedup.sketching.lexicon.spellings import BLANK, Spellings


def test_numbers_are_given_once_and_in_order() -> None:
    spellings = Spellings(10)
    assert spellings.numbered([["a", "b"], [], ["a", "c"]], 4).tolist() == [0, 1, 0, 2]
    assert spellings.spelt == ["a", "b", "c"]
    assert spellings.numbered([], 0).tolist() == []


def test_columns_grow_with_the_numbers() -> None:
    spellings = Spellings(10_000)
    early = spellings.column()
    early.values[spellings.numbered([["a"]], 1)] = 7
    numbers = spellings.numbered([[str(number) for number in range(5_000)]], 5_000)
    late = spellings.column()
    assert early.values[0] == 7
    assert (early.values[numbers] == BLANK).all()
    assert (late.values[numbers] == BLANK).all()


def test_what_does_not_come_up_is_forgotten_and_the_rest_keeps_what_is_known() -> None:
    spellings, chance = Spellings(100), np.random.default_rng(1)
    column = spellings.column()
    worked_out = 0
    for number in range(3_000):
        chunks = [f"common {one}" for one in chance.integers(20, size=5)] + [f"rare {number}"]
        numbers = spellings.numbered([chunks], len(chunks))
        for place, chunk in zip(numbers.tolist(), chunks, strict=True):
            if column.values[place] == BLANK:
                worked_out += 1
                column.values[place] = hash(chunk) & 0xFFFF
            assert column.values[place] == hash(chunk) & 0xFFFF
            assert spellings.spelt[place] == chunk
        spellings.tidy()
        assert len(spellings.spelt) < 250
    assert worked_out < 3_000 + 20 + 5


def test_what_is_too_long_is_forgotten_at_once_and_takes_nothing_along() -> None:
    spellings, chance = Spellings(100), np.random.default_rng(1)
    column = spellings.column()
    for number in range(3_000):
        runs = [f"{number}/{run}" * LONGEST for run in range(int(chance.integers(3)))]
        chunks = [*runs, f"common {number % 20}", *runs]
        numbers = spellings.numbered([chunks], len(chunks))
        for place, chunk in zip(numbers.tolist(), chunks, strict=True):
            assert spellings.spelt[place] == chunk
            assert column.values[place] in (BLANK, hash(chunk) & 0xFFFF)
            column.values[place] = hash(chunk) & 0xFFFF
        spellings.tidy()
        assert max(map(len, (*spellings, *spellings.spelt))) <= LONGEST
        assert len(spellings.spelt) < 250
    assert len(spellings) == 20
