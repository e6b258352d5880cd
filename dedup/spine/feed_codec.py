"""FeedState as JSON: versioned, written out field by field, so that a stored feed survives a change of the type."""

from __future__ import annotations

import json

from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState, Moving, Pace

VERSION = 3
_READABLE = (1, 2, VERSION)
_SINCE_1 = {
    "held": 0, "fresh": 0, "pace": (None, (), ()), "gap_s": 0, "last_full": 0, "last_news": 0, "moving": None,
    "moved_to": "", "full_text": False,
    "prints": {}, "last_whole": 0, "polls": {}, "sent": 0, "skipped": {}, "failed": {},
}  # fmt: skip
"""What feeds stored in version 1 (the last line: and 2) do not have."""


def encode_feed(state: FeedState) -> bytes:
    """The state as a line of JSON in ASCII."""
    record = {
        "v": VERSION,
        "url": state.feed.url,
        "title": state.feed.title,
        "source": state.feed.source,
        "full_text": state.feed.full_text,
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
        "held": state.held,
        "fresh": state.fresh,
        "pace": [state.pace.every_s, sorted(state.pace.skip_hours), sorted(state.pace.skip_days)],
        "gap_s": state.gap_s,
        "last_full": state.last_full,
        "last_news": state.last_news,
        "moving": [state.moving.url, state.moving.days, state.moving.day] if state.moving else None,
        "moved_to": state.moved_to,
        "seen": dict(state.seen),
        "prints": dict(state.prints),
        "last_whole": state.last_whole,
        "polls": dict(state.polls),
        "sent": state.sent,
        "skipped": dict(state.skipped),
        "failed": dict(state.failed),
    }
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def decode_feed(data: bytes) -> FeedState:
    """What `encode_feed` wrote; raises StoreError if it was another version, or something else altogether."""
    try:
        record = _SINCE_1 | json.loads(data)
        if record["v"] not in _READABLE:
            raise StoreError(
                f"a feed was stored in version {record['v']}, this dedup reads version {VERSION}: "
                "run the version that wrote it, or remove the feed and add it again"
            )
        return FeedState(
            feed=Feed(record["url"], record["title"], record["source"], record["full_text"]),
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
            held=record["held"],
            fresh=record["fresh"],
            pace=_pace(*record["pace"]),
            gap_s=record["gap_s"],
            last_full=record["last_full"],
            last_news=record["last_news"],
            moving=Moving(*record["moving"]) if record["moving"] else None,
            moved_to=record["moved_to"],
            seen=record["seen"],
            prints=record["prints"],
            last_whole=record["last_whole"],
            polls=record["polls"],
            sent=record["sent"],
            skipped=record["skipped"],
            failed=record["failed"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"a stored feed cannot be read ({error!r}): remove the feed and add it again") from error


def _pace(every_s: int | None, skip_hours: list[int], skip_days: list[int]) -> Pace:
    return Pace(every_s, frozenset(skip_hours), frozenset(skip_days))
