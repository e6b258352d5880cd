"""Articles made up for measuring: news-length text of Zipf-distributed words, a fifth of them edited copies.

The same seed gives the same articles. Words are pseudo-words whose frequencies fall as those of English do (the n-th most
frequent word has a share of about 1/(n + 2.7); Mandelbrot 1953), so that common word pairs recur as in real text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dedup.nouns.feed import Entry

START = 1_767_225_600
"""2026-01-01T00:00:00Z; an article is published every ten seconds from then on."""
VOCABULARY = 40_000
WORDS_MEDIAN, WORDS_SIGMA = 380, 0.45
"""A log-normal length: half of all articles have 280 to 515 words, one in a hundred more than 1,080."""
COPIED_SHARE = 0.2
RECENT = 2_000
"""A copy is made of one of so many articles before it."""
SYLLABLES = [a + b for a in "b d f g k l m n p r s t v z st tr pr kl".split() for b in "a e i o u ai ea".split()]


class Corpus:
    """An endless supply of entries; iterate over it once."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._words = _vocabulary(np.random.default_rng(0))
        shares = 1 / (np.arange(len(self._words)) + 2.7)
        self._cumulated = np.cumsum(shares / shares.sum())
        self._recent: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        for number in itertools.count():
            original = self._random.random() >= COPIED_SHARE or not self._recent
            entry = self._story(number) if original else self._copy(number)
            if original:
                self._recent.append(entry)
                del self._recent[:-RECENT]
            yield entry

    def take(self, count: int) -> list[Entry]:
        """The first `count` entries."""
        return list(itertools.islice(self, count))

    def _story(self, number: int) -> Entry:
        length = int(np.exp(self._random.normal(np.log(WORDS_MEDIAN), WORDS_SIGMA)))
        words = self._draw(max(40, length))
        paragraphs, place = [], 0
        while place < len(words):
            size = int(self._random.integers(30, 70))
            paragraphs.append(self._paragraph(words[place : place + size]))
            place += size
        return Entry(
            source=f"outlet-{number % 500}.example",
            id=f"a{number:08d}",
            url=f"https://outlet-{number % 500}.example/news/{number}",
            title=" ".join(self._draw(9)).capitalize(),
            content="\n".join(paragraphs),
            published=START + number * 10,
            seen=START + number * 10,
        )

    def _copy(self, number: int) -> Entry:
        """A copy with a headline of its own, a few words changed, and now and then its end cut off."""
        entry = self._recent[int(self._random.integers(len(self._recent)))]
        words = entry.content.split(" ")
        for place in self._random.integers(0, len(words), size=len(words) // 60):
            words[place] = self._words[int(self._random.integers(VOCABULARY))]
        lines = " ".join(words).split("\n")
        if len(lines) > 3 and self._random.random() < 0.3:
            lines = lines[:-1]
        outlet = f"outlet-{int(self._random.integers(500))}.example"
        return replace(
            entry,
            source=outlet,
            id=f"a{number:08d}",
            url=f"https://{outlet}/news/{number}",
            title=" ".join(self._draw(9)).capitalize() if self._random.random() < 0.5 else entry.title,
            content="\n".join(lines),
            published=START + number * 10,
            seen=START + number * 10,
        )

    def _draw(self, count: int) -> list[str]:
        places = np.searchsorted(self._cumulated, self._random.random(count))
        return [self._words[place] for place in np.minimum(places, VOCABULARY - 1)]

    def _paragraph(self, words: list[str]) -> str:
        """Sentences of 8 to 25 words, with a name and a number in some."""
        sentences, place = [], 0
        while place < len(words):
            size = int(self._random.integers(8, 25))
            sentence = words[place : place + size]
            if len(sentence) > 4:
                sentence[3] = sentence[3].capitalize()
                if self._random.random() < 0.4:
                    sentence[-2] = str(int(self._random.integers(2, 3_000)))
            sentences.append(" ".join(sentence).capitalize() + ".")
            place += size
        return " ".join(sentences)


def _vocabulary(random: np.random.Generator) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = min(4, 1 + len(words) // 60)  # frequent words are short
        words["".join(SYLLABLES[place] for place in random.integers(0, len(SYLLABLES), size=length))] = None
        if len(words) < 60 and length == 1 and len(words) >= len(SYLLABLES):
            break
    return list(words)
