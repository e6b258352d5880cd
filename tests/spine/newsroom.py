"""News made up for the tests: stories that overlap in every way in which real ones do, from a seed."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from dedup.nouns.article import Article, Clock
from dedup.nouns.record import Submission
from dedup.sketching.fingerprint import fingerprint

NOON = 1_767_355_200  # 2026-01-02T12:00:00Z
HOUR = 3_600
WINDOW_S = 14 * 86_400.0

_SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstv" for vowel in "aeo"]
BOILERPLATE = (
    "The agency supplies its reports to subscribers in many countries and answers for their accuracy at all times."
)


class Newsroom:
    """Writes stories, and prints parts of them with edits. The same seed writes the same paper."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4)))

    def sentence(self) -> str:
        words = [self.word() for _ in range(self._random.randint(9, 16))]
        if self._random.random() < 0.5:
            words[3] = words[3].capitalize()
        if self._random.random() < 0.4:
            words[5] = str(self._random.randint(2, 9_999))
        return " ".join(words).capitalize() + "."

    def story(self, sentences: int) -> list[str]:
        return [self.sentence() for _ in range(sentences)]

    def edited(self, sentences: list[str], share: float) -> list[str]:
        """About `share` of the words replaced."""
        return [
            " ".join(self.word() if self._random.random() < share else word for word in sentence.split(" "))
            for sentence in sentences
        ]

    def printed(self, sentences: list[str], title: str | None = None, **fields: object) -> Submission:
        """The sentences as an article of its own; `fields` replace what it would say otherwise."""
        self._count += 1
        name = f"{self._random.randrange(1 << 32):08x}-{self._count}"
        published = NOON - self._random.randint(0, 100) * HOUR
        said: dict[str, Any] = {
            "id": name,
            "source": f"paper-{self._random.randint(1, 9)}.example",
            "title": title or self.sentence(),
            "text": "\n".join(sentences),
            "published": published,
        }
        return submission(**{**said, **fields})

    def day(self) -> list[Submission]:
        """A day's papers: copies, excerpts, chains of texts that overlap, boilerplate in common, and loners."""
        papers = [self.printed([*self.story(self._random.randint(4, 9)), BOILERPLATE]) for _ in range(2)]
        for _ in range(self._random.randint(1, 3)):
            pool = self.story(self._random.randint(10, 24))
            title = self.sentence()
            for _ in range(self._random.randint(2, 7)):
                papers.append(self._version(pool, title))
        self._random.shuffle(papers)
        return papers

    def _version(self, pool: list[str], title: str) -> Submission:
        length = self._random.randint(4, min(14, len(pool)))
        start = self._random.choice([0, 0, self._random.randint(0, len(pool) - length)])
        part = pool[start : start + length]
        match self._random.randint(0, 4):
            case 0:
                return self.printed(pool[:length], title)
            case 1:
                return self.printed(self.edited(part, self._random.choice([0.02, 0.1, 0.2])), title)
            case 2:
                return self.printed(pool[: self._random.randint(3, 5)], title)
            case 3:
                return self.printed([*part, BOILERPLATE, *self.story(self._random.randint(1, 6))])
        return self.printed(part)


def submission(
    *, id: str, title: str, text: str, published: int = NOON, source: str = "paper.example", **fields: object
) -> Submission:
    """A fingerprinted article that is dated by its feed."""
    article = Article(
        id=id,
        source=source,
        title=title,
        text=text,
        published=published,
        clock=Clock.FEED,
        seen=NOON,
        **{"updated": published, **fields},  # type: ignore[arg-type]
    )
    return Submission(article, fingerprint(article))


@cache
def days_papers(seed: int) -> tuple[Submission, ...]:
    """The papers of a day, fingerprinted once."""
    return tuple(Newsroom(seed).day())
