"""All pairs of documents in a pool, true and false, overall and by pair of languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.lexicon.pool import Floats, Pool, jaccards

CHUNK = 500
"""Documents compared with all at a time."""
SIMILAR, SCALED_SIMILAR = 0.08, 0.3
"""What false pairs must exceed, as J and as a share of what is expected, to be kept: no threshold is lower."""

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of each document, as numbers."""

    languages: list[str]
    language: Indices
    corpus: Indices
    group: Indices
    machine: Flags

    @classmethod
    def of(cls, pool: Pool) -> Labels:
        """Those of a pool."""
        documents = pool.documents
        languages, language = np.unique([one.language for one in documents], return_inverse=True)
        corpus, group = (
            np.unique(names, return_inverse=True)[1]
            for names in ([one.corpus for one in documents], [one.group for one in documents])
        )
        machine = np.array([one.origin.startswith("mt") for one in documents])
        return cls(languages.tolist(), language, corpus, group, machine)


@dataclass(frozen=True, slots=True)
class Block:
    """Some documents beside all: how similar each pair is, that over what was to be expected, and which are true."""

    rows: Indices
    similarity: Floats
    scaled: Floats
    same: Flags
    """A document is in the group of itself, too."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The similarities of all pairs; of the false ones those that are similar at all."""

    true: Floats
    scaled_true: Floats
    machine: Flags
    """Which of the true pairs have a machine's version in them."""
    false: Floats
    scaled_false: Floats
    false_count: int


@dataclass(frozen=True, slots=True)
class LanguagePair:
    """The true pairs of two languages, how often the nearest is true, and the most similar false one of one corpus."""

    first: str
    second: str
    true: Floats
    nearest: float
    largest_false: float
    expected: float


def blocks(pool: Pool, labels: Labels, expected: Floats) -> Iterator[Block]:
    """The whole pool; `expected` by numbers of languages."""
    for start in range(0, len(pool.documents), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(pool.documents)))
        similarity = jaccards(pool, rows)
        scaled = similarity / expected[labels.language[rows]][:, labels.language]
        yield Block(rows, similarity, scaled, labels.group[rows][:, None] == labels.group)


def expectations(labels: Labels, expected: Callable[[str, str], float]) -> Floats:
    """What is expected of each pair of languages, as a matrix."""
    return np.array([[expected(one, other) for other in labels.languages] for one in labels.languages])


def all_pairs(found: list[Block], labels: Labels) -> Pairs:
    """Each pair once."""
    masks = [_once(block, labels) for block in found]
    true = [(block, block.same & once) for block, once in zip(found, masks, strict=True)]
    false = [(block, ~block.same & once) for block, once in zip(found, masks, strict=True)]
    return Pairs(
        true=np.concatenate([block.similarity[mask] for block, mask in true]),
        scaled_true=np.concatenate([block.scaled[mask] for block, mask in true]),
        machine=np.concatenate([(labels.machine[block.rows][:, None] | labels.machine)[mask] for block, mask in true]),
        false=np.concatenate([block.similarity[mask & (block.similarity > SIMILAR)] for block, mask in false]),
        scaled_false=np.concatenate([block.scaled[mask & (block.scaled > SCALED_SIMILAR)] for block, mask in false]),
        false_count=sum(int(mask.sum()) for _, mask in false),
    )


def by_languages(found: list[Block], labels: Labels, expected: Floats, least: int) -> Iterator[LanguagePair]:
    """Of languages with at least so many true pairs; within one language each pair counts from both sides."""
    places = [np.flatnonzero(labels.language == number) for number in range(len(labels.languages))]
    for one, first in enumerate(labels.languages):
        for other, second in enumerate(labels.languages[one:], one):
            sides = [(one, other)] if one == other else [(one, other), (other, one)]
            parts = [_beside(block, labels, places[a], places[b]) for block in found for a, b in sides]
            true, nearest, false = map(np.concatenate, zip(*parts, strict=True))
            if len(true) >= least:
                largest = float(false.max(initial=0))
                yield LanguagePair(first, second, true, float(nearest.mean()), largest, expected[one, other])


def _once(block: Block, labels: Labels) -> Flags:
    later: Flags = np.arange(len(labels.group)) > block.rows[:, None]
    return later


def _beside(block: Block, labels: Labels, own: Indices, there: Indices) -> tuple[Floats, Flags, Floats]:
    """Of the documents of one language in a block beside those of another: the similarity of true pairs, for each that
    has any whether the nearest is one, and the largest similarity of a false pair for each."""
    mine = own[(own >= block.rows[0]) & (own <= block.rows[-1])]
    at = np.ix_(mine - block.rows[0], there)
    similarity, in_group = block.similarity[at], block.same[at]
    true = in_group & (mine[:, None] != there)
    within = labels.corpus[mine][:, None] == labels.corpus[there]
    wrong = np.where(in_group | ~within, 0, similarity).max(axis=1, initial=0)
    right = np.where(true, similarity, -1).max(axis=1, initial=-1)
    return similarity[true], (right > wrong)[right >= 0], wrong
