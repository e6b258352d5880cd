"""Of a print, the article that a brief text resembles most speaks to it."""

from __future__ import annotations

import numpy as np

from dedup.grouping.leaves import BRIEF_WORDS
from dedup.grouping.voices import Voices, voices
from dedup.matching.deck import Floats

LONG = 5.0 * BRIEF_WORDS
PRINTS = [[0, 2, 3], [1], [4]]
"""Three articles with one text; the brief that was cut from the third of them; another story."""
HEADS = np.array([[0.0, -1.0, -5.0], [-1.0, 0.0, -4.0], [-5.0, -4.0, 0.0]])


def heard(pairs: dict[tuple[int, int], float], lengths: Floats) -> Voices:
    ends = np.array(list(pairs), np.intp).reshape(-1, 2)
    return voices(PRINTS, HEADS, lengths, (ends[:, 0], ends[:, 1]), np.array(list(pairs.values())))


def test_a_brief_text_hears_whom_it_resembles_most() -> None:
    found = heard({(0, 2): 8.0, (1, 2): 2.0, (1, 3): 7.0}, np.array([LONG, 50, LONG]))
    assert found.odds[0, 1] == found.odds[1, 0] == 7.0
    assert found.speakers == {(0, 1): 3, (1, 0): 1}
    assert found.odds[0, 2] == -5.0


def test_among_equals_the_earliest_speaks_whatever_the_order_of_the_links() -> None:
    lengths = np.array([LONG, 50, LONG])
    assert heard({(1, 3): 7.0, (1, 2): 7.0}, lengths).speakers == heard({(1, 2): 7.0, (1, 3): 7.0}, lengths).speakers
    assert heard({(1, 3): 7.0, (1, 2): 7.0}, lengths).speakers[0, 1] == 2


def test_long_texts_are_what_their_first_prints_are() -> None:
    found = heard({(1, 3): 7.0}, np.array([LONG, LONG, LONG]))
    assert found.speakers == {}
    assert np.array_equal(found.odds, HEADS)


def test_whom_nothing_is_linked_to_hears_the_first() -> None:
    assert heard({}, np.array([LONG, 50, LONG])).odds[0, 1] == -1.0
