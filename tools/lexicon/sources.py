"""The training text: which languages, which files, and which part is kept back for measuring."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Writing = Literal["words", "runs", "syllables"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the table, and the codes its text goes by in the sources."""

    code: str
    writing: Writing = "words"
    also: tuple[str, ...] = field(default=())


LANGUAGES = (
    *map(
        Language, "fr es de it pt nl sv da no pl cs sk sl ru uk be bg mk ro el hu fi et lv lt tr az ar he fa ur".split()
    ),
    *map(Language, "hi mr ne bn ta te ml is ca gl sq ka hy af tl sw ps".split()),
    Language("sh", also=("hr", "sr", "bs")),
    Language("id", also=("ms",)),
    Language("vi", "syllables"),
    *(Language(code, "runs") for code in ("zh", "ja", "ko", "th")),
)

WITHOUT_LICENCE = ("multi30k",)
"""Captions of Flickr30k, whose terms are for research only and not commercial; the other sets may be used."""
KEPT_BACK = "flores101"
KEPT_BACK_NEWS = {"zh": "wmtnews"}
"""Languages that FLORES does not have here: the last thousand news sentences, likewise every other block."""
NEWS_KEPT_BACK = 1000
BLOCK = 20
"""Sentences that make a document of the length of a news article."""
LONE_SENTENCES = ("tatoeba", "tanaka")
"""Sentences that have nothing to do with each other."""
DOCUMENTS_A_SET = 150
MEASURES = ("newstest2019", "wmt21", "wmt22", "wmt23", "wmt24", "ntrex")
"""The quality measures use these. None lies in the folder; one that turns up there is left alone."""

Pair = tuple[str, str]


def folder() -> Path:
    """The folder of the parallel text. Raises SystemExit if it is not there."""
    root = Path(os.environ.get("DEDUP_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    found = root / "parallel"
    if not found.is_dir():
        raise SystemExit(f"no parallel text at {found}: name the folder of the shared data in DEDUP_SHARED_DATA")
    return found


def pairs(language: Language) -> Iterator[tuple[str, Pair]]:
    """The training pairs of a language, English first, each with the name of its set."""
    for code in (language.code, *language.also):
        for path in sorted(folder().glob(f"{code}.*.tsv.gz")):
            corpus = path.name.split(".")[1]
            if corpus in WITHOUT_LICENCE or any(name in path.name for name in MEASURES):
                continue
            rows = list(_lines(path))
            for number, pair in enumerate(rows):
                if len(pair) == 2 and not (corpus == _measuring_set(code) and _is_kept_back(number, len(rows), corpus)):
                    yield corpus, (pair[0], pair[1])


def kept_back(code: str) -> list[Pair]:
    """Documents of twenty sentences that no table was trained on, in English and in a language.

    Those of FLORES are the same for all languages.
    """
    corpus = _measuring_set(code)
    lines = list(_lines(folder() / f"{code}.{corpus}.tsv.gz"))
    rows = [pair for number, pair in enumerate(lines) if _is_kept_back(number, len(lines), corpus)]
    blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
    return [("\n".join(row[0] for row in block), "\n".join(row[1] for row in block)) for block in blocks]


def documents(language: Language) -> Iterator[Pair]:
    """Documents made of the training text, in English and in a language: of each set that has sentences in their order
    at most DOCUMENTS_A_SET, evenly spread."""
    sets: dict[str, list[Pair]] = {}
    for corpus, pair in pairs(language):
        if not corpus.startswith(LONE_SENTENCES):
            sets.setdefault(corpus, []).append(pair)
    for rows in sets.values():
        starts = range(0, len(rows) - BLOCK + 1, BLOCK)
        for start in starts[:: max(1, len(starts) // DOCUMENTS_A_SET)]:
            block = rows[start : start + BLOCK]
            yield "\n".join(row[0] for row in block), "\n".join(row[1] for row in block)


def is_aligned_with_others(code: str) -> bool:
    """Whether the documents kept back are the ones that other languages have too."""
    return code not in KEPT_BACK_NEWS


def _measuring_set(code: str) -> str:
    return KEPT_BACK_NEWS.get(code, KEPT_BACK)


def _is_kept_back(number: int, count: int, corpus: str) -> bool:
    return number // BLOCK % 2 == 1 and (corpus == KEPT_BACK or number >= count - NEWS_KEPT_BACK)


def dictionary(code: str) -> Iterator[tuple[str, str, int]]:
    """The word list of a language: word, English gloss, rank of the gloss."""
    for row in _lines(folder() / "dict" / f"{code}.lex.tsv.gz"):
        if not row[0].startswith("#"):
            yield row[0], row[1], int(row[2])


def inflections(code: str) -> Iterator[tuple[str, str]]:
    """Inflected forms of a language, each with its lemma."""
    for row in _lines(folder() / "dict" / f"{code}.forms.tsv.gz"):
        yield row[0], row[1]


def english_news() -> list[str]:
    """Distinct English sentences of news, in the order of the sources."""
    found: dict[str, None] = {}
    for code in ("de", "fr", "cs", "ru", "fi", "zh", "tr", "ro"):
        for english, _ in _lines(folder() / f"{code}.wmtnews.tsv.gz"):
            found[english] = None
    return list(found)


def _lines(path: Path) -> Iterator[list[str]]:
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield line.rstrip("\n").split("\t")
