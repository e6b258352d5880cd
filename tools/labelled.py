"""Labelled articles to calibrate on and to measure with: the shared sets, and the project's own in tests/data."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dedup.nouns.feed import Entry

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "data" / "stories"
SEEN = 1_760_000_000
"""All of it is read as if seen at one moment: the sets' own dates are unknown or years apart."""
EXCERPTED_WORDS = 150
"""Articles with more words than this have excerpts: 80 words of a shorter one would be most of it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of a set: `group` names the story that it tells, None if nothing else in the set tells it.

    `event` names what it reports on (a wider circle than a story); `kind` tells excerpts from whole articles.
    """

    entry: Entry
    group: str | None
    event: str
    kind: str = ""
    lang: str = ""

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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An excerpt, and the article that it was cut from."""

    article: Labelled
    original: Labelled


def shared_data() -> Path | None:
    """The folder of third-party sets, beside the project or where DEDUP_SHARED_DATA says; None if absent."""
    folder = Path(os.environ.get("DEDUP_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def syndication(name: str) -> tuple[list[Labelled], list[Pair]]:
    """One of the sets of `syndication/`: its articles and its labelled pairs."""
    folder = _folder() / "syndication"
    articles = [_labelled(row) for row in _rows(folder / f"{name}.docs.jsonl.gz")]
    pairs = [Pair(row["a"], row["b"], row["label"]) for row in _rows(folder / f"{name}.pairs.jsonl.gz")]
    return articles, pairs


def own(name: str) -> list[Labelled]:
    """One of the project's own sets: `copies` or `lookalikes`."""
    return [_labelled(row) for row in _rows(OWN / f"{name}.jsonl")]


def translations() -> tuple[list[Labelled], set[frozenset[str]]]:
    """The documents of `translations/`, and the pairs of groups that overlap in content themselves.

    The language is withheld: a feed seldom names it, and often wrongly.
    """
    folder = _folder() / "translations"
    articles: list[Labelled] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        articles += map(_labelled, _rows(path))
    related = json.loads((folder / "related.json").read_text(encoding="utf-8"))
    return articles, {frozenset(pair["groups"]) for pair in related}


def seed_pair() -> tuple[str, str]:
    """A wire story in English, and another paper's French version of it, translated back; without the date line."""
    one, other = (path.read_text(encoding="utf-8") for path in sorted((_folder() / "seeds").glob("*.txt")))
    return one.strip().removeprefix("date 2025-05-07").strip(), other.strip()


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
    return Labelled(entry, article.group or article.id, article.event, "excerpt", article.lang)


def first_words(text: str, count: int) -> str:
    """The text up to and with its `count`-th word, line breaks kept."""
    words = list(re.finditer(r"\S+", text))
    return text if len(words) <= count else text[: words[count - 1].end()]


def excerpts_of(articles: Sequence[Labelled]) -> list[Excerpt]:
    """An excerpt of each article that is long enough to have one, beside its original. The same ones every time."""
    chance = random.Random(5)
    long = [article for article in articles if len(article.entry.content.split()) > EXCERPTED_WORDS]
    return [Excerpt(excerpt_of(article, chance), article) for article in long]


def revision_of(article: Labelled) -> Labelled:
    """What a publisher makes of an article in the afternoon: the same page, its last paragraph gone, and a new one."""
    *kept, _ = article.entry.content.split("\n\n")
    text = "\n\n".join([*kept, "This page was brought up to date in the afternoon, and will be again tomorrow at 7."])
    published = (article.entry.published or SEEN) + 6 * 3_600
    entry = replace(article.entry, id=f"{article.id}~revision", content=text, published=published)
    return replace(article, entry=entry, kind="revision")


def _folder() -> Path:
    folder = shared_data()
    if folder is None:
        raise SystemExit("the shared data is not there: put it beside the project, or name it in DEDUP_SHARED_DATA")
    return folder


def _labelled(row: dict[str, str]) -> Labelled:
    entry = Entry(
        id=row["id"],
        source=row.get("source") or "",
        url=row.get("url"),
        title=row.get("title") or "",
        content=row["text"],
        published=_moment(row.get("published")),
        seen=SEEN,
    )
    event = row.get("story") or row.get("topic") or row.get("family") or row.get("group") or row["id"]
    return Labelled(entry, row.get("group"), event, row.get("kind") or "", row.get("lang") or "")


def _moment(written: str | None) -> int | None:
    """Seconds since 1970 of a date with its zone, as our own sets have it; the dates of others are not known."""
    moment = datetime.fromisoformat(written) if written else None
    return int(moment.timestamp()) if moment and moment.tzinfo else None


def _rows(path: Path) -> Iterator[dict[str, str]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)
