"""Floors of quality, which only rise: what a release must reach, and what has been reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.quality import measure
from tools.sets import SETS

REACHED = {
    ("copies", "precision of pairs"): 1.0,
    ("copies", "recall of pairs"): 0.94,
    ("copies", "copy that joined, named so"): 1.0,
    ("copies", "excerpt that joined, named so"): 1.0,
    ("copies", "revision that joined, named so"): 1.0,
    ("lookalikes", "all pairs apart"): 0.999,
    ("lookalikes", "pairs of one family apart"): 0.995,
    ("lookalikes", "round-ups and their stories apart"): 0.985,
    ("forms", "issues of one outlet apart"): 0.975,
    ("forms", "issues of two outlets apart"): 0.93,
    ("forms", "reprints together"): 0.99,
    ("helsinki", "ARI of the groups"): 0.965,
    ("helsinki", "dup pairs together"): 0.955,
    ("helsinki", "precision of pairs"): 0.995,
    ("helsinki", "excerpts with their originals"): 0.905,
    ("helsinki", "excerpts, recall at precision 0.99"): 0.9,
    ("ecbplus", "dup pairs together"): 0.93,
    ("ecbplus", "diff pairs apart"): 0.996,
    ("ecbplus", "excerpts with their originals"): 0.98,
}
"""A little below what `make quality` gave when the figure was last raised. Lower none of them to pass.

One was, once: concepts cost ecbplus .001 of its `diff` pairs.
"""


@pytest.mark.parametrize("name", ["copies", "lookalikes", "forms"])
def test_our_own_texts_keep_every_floor(name: str) -> None:
    assert below(name) == {}


@pytest.mark.parametrize("name", ["helsinki", "ecbplus"])
def test_other_peoples_texts_keep_every_floor(name: str, shared_data: Path) -> None:
    assert below(name) == {}


def below(name: str) -> dict[str, tuple[float, float]]:
    """The scores of a set, alone in an index, that are below a floor, each with the floor."""
    scores = {line.score.name: line.score for line in measure(None, [name], lambda line: None) if line.set == name}
    reached = {score: floor for (where, score), floor in REACHED.items() if where == name}
    floors = {score: max(reached.get(score, 0), found.floor or 0) for score, found in scores.items()}
    assert reached.keys() <= scores.keys()
    return {score: (found.value, floors[score]) for score, found in scores.items() if found.value < floors[score]}


def test_every_set_has_a_name_that_can_be_asked_for() -> None:
    assert set(SETS) >= {name for name, _ in REACHED}
