"""FeedState as JSON: versioned, written out field by field, so that a stored feed survives a change of the type."""

from __future__ import annotations

import json

from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState

VERSION = 1


def encode_feed(state: FeedState) -> bytes:
    """The state as a line of JSON in ASCII."""
    record = {
        "v": VERSION,
        "url": state.feed.url,
        "title": state.feed.title,
        "source": state.feed.source,
        "next_poll": state.next_poll,
        "interval_s": state.interval_s,
        "why": state.why,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_digest": state.body_digest,
        "last_poll": state.last_poll,
        "last_success": state.last_success,
        "failures": state.failures,
        "error": state.error,
        "gone": state.gone,
        "entries": state.entries,
        "seen": dict(state.seen),
    }
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def decode_feed(data: bytes) -> FeedState:
    """What `encode_feed` wrote; raises StoreError if it was another version, or something else altogether."""
    try:
        record = json.loads(data)
        if record["v"] != VERSION:
            raise StoreError(
                f"a feed was stored in version {record['v']}, this dedup reads version {VERSION}: "
                "run the version that wrote it, or remove the feed and add it again"
            )
        return FeedState(
            feed=Feed(record["url"], record["title"], record["source"]),
            next_poll=record["next_poll"],
            interval_s=record["interval_s"],
            why=record["why"],
            validators=Validators(record["etag"], record["last_modified"]),
            body_digest=record["body_digest"],
            last_poll=record["last_poll"],
            last_success=record["last_success"],
            failures=record["failures"],
            error=record["error"],
            gone=record["gone"],
            entries=record["entries"],
            seen=record["seen"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"a stored feed cannot be read ({error!r}): remove the feed and add it again") from error
