"""Labelled articles to calibrate on and to measure with: the shared sets, and the project's own in tests/data."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dedup.nouns.feed import Entry

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "data" / "stories"
SEEN = 1_760_000_000
"""All of it is read as if seen at one moment: the sets' own dates are unknown or years apart."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of a set: `group` names the story that it tells, None if nothing else in the set tells it.

    `event` names what it reports on (a wider circle than a story); `kind` tells excerpts from whole articles.
    """

    entry: Entry
    group: str | None
    event: str
    kind: str = ""

    @property
    def id(self) -> str:
        """The article's id in its set."""
        return self.entry.id or ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles by id, and what the set says of them: `dup`, `partial` or `diff`."""

    a: str
    b: str
    label: str


def shared_data() -> Path | None:
    """The folder of third-party sets, beside the project or where DEDUP_SHARED_DATA says; None if absent."""
    folder = Path(os.environ.get("DEDUP_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def syndication(name: str) -> tuple[list[Labelled], list[Pair]]:
    """One of the sets of `syndication/`: its articles and its labelled pairs."""
    folder = shared_data()
    if folder is None:
        raise SystemExit("the shared data is not there: put it beside the project, or name it in DEDUP_SHARED_DATA")
    articles = [_labelled(row) for row in _rows(folder / "syndication" / f"{name}.docs.jsonl.gz")]
    pairs = [Pair(row["a"], row["b"], row["label"]) for row in _rows(folder / "syndication" / f"{name}.pairs.jsonl.gz")]
    return articles, pairs


def own(name: str) -> list[Labelled]:
    """One of the project's own sets: `copies` or `lookalikes`."""
    return [_labelled(row) for row in _rows(OWN / f"{name}.jsonl")]


def excerpt_of(article: Labelled, chance: random.Random) -> Labelled:
    """What a feed might carry of an article: its first 40 to 80 words, or headline and a blurb of 15 to 40 words."""
    text = article.entry.content
    if chance.random() < 2 / 3:
        excerpt = first_words(text, chance.randint(40, 80))
    else:
        lines = [line for line in text.split("\n") if len(line.split()) >= 12]
        excerpt = first_words(" ".join(lines) or text, chance.randint(15, 40))
    if chance.random() < 1 / 2:
        excerpt = " ".join(excerpt.split())
    entry = replace(article.entry, id=f"{article.id}~excerpt", content=excerpt, source="excerpts.example")
    return Labelled(entry, article.group or article.id, article.event, "excerpt")


def first_words(text: str, count: int) -> str:
    """The text up to and with its `count`-th word, line breaks kept."""
    words = list(re.finditer(r"\S+", text))
    return text if len(words) <= count else text[: words[count - 1].end()]


def _labelled(row: dict[str, str]) -> Labelled:
    entry = Entry(
        id=row["id"],
        source=row.get("source") or "",
        url=row.get("url"),
        title=row.get("title") or "",
        content=row["text"],
        seen=SEEN,
    )
    event = row.get("story") or row.get("topic") or row.get("family") or row.get("group") or row["id"]
    return Labelled(entry, row.get("group"), event, row.get("kind") or "")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        for line in lines:
            yield json.loads(line)
