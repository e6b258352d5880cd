"""From an article to its fingerprint: the one place where the views are applied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from dedup.nouns.article import Article
from dedup.nouns.fingerprint import COUNTED_MOST, Fingerprint, Sketch
from dedup.sketching.facts import KEPT, facts
from dedup.sketching.minhash import SCHEME, SEED, sketch
from dedup.sketching.text import Hashes, Text, read
from dedup.sketching.views import VIEWS, WORDS_LEAST, View

VERSION = 5
"""Rises whenever the same article would get another fingerprint."""


class Understood(Protocol):
    """What was understood of a story: its language, its elements, and which of them are numbers."""

    @property
    def language(self) -> str:
        """As the lexicon names it."""
        ...

    @property
    def elements(self) -> Hashes:
        """All elements, distinct and ascending."""
        ...

    @property
    def handicaps(self) -> Hashes:
        """How hard it is for each element to become a band key."""
        ...

    @property
    def figures(self) -> Hashes:
        """Those that are numbers."""
        ...


Listen = Callable[[Text], Understood]


def fingerprint(article: Article, listen: Listen | None = None) -> Fingerprint:
    """The fingerprint of an article: a pure function of its title and text, and of the lexicon by which we `listen`.

    Without a lexicon the view `concepts` has nothing to say.
    """
    text = read(article)
    understood = listen(text) if listen else None
    if understood:
        text = replace(text, concepts=understood.elements, handicaps=understood.handicaps)
    return Fingerprint(
        exact=_exact(text),
        length=min(text.length, COUNTED_MOST),
        script=text.script,
        sketches={view.name: _sketched(view, text) for view in VIEWS},
        facts=facts(text, understood.figures if understood else None),
        language=understood.language if understood else "",
    )


def settings_name() -> str:
    """A short name for everything that fingerprints depend on: an index holds fingerprints of one name only."""
    views = ",".join(
        f"{view.name}:{view.slots}/{view.bands}x{view.rows}{' weighted' * (view.handicaps is not None)}"
        for view in VIEWS
    )
    return f"v{VERSION} {SCHEME} {SEED} {views} facts:{KEPT}"


def _sketched(view: View, text: Text) -> Sketch:
    return sketch(view, view.elements(text), view.handicaps(text) if view.handicaps else None)


def _exact(text: Text) -> int:
    """A digest of the story; of a brief one, of the headline too: many items share "Listen to the news at noon"."""
    told = (text.body,) if text.length >= WORDS_LEAST else (text.title, text.body)
    return _digest(b"\0".join(words.tobytes() for words in told))


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
