"""A deck: many fingerprints as columns, so that thousands of pairs are compared in a few numpy expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from dedup.nouns.fingerprint import Fingerprint
from dedup.nouns.record import Record
from dedup.sketching.facts import KEPT
from dedup.sketching.views import VIEWS

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

ABSENT = 0xFFFF
"""Fills the places of a fact row that hold no hash; larger than every hash that is kept of a story with many."""
LANGUAGE_BYTES = 3
"""Of the name of a language (ISO 639), shorter ones filled up with zeros."""

*SLOTS, SLOTS_IN_ALL = accumulate((view.slots for view in VIEWS), initial=0)
"""Where the slots of each view begin, and how many there are."""


@dataclass(frozen=True, slots=True)
class ViewColumns:
    """One view of a deck: set sizes [n] and signatures [n, slots]."""

    sizes: Floats
    signatures: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Deck:
    """Fingerprints as columns. Row i of every column belongs to the i-th record that the deck was made of."""

    sizes: Floats
    """[n, views]"""
    signatures: NDArray[np.uint8]
    """Those of all views side by side, zeros where a view is silent."""
    numbers: NDArray[np.uint16]
    names: NDArray[np.uint16]
    figures: NDArray[np.uint16]
    languages: NDArray[np.bytes_]
    lengths: Floats
    exact: NDArray[np.uint64]
    origins: NDArray[np.uint64]
    addresses: NDArray[np.uint64]
    published: Floats

    @property
    def views(self) -> tuple[ViewColumns, ...]:
        """One view after the other."""
        return tuple(map(ViewColumns, self.sizes.T, np.split(self.signatures, SLOTS[1:], axis=1)))

    def at(self, rows: Indices) -> Deck:
        """These rows, in this order."""
        return Deck(**{field.name: getattr(self, field.name)[rows] for field in fields(Deck)})


def deck(records: Sequence[Record]) -> Deck:
    """The records as columns."""
    prints = [record.fingerprint for record in records]
    return Deck(
        sizes=np.array([_sizes(found) for found in prints], np.float64).reshape(len(prints), len(VIEWS)),
        signatures=np.frombuffer(b"".join(map(_signatures, prints)), np.uint8).reshape(len(prints), SLOTS_IN_ALL),
        numbers=_fact_rows([found.facts.numbers for found in prints]),
        names=_fact_rows([found.facts.names for found in prints]),
        figures=_fact_rows([found.facts.figures for found in prints]),
        languages=np.array([found.language for found in prints], f"S{LANGUAGE_BYTES}"),
        lengths=np.array([max(1, found.length) for found in prints], np.float64),
        exact=np.array([found.exact for found in prints], np.uint64),
        origins=np.array([record.origin for record in records], np.uint64),
        addresses=np.array([record.address for record in records], np.uint64),
        published=np.array([record.published for record in records], np.float64),
    )


def joined(first: Deck, second: Deck) -> Deck:
    """The rows of both."""
    return Deck(
        **{
            field.name: np.concatenate((getattr(first, field.name), getattr(second, field.name)))
            for field in fields(Deck)
        }
    )


def _sizes(found: Fingerprint) -> tuple[int, ...]:
    sketches = (found.sketches.get(view.name) for view in VIEWS)
    return tuple(sketch.size if sketch else 0 for sketch in sketches)


def _signatures(found: Fingerprint) -> bytes:
    sketches = ((view, found.sketches.get(view.name)) for view in VIEWS)
    return b"".join(sketch.signature if sketch and sketch.size else bytes(view.slots) for view, sketch in sketches)


def _fact_rows(facts: Sequence[tuple[int, ...]]) -> NDArray[np.uint16]:
    rows = np.full((len(facts), KEPT), ABSENT, np.uint16)
    for row, kept in zip(rows, facts, strict=True):
        row[: len(kept)] = kept
    return rows
