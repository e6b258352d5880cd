"""How similar the seed pair is in words: one wire story, and another paper's version of it by way of French.

Only shown: grouping the two is the business of the view `concepts`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.nouns.article import Article
from dedup.nouns.feed import Entry
from dedup.nouns.record import Record
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.sketching.text import read as read_text
from dedup.sketching.views import shingles
from tools.labelled import SEEN, seed_pair
from tools.scores import Score


def seed_scores() -> Iterator[Score]:
    """Exact Jaccard over shingles of three and five words, and what the sketches of `words` estimate."""
    articles = [_article(text) for text in seed_pair()]
    bodies = [read_text(article).body for article in articles]
    for size in (3, 5):
        one, other = (set(shingles(body, size).tolist()) for body in bodies)
        yield Score(f"exact Jaccard of {size}-word shingles", len(one & other) / len(one | other))
    records = [Record(place, str(place), 0, 0, 0, 0, fingerprint(one)) for place, one in enumerate(articles)]
    features = compare(deck(records), np.array([0]), np.array([1]))
    yield Score("estimated Jaccard in `words`", float(features.words.jaccard[0]))
    yield Score("estimated Jaccard in `opening`", float(features.opening.jaccard[0]))


def _article(text: str) -> Article:
    made = read(Entry(source="", content=text, seen=SEEN), ReadingSettings())
    if not isinstance(made, Article):
        raise SystemExit(f"a seed is no article: {made.reason}")
    return made
