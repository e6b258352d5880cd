"""How an article is filed: what the index keeps of it, and the keys under which it is found."""

from __future__ import annotations

from dataclasses import dataclass

from dedup.nouns.fingerprint import Fingerprint, Sketch
from dedup.nouns.record import Record, Submission
from dedup.reading.identity import digest, ref_of, short_digest
from dedup.sketching.views import VIEWS
from dedup.spine.store import BUCKET_CAP


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom a band index proposes. Of those who share one key only with an article: everybody, if fewer than `many` have
    that key; the `lowest` of them, if fewer than BUCKET_CAP have it; or else nobody. Of more than `most` in all those
    with the most keys in common."""

    many: int
    lowest: int
    most: int


LASTING = Telling(many=16, lowest=8, most=128)
"""Strangers share one key, of a common phrase; copies of a story most of theirs, and an excerpt at times only one, but
then with all of its prints. Fewer than `most` are one story with an article, unless it is printed by hundreds: then the
nearest hold it as well as all would."""
FLEETING = Telling(many=BUCKET_CAP, lowest=0, most=1_024)
"""In the short window 200,000 stories hold some 320 strangers that share a single key with an article: a translation
that does so too must not depend on their number."""


def record_of(submission: Submission) -> Record:
    """What the index keeps of an article: its fingerprint without the band keys, and what orders and relates it."""
    article, found = submission.article, submission.fingerprint
    sketches = {
        name: Sketch(sketch.size, sketch.signature) if sketch.bands else sketch
        for name, sketch in found.sketches.items()
    }
    return Record(
        ref=ref_of(article.id),
        id=article.id,
        published=article.published,
        updated=article.updated,
        origin=short_digest(article.source),
        address=short_digest(article.url or article.guid or ""),
        fingerprint=Fingerprint(found.exact, found.length, found.script, sketches, found.facts, found.language),
    )


def posting_keys(submission: Submission) -> tuple[int, ...]:
    """The keys under which an article is found: its band keys, and its address, so that two versions of one page meet
    however much was changed."""
    keys = _band_keys(submission, fleeting=False)
    article = submission.article
    if article.url:
        return (*keys, address_key(article.url))
    return (*keys, address_key(f"{article.source} {article.guid}")) if article.guid else keys


def fleeting_keys(submission: Submission) -> tuple[int, ...]:
    """The keys under which an article is found for a short time."""
    return _band_keys(submission, fleeting=True)


def _band_keys(submission: Submission, fleeting: bool) -> tuple[int, ...]:
    sketches = submission.fingerprint.sketches
    views = (view.name for view in VIEWS if view.fleeting is fleeting and view.name in sketches)
    return tuple(key for name in views for key in sketches[name].bands)


def address_key(address: str) -> int:
    """The key under which the articles of a URL, or of a source's guid, are found."""
    return digest(f"address {address}")
