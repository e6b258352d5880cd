"""What is measured with the table on text it was not trained on: how common each concept is, and what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.concepts import Reader
from dedup.sketching.lexicon.elements import KIND_SHIFT, Kind
from dedup.sketching.lexicon.table import Table
from dedup.sketching.text import Text
from tools.lexicon.building import languages
from tools.lexicon.sources import LANGUAGES, documents, english_news, is_aligned_with_others, kept_back

COMMON = 0.3
"""A concept of more than this share of articles says nothing: it is taken out of the table."""
SAME_LANGUAGE = 1.25
ENGLISH_BLOCK = 15
ENGLISH_BLOCKS = 3000
RARITY_STEPS = 16
FEW, KEPT_OF_FEW = 5, 2

Sets = list[NDArray[np.uint32]]


def read(reader: Reader, story: str) -> NDArray[np.uint32]:
    """The elements of a story without a headline."""
    nothing = np.empty(0, np.uint32)
    return reader.read(Text("", tuple(story.split("\n")), nothing, nothing, nothing, "latin")).elements


def document_sets(table: Table) -> dict[str, Sets]:
    """For each language the element sets of its documents kept back, in one order for all; of English also."""
    reader = Reader(table)
    found: dict[str, Sets] = {}
    for code in languages():
        blocks = kept_back("hr" if code == "sh" else code)
        if blocks:
            found[code] = [read(reader, foreign) for _, foreign in blocks]
            if is_aligned_with_others(code):
                found.setdefault("en", [read(reader, english) for english, _ in blocks])
    return found


def with_english(table: Table, codes: Iterable[str]) -> dict[str, float]:
    """The median similarity with English of languages whose documents no other language has."""
    reader = Reader(table)
    found = {}
    for code in codes:
        if not is_aligned_with_others(code):
            found[code] = float(np.median([jaccard(read(reader, a), read(reader, b)) for a, b in kept_back(code)]))
    return found


def shares(table: Table, sets: dict[str, Sets]) -> NDArray[np.float64]:
    """For each concept the share of documents that have it: in English news, and on average over languages."""
    size = table.concept_count + 1
    reader = Reader(table)
    sentences = english_news()
    blocks = ["\n".join(sentences[at : at + ENGLISH_BLOCK]) for at in range(0, len(sentences), ENGLISH_BLOCK)]
    blocks = blocks[:: max(1, len(blocks) // ENGLISH_BLOCKS)]
    english = _share([read(reader, block) for block in blocks], size)
    foreign = np.mean([_share(documents, size) for code, documents in sets.items() if code != "en"], axis=0)
    found: NDArray[np.float64] = np.maximum(english, foreign) / 2 + (english + foreign) / 4
    return found


def rarity(of: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Shares as -16 log2, at most 255 (one article of 60,000)."""
    return np.clip(np.round(-RARITY_STEPS * np.log2(np.maximum(of, 1e-9))), 0, 255).astype(np.uint8)


def kept(table: Table) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each concept, and for all elements of each kind, the share of translations that keep it, in 255ths.

    Of the documents and translations of the training text that have it, the share where both have it. That the table
    was learnt from them favours rare concepts, and FEW documents of which KEPT_OF_FEW keep it are added to each.
    """
    size = table.concept_count + 1
    both, either = np.zeros(size), np.zeros(size)
    kinds = np.zeros((2, len(Kind)))
    reader = Reader(table)
    for language in LANGUAGES:
        for pair in documents(language):
            english, foreign = (read(reader, story) for story in pair)
            shared, all_of_them = np.intersect1d(english, foreign, True), np.union1d(english, foreign)
            both[shared[shared < size]] += 1
            either[all_of_them[all_of_them < size]] += 1
            kinds += [np.bincount(some >> KIND_SHIFT, minlength=len(Kind)) for some in (shared, all_of_them)]
    return _of_255((both + KEPT_OF_FEW) / (either + FEW)), _of_255(kinds[0] / np.maximum(kinds[1], 1))


def _of_255(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.round(255 * shares).astype(np.uint8)


def without_common(
    meanings: NDArray[np.uint16], common: NDArray[np.bool_], pairs: NDArray[np.uint16]
) -> NDArray[np.uint16]:
    """The meanings of a shelf, common concepts taken out; of a pair the other one stays."""
    replaced = np.arange(65536, dtype=np.uint16)
    replaced[: len(common)][common] = 0
    for number, (one, other) in enumerate(pairs.tolist(), len(common)):
        if common[one] or common[other]:
            replaced[number] = 0 if common[one] and common[other] else other if common[one] else one
    return replaced[meanings]


def expected(sets: dict[str, Sets], with_english: Mapping[str, float]) -> NDArray[np.float32]:
    """The median Jaccard similarity of a document in one language and in another, for all pairs of languages.

    Where no documents are common to two languages, it follows from those with English, as it does elsewhere in the
    median: J(a, b) = c J(a, en) J(b, en). The diagonal, two versions in one language, is not measured: it is what the
    language reaches with the closest other one, plus a quarter, as two English versions of one story do.
    """
    codes = list(languages())
    matrix = np.full((len(codes), len(codes)), np.nan)
    for row, one in enumerate(codes):
        for column, other in enumerate(codes[:row]):
            if one in sets and other in sets and is_aligned_with_others(one) and is_aligned_with_others(other):
                pairs = zip(sets[one], sets[other], strict=False)
                matrix[row, column] = matrix[column, row] = np.median([jaccard(a, b) for a, b in pairs])
    english = matrix[0].copy()
    english[[codes.index(code) for code in with_english]] = list(with_english.values())
    english[np.isnan(english)] = np.nanmedian(english)
    product = np.outer(english, english)
    guessed = product * np.nanmedian(matrix[1:, 1:] / product[1:, 1:])
    guessed[0], guessed[:, 0] = english, english
    matrix = np.where(np.isnan(matrix), guessed, matrix)
    np.fill_diagonal(matrix, 0)
    np.fill_diagonal(matrix, np.minimum(1, SAME_LANGUAGE * matrix.max(axis=1)))
    return matrix.astype(np.float32)


def _share(documents: Sets, size: int) -> NDArray[np.float64]:
    counts = np.zeros(size)
    for elements in documents:
        counts[elements[elements < size]] += 1
    return counts / len(documents)


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """The Jaccard similarity of two sorted sets; of an empty one, 0."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared) if shared else 0.0
