"""The translation sets as one pool: documents with the sets of their concepts, and how similar they are."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dedup.nouns.article import Article, Clock
from dedup.sketching.concepts import Reader
from dedup.sketching.text import Text
from dedup.sketching.text import read as read_text
from tools.lexicon.sources import folder

SETS = ("wmt22", "wmt23", "ntrex-a")

SAME_TABLE = {"nb": "no", "hr": "sh", "sr": "sh", "bs": "sh", "ms": "id"}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the measuring sets."""

    group: str
    corpus: str
    language: str
    origin: str
    text: Text


@dataclass(frozen=True, slots=True)
class Pool:
    """All documents with their sets, as a matrix of documents by elements."""

    documents: list[Document]
    told: list[str]
    sets: list[NDArray[np.uint32]]
    matrix: csr_matrix
    sizes: Floats


def documents() -> list[Document]:
    """Every document of the translation sets, but for groups that overlap with others in content."""
    place = folder().parent / "translations"
    related = {group for pair in json.loads((place / "related.json").read_text()) for group in pair["groups"]}
    found = []
    for name in SETS:
        with gzip.open(place / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["group"] not in related:
                    language = SAME_TABLE.get(row["lang"], row["lang"])
                    found.append(
                        Document(row["group"], name, language, row["origin"], text_of(row["title"], row["text"]))
                    )
    return found


def pool_of(found: list[Document], reader: Reader) -> Pool:
    """The documents with their sets."""
    read = [reader.read(document.text) for document in found]
    sets = [one.elements for one in read]
    sizes = np.array([len(one) for one in sets], np.float64)
    _, columns = np.unique(np.concatenate(sets), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    matrix = csr_matrix((np.ones(len(columns), np.float32), columns, starts))
    return Pool(found, [one.language for one in read], sets, matrix, sizes)


def jaccards(pool: Pool, rows: NDArray[np.int64]) -> Floats:
    """The similarity of some documents with all."""
    shared = (pool.matrix[rows] @ pool.matrix.T).toarray().astype(np.float64)
    union = pool.sizes[rows][:, None] + pool.sizes - shared
    found: Floats = shared / np.maximum(union, 1)
    return found


def text_of(title: str, body: str) -> Text:
    """An article of that headline and body, as the views see it."""
    return read_text(Article("", "", title, body, 0, Clock.SEEN, 0, 0))
