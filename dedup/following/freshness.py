"""Which entries of a document are news to us: names and digests of entries, comparable between polls."""

from __future__ import annotations

from hashlib import blake2b

from dedup.nouns.feed import Entry, Skipped
from dedup.reading.identity import canonical_url

_DIGEST_BYTES = 8
"""64 bits: among the few thousand entries of one feed, two by chance alike are not to be expected."""


def digest(*parts: str) -> str:
    """A short digest of texts, the same on every machine and for ever; no two lists of parts are joined alike."""
    text = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        text.update(b"%d:" % len(encoded))
        text.update(encoded)
    return text.hexdigest()


def name_of(entry: Entry) -> str:
    """What names the entry inside its feed: its guid, else its canonical URL; empty if it has neither."""
    return entry.guid or canonical_url(entry.url) or entry.url or ""


def content_digest(entry: Entry) -> str:
    """A digest of what the entry says. Dates are left out: some feeds touch them with every visit."""
    return digest(entry.title, entry.summary, entry.content)


def identity(item: Entry | Skipped) -> str:
    """The key of an item in `FeedState.seen`. An entry without any name is named by what it says."""
    if isinstance(item, Skipped):
        return digest("skipped", item.reason, item.name)
    name = name_of(item)
    return digest("named", name) if name else digest("unnamed", content_digest(item))
