"""The errors of dedup, in one tree.

DedupError
├─ SettingsError          a settings file or an option is wrong (exit 2; lists every problem at once)
├─ FeedError              one feed's trouble: recorded on the feed, backed off, never stops the daemon
│  ├─ FetchError          the bytes did not arrive (network, HTTP status, size, deadline)
│  └─ ParseError          the bytes are not a feed
├─ InputError             an article handed to us is not usable (a broken JSON line, a missing text)
├─ StoreError             Redis is away or answered with an error: loops wait and resume, HTTP says 503
│  └─ IndexMismatchError  the index was written with other settings
├─ LexiconError           the table of concepts is missing, or of another version
├─ NotFoundError          no article or cluster of that name (also a LookupError)
├─ ProcessError           a process of our own could not be started
├─ StoppedError           we were told to stop: what was begun is left for the next time
└─ EmbeddedRedisError     no redis-server could be started

Expected outcomes are values, not errors: NotModified, Skipped, Unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KIND = re.compile(r"[A-Z]\w{0,60}(?:Error|Exception)(?=:|$)", re.ASCII)


def kind_of(told: str) -> str:
    """The kind of error that a line such as "ValueError: no" tells of, to count it by; `other` if it names none."""
    found = _KIND.match(told)
    return found[0] if found else "other"


class DedupError(Exception):
    """Everything that dedup raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings: the full path of the setting, its value, and what would be right."""

    path: str
    value: object
    expected: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value!r}: {self.expected}"


class SettingsError(DedupError):
    """The settings cannot be used; `problems` names all of them."""

    def __init__(self, origin: str, problems: tuple[Problem, ...]) -> None:
        self.origin = origin
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{origin}: {len(problems)} problem(s) in the settings\n{lines}")


class FeedError(DedupError):
    """Trouble with one feed; `feed` is its URL."""

    def __init__(self, feed: str, reason: str) -> None:
        self.feed = feed
        self.reason = reason
        super().__init__(f"{feed}: {reason}")


class FetchError(FeedError):
    """The feed's bytes did not arrive.

    `status` is the HTTP status if there was a response; `retry_after_s` the wait that the server asked for;
    `answered_by` the URL that this came from, redirects followed.
    """

    def __init__(
        self,
        feed: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after_s: int | None = None,
        answered_by: str | None = None,
    ) -> None:
        super().__init__(feed, reason)
        self.status = status
        self.retry_after_s = retry_after_s
        self.answered_by = answered_by


class ParseError(FeedError):
    """The bytes that arrived are not a feed that we can read."""


class InputError(DedupError):
    """An article handed to us is not usable; `where` names the file and line, or the field."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"{where}: {reason}")


class StoreError(DedupError):
    """Redis is away, or answered with an error."""


class IndexMismatchError(StoreError):
    """The index in Redis was written with other settings than the ones in force."""

    def __init__(self, found: str, expected: str) -> None:
        self.found = found
        self.expected = expected
        super().__init__(
            f"the index was written with other fingerprint settings (found {found}, expected {expected}): "
            "restore the settings it was written with, "
            "or start a new index with another redis.namespace or data directory"
        )


class NotFoundError(DedupError, LookupError):
    """No article, cluster or feed answers to that name; `what` says which kind of thing was asked for."""

    def __init__(self, what: str, name: str) -> None:
        self.what = what
        self.name = name
        why = "not followed" if what == "feed" else "never seen, or expired from the window"
        super().__init__(f"no {what} {name!r} ({why})")


class ProcessError(DedupError):
    """A process of our own could not be started, or was ended while it was needed."""


class StoppedError(DedupError):
    """We were told to stop: what was begun is left as if it had not been."""


class EmbeddedRedisError(DedupError):
    """The embedded Redis could not be started; the message names the cause and the way out."""


class LexiconError(DedupError):
    """The table of concepts is not there, or is not one that this version reads."""
