"""Word alignment: IBM model 1 in both directions, with the dictionary as prior and agreement of the two.

Brown et al. 1993; symmetrised as in Liang, Taskar, Klein 2006 (the product of the posteriors), in array arithmetic over
the cells (word, stem) that occur together in a sentence pair.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.lexicon.glossary import Glossary, Weights

ROUNDS = 6
AGREE_FROM = 2
"""The round from which both directions are counted together."""
PRIOR_START = 20.0
PRIOR_COUNT = 2.0
"""What a gloss of the dictionary counts for: in the first guess, and as pairs seen in each round."""
NOTHING = 1e-4
"""The weight of aligning a word to nothing."""
SHARE_LEAST = 0.12
STRENGTH_LEAST = 0.25
MEANINGS_MOST = 3
RELIABLE_FROM = 5
RELIABLE_SHARE = 0.12
"""A word seen so often, and outside the dictionary, must be aligned in so large a share of its sentences."""
SENTENCE_LONGEST = 70
LENGTHS_APART = 4.0

Floats = NDArray[np.float64]
Meanings = dict[str, list[tuple[str, float]]]


@dataclass(slots=True)
class Bitext:
    """Sentence pairs as numbers of words and of stems."""

    words: dict[str, int]
    stems: dict[str, int]
    word_rows: list[list[int]]
    stem_rows: list[list[int]]
    stem_counts: Counter[str]

    @classmethod
    def empty(cls) -> Bitext:
        """No sentence yet."""
        return cls({}, {}, [], [], Counter())

    def add(self, words: list[str], stems: list[str]) -> None:
        """One sentence pair; left out if a side is empty, overlong, or of quite another length."""
        if not words or not stems or max(len(words), len(stems)) > SENTENCE_LONGEST:
            return
        if not 1 / LENGTHS_APART < len(stems) / len(words) < LENGTHS_APART:
            return
        self.stem_counts.update(stems)
        self.word_rows.append([self.words.setdefault(word, len(self.words)) for word in words])
        self.stem_rows.append([self.stems.setdefault(stem, len(self.stems)) for stem in stems])

    def weight(self, stem: str) -> float:
        """How believable a gloss is by its frequency alone."""
        return float((self.stem_counts.get(stem, 0) + 0.5) ** 0.25)


def learn(bitext: Bitext, glossary: Glossary) -> tuple[Meanings, NDArray[np.int64]]:
    """For each word its likeliest stems with their shares, best first; and how often each word of the text occurs."""
    for word in bitext.words:
        for stem in glossary.of(word):
            bitext.stems.setdefault(stem, len(bitext.stems))
    cell_of, words_of, stems_of, prior = _cells(bitext, glossary)
    counts = _agreed(bitext, cell_of, words_of, stems_of, prior) + prior
    word_total = np.bincount(words_of, counts, len(bitext.words))
    shares = counts / np.maximum(word_total[words_of], 1e-9)
    seen = np.bincount([n for row in bitext.word_rows for n in row], minlength=len(bitext.words))
    found = _readable(bitext, glossary, words_of, stems_of, shares, counts, seen)
    for word in glossary.words():
        if word not in bitext.words:
            of_dictionary = _from_dictionary(glossary.of(word), bitext)
            if of_dictionary:
                found[word] = of_dictionary
    return found, seen


def _cells(
    bitext: Bitext, glossary: Glossary
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], Floats]:
    width = len(bitext.stems)
    prior_keys, prior_values = [], []
    for word, number in bitext.words.items():
        weights = {stem: value * bitext.weight(stem) for stem, value in glossary.of(word).items()}
        total = sum(weights.values())
        for stem, value in weights.items():
            prior_keys.append(number * width + bitext.stems[stem])
            prior_values.append(value / total)
    keys = [
        (np.array(words, np.int64)[:, None] * width + np.array(stems, np.int64)).ravel()
        for words, stems in zip(bitext.word_rows, bitext.stem_rows, strict=True)
    ]
    met = np.concatenate(keys) if keys else np.empty(0, np.int64)
    cells, places = np.unique(np.concatenate([met, np.array(prior_keys, np.int64)]), return_inverse=True)
    prior = np.zeros(len(cells))
    prior[places[len(met) :]] = prior_values
    cell_of = places[: len(met)].astype(np.int32)
    return cell_of, (cells // width).astype(np.int32), (cells % width).astype(np.int32), prior


def _agreed(
    bitext: Bitext, cell_of: NDArray[np.int32], words_of: NDArray[np.int32], stems_of: NDArray[np.int32], prior: Floats
) -> Floats:
    """How often word and stem are aligned, expected and in both directions."""
    rows = np.array([len(row) for row in bitext.word_rows]), np.array([len(row) for row in bitext.stem_rows])
    word_token = np.repeat(np.arange(rows[0].sum(), dtype=np.int32), np.repeat(rows[1], rows[0]))
    first = np.concatenate([[0], np.cumsum(rows[1])[:-1]])
    blocks = [
        np.tile(np.arange(at, at + n, dtype=np.int32), k) for at, n, k in zip(first, rows[1], rows[0], strict=True)
    ]
    stem_token = np.concatenate(blocks)
    size = len(prior)

    def shared(weights: Floats, tokens: NDArray[np.int32]) -> Floats:
        chances = weights[cell_of]
        return chances / (np.bincount(tokens, chances) + NOTHING)[tokens]

    def normal(weights: Floats, owners: NDArray[np.int32]) -> Floats:
        return weights / np.maximum(np.bincount(owners, weights)[owners], 1e-12)

    to_word = normal(1 + PRIOR_START * prior, stems_of)
    to_stem = normal(1 + PRIOR_START * prior, words_of)
    for number in range(ROUNDS):
        by_word, by_stem = shared(to_word, word_token), shared(to_stem, stem_token)
        if number == ROUNDS - 1:
            break
        if number >= AGREE_FROM:
            one = other = np.bincount(cell_of, np.sqrt(by_word * by_stem), size)
        else:
            one, other = np.bincount(cell_of, by_word, size), np.bincount(cell_of, by_stem, size)
        to_word = normal(one + PRIOR_COUNT * prior, stems_of)
        to_stem = normal(other + PRIOR_COUNT * prior, words_of)
    agreed: Floats = np.bincount(cell_of, by_word * by_stem, size).astype(np.float64)
    return agreed


def _readable(
    bitext: Bitext,
    glossary: Glossary,
    words_of: NDArray[np.int32],
    stems_of: NDArray[np.int32],
    shares: Floats,
    counts: Floats,
    seen: NDArray[np.int64],
) -> Meanings:
    words, stems = list(bitext.words), list(bitext.stems)
    found: Meanings = {}
    strength: dict[str, float] = {}
    good = np.flatnonzero((shares > SHARE_LEAST) & (counts > STRENGTH_LEAST))
    for cell in good[np.lexsort((-shares[good], words_of[good]))]:
        word = words[words_of[cell]]
        kept = found.setdefault(word, [])
        if len(kept) < MEANINGS_MOST:
            kept.append((stems[stems_of[cell]], float(shares[cell])))
            strength.setdefault(word, float(counts[cell]))
    for word in list(found):
        often = seen[bitext.words[word]]
        if often >= RELIABLE_FROM and strength[word] < RELIABLE_SHARE * often and not glossary.of(word):
            del found[word]
    return found


def _from_dictionary(weights: Weights, bitext: Bitext) -> list[tuple[str, float]]:
    """The two likeliest glosses of a word that the text does not have."""
    believed = {stem: value * (bitext.stem_counts.get(stem, 0) + 0.3) ** 0.5 for stem, value in weights.items()}
    total = sum(believed.values())
    best = sorted(believed.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
    return [(stem, value / total) for stem, value in best if value > 0.15 * total]
