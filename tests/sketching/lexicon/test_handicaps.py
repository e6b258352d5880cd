"""What is rare and what translations keep is ahead; what is common or often lost is far behind."""

from __future__ import annotations

import numpy as np
import pytest

from dedup.edges.lexicon_file import shipped_table
from dedup.sketching.lexicon.elements import KIND_SHIFT, Kind
from dedup.sketching.lexicon.handicaps import COMMON, LEAST, MOST, RARE, SURE, Handicaps
from dedup.sketching.lexicon.table import Table, packed

SOME = np.uint32(12_345)


def handicaps_of(rarity: list[int], kept: list[int]) -> list[int]:
    """The handicaps of concepts of this rarity that so many of 255 translations keep."""
    arrays = {"rarity": [0, *rarity], "kept": [0, *kept], "kinds_kept": [0, 255, 102, 0]}
    table = Table(packed({}, {name: np.array(values, np.uint8) for name, values in arrays.items()}))
    found: list[int] = Handicaps(table).of(np.arange(1, len(rarity) + 1, dtype=np.uint32)).tolist()
    return found


def test_the_rarer_the_further_ahead_up_to_a_limit() -> None:
    found = handicaps_of([0, COMMON, COMMON + 3, COMMON + 12, RARE, 255], [255] * 6)
    assert found == [MOST, MOST, 4 * LEAST, 2 * LEAST, LEAST, LEAST]


def test_the_surer_the_further_ahead_up_to_a_limit() -> None:
    assert handicaps_of([RARE] * 5, [0, SURE // 4, SURE // 2, SURE, 255]) == [MOST, MOST, 64 * LEAST, LEAST, LEAST]


def test_what_is_no_concept_counts_as_its_kind_does() -> None:
    elements = np.array([kind << KIND_SHIFT | SOME for kind in (Kind.NUMBER, Kind.NAME, Kind.WORD)], np.uint32)
    table = Table(packed({}, {name: np.array([0, 255, 102, 0], np.uint8) for name in ("rarity", "kept", "kinds_kept")}))
    assert Handicaps(table).of(elements).tolist() == [LEAST, 64 * LEAST, MOST]


def test_nothing_has_no_handicaps() -> None:
    assert Handicaps(shipped_table()).of(np.empty(0, np.uint32)).size == 0


@pytest.mark.parametrize(("ahead", "behind"), [("earthquake", "big"), ("hospital", "look"), ("bridge", "murder")])
def test_in_the_shipped_table(ahead: str, behind: str) -> None:
    table = shipped_table()
    by_gloss = {gloss: number for number, gloss in reversed(list(enumerate(table.glosses)))}
    of = Handicaps(table).of
    one, other = (int(of(np.array([by_gloss[gloss]], np.uint32))[0]) for gloss in (ahead, behind))
    assert LEAST <= one < other / 4 <= MOST / 4


def test_numbers_are_kept_best_in_the_shipped_table() -> None:
    kept = dict(zip(Kind, shipped_table().kinds_kept.tolist(), strict=True))
    assert sorted(kept, key=lambda kind: -kept[kind]) == [Kind.NUMBER, Kind.CONCEPT, Kind.NAME, Kind.WORD]
