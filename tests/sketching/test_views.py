"""Views: what each makes of a text, and of one that it has nothing to say of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.sketching.text import Hashes, Text
from dedup.sketching.views import (
    OPENING_LEAST,
    OPENING_WORDS,
    VIEWS,
    WORDS_LEAST,
    opening,
    shingles,
    words,
)


def numbers(count: int, start: int = 0) -> Hashes:
    return np.arange(start, start + count, dtype=np.uint32)


def text(title: int, body: int, word_length: float = 1.0, head: int = 0) -> Text:
    return Text(
        headline="",
        lines=(),
        title=numbers(title, 1_000_000),
        head=numbers(head, 2_000_000),
        body=numbers(body),
        script="latin",
        word_length=word_length,
    )


@pytest.mark.parametrize(("body", "size"), [(0, 0), (WORDS_LEAST - 1, 0), (WORDS_LEAST, WORDS_LEAST - 2), (500, 498)])
def test_words(body: int, size: int) -> None:
    assert len(words(text(9, body))) == size


def test_words_in_scripts_without_spaces() -> None:
    assert len(words(text(0, 100, 1.7))) == 96, "five characters a shingle"
    assert len(words(text(0, 30, 1.7))) == 0, "too few words"


@pytest.mark.parametrize(
    ("title", "body", "size"),
    [
        (0, 0, 0),
        (OPENING_LEAST - 1, 0, 0),
        (OPENING_LEAST, 0, OPENING_LEAST - 1),
        (0, OPENING_LEAST, OPENING_LEAST - 1),
        (3, 3, 4),
        (0, 10_000, OPENING_WORDS - 1),
        (10, 10_000, OPENING_WORDS - 1 + 9),
        (1, 20, 20),
    ],
)
def test_opening(title: int, body: int, size: int) -> None:
    assert len(opening(text(title, body))) == size


def test_the_very_first_words_open_too() -> None:
    """Furniture or not: we may be wrong about where the story begins."""
    assert len(opening(text(10, 100, head=5))) == OPENING_WORDS - 1 + 9 + 4


@given(st.lists(st.integers(0, 2**32 - 1), max_size=40), st.integers(1, 6))
def test_shingles(found: list[int], size: int) -> None:
    of = shingles(np.array(found, np.uint32), size)
    width = min(size, len(found))
    different = {tuple(found[start : start + width]) for start in range(len(found) - width + 1)} if found else set()
    assert len(of) == len(different)
    assert of.dtype == np.uint32
    assert of.tolist() == sorted(set(of.tolist()))


@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=9, unique=True))
def test_order_matters(found: list[int]) -> None:
    forth, back = np.array(found, np.uint32), np.array(found[::-1], np.uint32)
    assert not set(shingles(forth, 2).tolist()) & set(shingles(back, 2).tolist())


def test_views_fit_their_signatures() -> None:
    for view in VIEWS:
        assert view.bands * view.rows <= view.slots
        assert len(view.elements(text(0, 0))) == 0
    assert len({view.name for view in VIEWS}) == len(VIEWS)
