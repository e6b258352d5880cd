"""What outlines rule out has no evidence in favour, whatever the facts are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dedup.matching import outline
from dedup.matching.deck import ABSENT, LANGUAGE_BYTES, SLOTS_IN_ALL, Deck
from dedup.matching.features import beside
from dedup.matching.judgement import FACTS, FACTS_MOST, LINK, across_terms, paraphrase_terms, terms, unlimited
from dedup.matching.outline import agreeing, blank, may_be_linked, outlines
from dedup.sketching.facts import KEPT
from dedup.sketching.views import VIEWS

ROWS = 4_000
WINDOW_S = 14 * 86_400.0


def made_up(chance: np.random.Generator) -> tuple[Deck, Deck]:
    """Two decks of anything: rows beside each other are as alike as chance will have it, in every way."""
    left = anything(chance)
    other = anything(chance)
    alike = np.repeat(chance.random((ROWS, len(VIEWS))) ** 2, [view.slots for view in VIEWS], axis=1)
    signatures = np.where(chance.random(alike.shape) < alike, left.signatures, other.signatures)
    sizes = np.where(chance.random(left.sizes.shape) < 0.5, left.sizes, other.sizes)
    same = {
        name: np.where(chance.random(ROWS) < 0.3, getattr(left, name), getattr(other, name))
        for name in ("languages", "exact", "origins", "addresses")
    }
    return left, replace(other, signatures=signatures, sizes=sizes, **same)


def anything(chance: np.random.Generator) -> Deck:
    def facts() -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
        rows = np.sort(chance.integers(40, size=(ROWS, KEPT)).astype(np.uint16), axis=1)
        rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = ABSENT
        rows[np.arange(KEPT) >= chance.integers(KEPT + 1, size=(ROWS, 1))] = ABSENT
        return np.sort(rows, axis=1)

    return Deck(
        sizes=chance.choice([0, 1, 16, 40, 120, 130, 400], (ROWS, len(VIEWS))).astype(np.float64),
        signatures=chance.integers(256, size=(ROWS, SLOTS_IN_ALL)).astype(np.uint8),
        numbers=facts(),
        names=facts(),
        figures=facts(),
        languages=chance.choice([b"en", b"de", b"af", b"xx", b""], ROWS).astype(f"S{LANGUAGE_BYTES}"),
        lengths=chance.choice([1, 20, 60, 99, 150, 400, 5_000], ROWS).astype(np.float64),
        exact=chance.integers(1 << 20, size=ROWS).astype(np.uint64),
        origins=chance.integers(3, size=ROWS).astype(np.uint64),
        addresses=chance.integers(3, size=ROWS).astype(np.uint64),
        published=chance.integers(30 * 86_400, size=ROWS).astype(np.float64),
    )


def without_facts(deck: Deck) -> Deck:
    none = np.full((ROWS, KEPT), ABSENT, np.uint16)
    return replace(deck, numbers=none, names=none, figures=none)


def of_one_date(deck: Deck) -> Deck:
    return replace(deck, published=np.zeros(ROWS))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_that_would_be_linked_is_ruled_out(seed: int) -> None:
    left, right = made_up(np.random.default_rng(seed))
    every = np.arange(ROWS)
    linked = unlimited(beside(left, right), WINDOW_S) > LINK
    possible = may_be_linked(outlines(left), every, outlines(right), every)
    assert not (linked & ~possible).any()
    assert 0.05 < linked.mean() < possible.mean() < 0.9, "the decks say nothing of either side"


def test_an_outline_rules_out_what_its_facts_would_not_save(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as facts and days only speak against a pair, that all agree is exactly what is asked for."""
    left, right = map(of_one_date, made_up(np.random.default_rng(1)))
    every = np.arange(ROWS)
    wanted = unlimited(agreeing(beside(left, right)), np.inf) + FACTS_MOST > LINK
    monkeypatch.setattr(outline, "PAIRS_AT_ONCE", 1_000)
    assert (may_be_linked(outlines(left), every, outlines(right), every) == wanted).all()


@pytest.mark.parametrize("name", FACTS)
def test_terms_of_facts_are_from_minus_one_to_zero(name: str) -> None:
    """On this the bound stands; what their weights make of them is reckoned with."""
    features = beside(*made_up(np.random.default_rng(3)))
    for found in (terms(features), across_terms(features), paraphrase_terms(features)):
        column = found.get(name, np.zeros(1))
        assert -1 <= column.min() <= column.max() <= 0


def test_no_term_is_made_of_facts_but_those_that_are_named() -> None:
    left, right = made_up(np.random.default_rng(4))
    for made in (terms, across_terms):
        told, untold = made(beside(left, right)), made(beside(left, without_facts(right)))
        assert {name for name in told if (told[name] != untold[name]).any()} <= set(FACTS)


def test_an_outline_is_half_a_kilobyte() -> None:
    assert blank(2).nbytes < 2 * 512
