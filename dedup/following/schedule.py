"""When to ask a feed again: a pure function of what we knew of it, how the poll ended, and the settings.

    after_poll(state, outcome, now, settings) -> state

Every rule is one small function from a `FeedState` and an outcome to the wait that it asks for, in seconds and in
words; `_next` puts bounds and jitter on it. The words end up in `FeedState.why`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from dedup.nouns.feed import Validators
from dedup.nouns.schedule import FeedState

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """How often feeds are asked."""

    interval_s: int = 1_800
    """For a feed that we know nothing of yet: news is worth it, and with conditional requests it is cheap."""
    min_interval_s: int = 900
    """No feed is asked more often than this, however much it writes."""
    max_interval_s: int = DAY_S
    """No feed is asked more rarely than this, however quiet, broken or far-sighted (max-age of a year) it is."""
    slower: float = 1.5
    """Factor on the interval after a poll without news."""
    faster: float = 0.5
    """Factor on the interval after a poll with much news, or when a quiet feed speaks again."""
    much_news: float = 0.5
    """Share of new entries that is much: a document with nothing but news may have lost some before we came."""
    jitter: float = 0.1
    """Share of the wait that is added at most, so that feeds that were added together drift apart."""


@dataclass(frozen=True, slots=True)
class Updated:
    """The poll brought a document: `held` entries (the keys of `seen`), `fresh` of them new or changed."""

    body_digest: str
    seen: Mapping[str, str]
    fresh: int
    held: int
    title: str = ""
    validators: Validators = field(default_factory=Validators)
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The poll brought nothing new: not modified, or the same bytes again."""

    validators: Validators = field(default_factory=Validators)
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The poll brought no document; `status` and `retry_after_s` as in FetchError."""

    error: str
    status: int | None = None
    retry_after_s: int | None = None


Outcome = Updated | Unchanged | Failed


def after_poll(state: FeedState, outcome: Outcome, now: int, settings: ScheduleSettings) -> FeedState:
    """What is to be remembered of a feed after a poll at `now`, the time of the next one included."""
    match outcome:
        case Failed():
            return _after_failure(state, outcome, now, settings)
        case Unchanged():
            interval_s, why = _quiet(state, settings)
        case Updated():
            interval_s, why = _news(state, outcome, settings)
            state = replace(
                state,
                feed=replace(state.feed, title=state.feed.title or outcome.title),
                body_digest=outcome.body_digest,
                seen=outcome.seen,
                entries=state.entries + outcome.fresh,
            )
    state = replace(
        state, interval_s=interval_s, validators=outcome.validators, last_success=now, failures=0, error="", gone=False
    )
    wait_s = interval_s
    if outcome.max_age_s is not None and outcome.max_age_s > interval_s:
        wait_s, why = outcome.max_age_s, f"the server asks to keep its answer for {_words(outcome.max_age_s)}"
    return _next(state, wait_s, why, now, settings)


def _quiet(state: FeedState, settings: ScheduleSettings) -> tuple[int, str]:
    interval_s = _bounded((state.interval_s or settings.interval_s) * settings.slower, settings)
    return interval_s, f"nothing new: every {_words(interval_s)}"


def _news(state: FeedState, outcome: Updated, settings: ScheduleSettings) -> tuple[int, str]:
    """Slower without news, faster with much; in between, a feed that had grown rare comes back to the default."""
    usual_s = state.interval_s or settings.interval_s
    if not state.last_success:  # everything is new in a first document: that says nothing
        return _bounded(usual_s, settings), f"first read: every {_words(_bounded(usual_s, settings))}"
    if not outcome.fresh:
        return _quiet(state, settings)
    if outcome.fresh >= settings.much_news * outcome.held:
        interval_s = _bounded(usual_s * settings.faster, settings)
    else:
        interval_s = _bounded(min(usual_s, max(usual_s * settings.faster, settings.interval_s)), settings)
    return interval_s, f"{outcome.fresh} of {outcome.held} entries new: every {_words(interval_s)}"


def _after_failure(state: FeedState, outcome: Failed, now: int, settings: ScheduleSettings) -> FeedState:
    """Twice the wait with each failure in a row, at least what the server asked for; a feed is never given up."""
    failures = state.failures + 1
    state = replace(state, failures=failures, error=outcome.error, gone=outcome.status == 410)
    if state.gone:
        return replace(state, last_poll=now, next_poll=now, why="gone (410): not asked any more")
    doublings = min(failures - 1, 20)  # 2 ** 20 times anything is more than the longest wait
    wait_s = settings.interval_s * 2**doublings
    why = "failed" if failures == 1 else f"failed {failures} times in a row"
    if outcome.retry_after_s is not None and outcome.retry_after_s > wait_s:
        wait_s, why = outcome.retry_after_s, f"{why}, and the server asks for {_words(outcome.retry_after_s)}"
    return _next(state, wait_s, f"{why}: again after {_words(_bounded(wait_s, settings))}", now, settings)


def _next(state: FeedState, wait_s: float, why: str, now: int, settings: ScheduleSettings) -> FeedState:
    """Never sooner than asked for, never beyond the bounds."""
    spread = 1 + settings.jitter * _fraction(state.feed.url)
    wait = _bounded(_bounded(wait_s, settings) * spread, settings)
    return replace(state, last_poll=now, next_poll=now + wait, why=why)


def _bounded(seconds: float, settings: ScheduleSettings) -> int:
    return int(min(max(seconds, settings.min_interval_s), settings.max_interval_s))


def _fraction(url: str) -> float:
    """A number from 0 to 1 that belongs to the URL: jitter that a restart, or a test, finds again."""
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=4).digest()) / 2**32


def _words(seconds: float) -> str:
    for size, unit in ((DAY_S, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:g} s"
