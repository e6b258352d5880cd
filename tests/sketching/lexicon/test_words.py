"""Compounds, and runs of letters that are none."""

from __future__ import annotations

import pytest

from dedup.sketching.lexicon.table import EXACT, Shelf, shelved, word_key
from dedup.sketching.lexicon.words import COMPOUND_MOST, meanings

KNOWN = {"arbeit": 1, "markt": 2, "krankenversicherungs": 3}


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return shelved({word_key(word + EXACT): meaning for word, meaning in KNOWN.items()})


def test_both_parts_of_a_compound_are_meant(shelf: Shelf) -> None:
    assert meanings("arbeitsmarkt", "de", shelf) == (1, 2)
    assert meanings("arbeitsmarkt", "fr", shelf) == ()


def test_what_is_longer_than_any_compound_is_not_parted(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def key(spelling: str) -> int:
        hashed.append(spelling)
        return word_key(spelling)

    monkeypatch.setattr("dedup.sketching.lexicon.words.word_key", key)
    assert meanings("x" * COMPOUND_MOST, "de", shelf) == ()
    assert len(hashed) > COMPOUND_MOST / 2
    hashed.clear()
    assert meanings("x" * 100_000, "de", shelf) == ()
    assert len(hashed) == 1
