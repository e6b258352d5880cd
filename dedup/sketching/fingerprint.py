"""From an article to its fingerprint: the one place where the views are applied."""

from __future__ import annotations

import hashlib

from dedup.nouns.article import Article
from dedup.nouns.fingerprint import Fingerprint
from dedup.sketching.facts import KEPT, facts
from dedup.sketching.minhash import SCHEME, SEED, sketch
from dedup.sketching.text import Text, read
from dedup.sketching.views import VIEWS, WORDS_LEAST

VERSION = 1
"""Rises whenever the same article would get another fingerprint."""


def fingerprint(article: Article) -> Fingerprint:
    """The fingerprint of an article: a pure function of its title and text."""
    text = read(article)
    return Fingerprint(
        exact=_exact(text),
        length=text.length,
        script=text.script,
        sketches={view.name: sketch(view, view.elements(text)) for view in VIEWS},
        facts=facts(text),
    )


def settings_name() -> str:
    """A short name for everything that fingerprints depend on: an index holds fingerprints of one name only."""
    views = ",".join(f"{view.name}:{view.slots}/{view.bands}x{view.rows}" for view in VIEWS)
    return f"v{VERSION} {SCHEME} {SEED} {views} facts:{KEPT}"


def _exact(text: Text) -> int:
    """A digest of the story; of a brief one, of the headline too: many items share "Listen to the news at noon"."""
    told = (text.body,) if text.length >= WORDS_LEAST else (text.title, text.body)
    return _digest(b"\0".join(words.tobytes() for words in told))


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
