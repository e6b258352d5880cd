"""When to ask a feed again: a pure function of what we knew of it, how the poll ended, and the settings.

    after_poll(state, outcome, now, settings) -> state

Every rule is one small function from a `FeedState` and an outcome to the wait that it asks for, in seconds and in
words; `_next` puts bounds and jitter on it. The words end up in `FeedState.why`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

from dedup.following.moving import announced, is_settled
from dedup.following.outcomes import Failed, Outcome, Unchanged, Updated, accounted
from dedup.nouns.feed import Validators
from dedup.nouns.schedule import FeedState, Pace

HOUR_S = 3_600
DAY_S = 86_400

_DOUBLINGS = 20
"""2 ** 20 times anything is more than the longest wait."""
_LONGEST_SKIP_S = 3 * DAY_S
"""Hours and days that a feed wants us to skip are skipped for no longer than a long weekend; then it is asked once."""
_RETURN_AFTER = 3
"""Failures in a row at an address that a feed has moved to, until it is looked for where it was before."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """How often feeds are asked."""

    interval_s: int = HOUR_S
    """For a feed that we know nothing of yet. An hour is what owners of sites ask for (rachelbythebay.com/w/feed)."""
    min_interval_s: int = 900
    """No feed is asked more often than this, however much it writes."""
    max_interval_s: int = DAY_S
    """No feed is asked more rarely than this, however quiet, broken or far-sighted (max-age of a year) it is."""
    slower: float = 1.5
    """Factor on the interval after a poll without news."""
    faster: float = 0.5
    """Factor on the interval after a poll with much news, or when a quiet feed speaks again."""
    much_news: float = 0.67
    """Share of new entries that is much: a document with nothing but news may have lost some before we came. Media
    Cloud, with 180,000 feeds, found two thirds to be the mark."""
    silence: float = 0.25
    """Share of the time since the last news that the interval may grow to, unless the feed's own rhythm is slower."""
    jitter: float = 0.1
    """Share of the wait that is added at most, so that feeds that were added together drift apart."""
    full_every_s: int = 7 * DAY_S
    """After so long we ask without validators: some servers say "not modified" for ever."""
    host_hold_s: int = 600
    """How long a host is left in peace that says 429 or 503 and not for how long. All of its feeds are held for a day
    at most: one of them then asks again, and is told again if need be."""
    refusal_s: int = 7 * DAY_S
    """What a feed that was refused keeps to at most, if its server asks for more (Retry-After): 88 hours have been seen
    and were meant; a billion seconds are a mistake."""


def conditions(state: FeedState, now: int, settings: ScheduleSettings) -> Validators:
    """What to ask with: the validators that we were given, or none when it is time to see the whole document again."""
    return state.validators if now - state.last_full < settings.full_every_s else Validators()


def after_poll(state: FeedState, outcome: Outcome, now: int, settings: ScheduleSettings) -> FeedState:
    """What is to be remembered of a feed after a poll at `now`, the time of the next one included."""
    state = accounted(state, outcome)
    if isinstance(outcome, Failed):
        return _after_failure(state, outcome, now, settings)
    state = _moved(state, outcome, now)
    if isinstance(outcome, Updated):
        first = not state.last_success
        state = replace(
            state,
            feed=replace(state.feed, title=state.feed.title or outcome.title),
            body_digest=outcome.body_digest,
            seen=outcome.seen,
            fresh=outcome.fresh,
            held=outcome.held,
            pace=outcome.pace,
            prints=outcome.prints,
            gap_s=state.gap_s if outcome.gap_s is None else outcome.gap_s,
            last_whole=now if outcome.whole else state.last_whole,
            last_full=now,
            last_news=now if outcome.fresh else state.last_news,
        )
        interval_s, why = _first(state, settings) if first else _news(state, outcome, now, settings)
    else:
        state = replace(state, last_full=now) if outcome.full else state
        interval_s, why = _quiet(state, outcome.validators, now, settings)
    state = replace(
        state, interval_s=interval_s, validators=outcome.validators, last_success=now, failures=0, error="", gone=False
    )
    return _next(state, *_asked_for(state, outcome.max_age_s, interval_s, why), now, settings)


def after_hold(state: FeedState, until: int, now: int, settings: ScheduleSettings) -> FeedState:
    """What is to be remembered of a feed that was not asked, because its host wants to be left in peace."""
    spread_s = settings.min_interval_s * _fraction(state.feed.url)
    return replace(state, next_poll=int(max(until, now) + 1 + spread_s), why="its host asked all of its feeds to wait")


def host_hold_s(outcome: Failed, settings: ScheduleSettings) -> int:
    """For how long the host that answered so is to be left in peace; 0: no reason to."""
    if outcome.status not in (429, 503):
        return 0
    asked_s = settings.host_hold_s if outcome.retry_after_s is None else outcome.retry_after_s
    return min(asked_s, settings.max_interval_s)


def _first(state: FeedState, settings: ScheduleSettings) -> tuple[int, str]:
    """Everything is new in a first document: only its dates say how often it changes."""
    interval_s = _bounded(max(settings.interval_s, state.gap_s * settings.silence), settings)
    return interval_s, f"first read: every {_words(interval_s)}"


def _quiet(state: FeedState, validators: Validators, now: int, settings: ScheduleSettings) -> tuple[int, str]:
    """Slower, but no slower than the feed's rhythm, or the silence, justify."""
    before_s = state.interval_s or settings.interval_s
    silence_s = now - (state.last_news or now)
    ceiling_s = max(settings.interval_s, state.gap_s * settings.silence, silence_s * settings.silence)
    interval_s = min(before_s * settings.slower, max(ceiling_s, before_s))
    if validators == Validators():  # every question costs the server the whole document
        interval_s = max(interval_s * settings.slower, settings.interval_s)
    interval = _bounded(interval_s, settings)
    return interval, f"nothing new: every {_words(interval)}"


def _news(state: FeedState, outcome: Updated, now: int, settings: ScheduleSettings) -> tuple[int, str]:
    """Slower without news, faster with much; in between, a feed that had grown rare comes back to the default."""
    if not outcome.fresh:
        return _quiet(state, outcome.validators, now, settings)
    usual_s = state.interval_s or settings.interval_s
    if outcome.fresh >= settings.much_news * outcome.held:
        interval_s = usual_s * settings.faster
    else:
        interval_s = min(usual_s, max(usual_s * settings.faster, settings.interval_s))
    if outcome.validators == Validators():
        interval_s = max(interval_s, settings.interval_s)
    interval = _bounded(interval_s, settings)
    return interval, f"{outcome.fresh} of {outcome.held} entries new: every {_words(interval)}"


def _asked_for(state: FeedState, max_age_s: int | None, interval_s: int, why: str) -> tuple[int, str]:
    """The longest of our interval, of what the server asks for, and of what the document asks for."""
    asked = [(interval_s, why)]
    if max_age_s:
        asked.append((max_age_s, f"the server asks to keep its answer for {_words(max_age_s)}"))
    if state.pace.every_s:
        asked.append((state.pace.every_s, f"the feed says that it changes every {_words(state.pace.every_s)}"))
    return max(asked, key=lambda each: each[0])


def _after_failure(state: FeedState, outcome: Failed, now: int, settings: ScheduleSettings) -> FeedState:
    """Twice the wait with each failure in a row, at least what the server asked for; a feed is never given up."""
    failures = state.failures + 1
    moved_in_vain = bool(state.moved_to) and (failures >= _RETURN_AFTER or outcome.status == 410)
    gone = outcome.status == 410 and not moved_in_vain
    state = replace(state, failures=failures, error=outcome.error, gone=gone)
    if gone:
        return replace(state, last_poll=now, next_poll=now, why="gone (410): not asked any more")
    if moved_in_vain:
        state = replace(state, moved_to="", moving=None, validators=Validators())
    wait_s = settings.interval_s * 2 ** min(failures - 1, _DOUBLINGS)
    why = "failed" if failures == 1 else f"failed {failures} times in a row"
    wait_s = _bounded(wait_s, settings)
    asked_s = min(outcome.retry_after_s or 0, settings.refusal_s)
    if asked_s > wait_s:
        why = f"{why}, and the server asks for {_words(outcome.retry_after_s or 0)}"
    why = f"{why}: again after {_words(max(wait_s, asked_s))}"
    return _next(state, max(wait_s, asked_s), why, now, settings, least_s=asked_s)


def _moved(state: FeedState, outcome: Updated | Unchanged, now: int) -> FeedState:
    """Follow a feed to where it has been saying for days that it is."""
    moving = announced(state, outcome.permanent_url, now)
    if moving and is_settled(moving):
        return replace(state, moved_to=moving.url, moving=None)
    return state if moving == state.moving else replace(state, moving=moving)


def _next(
    state: FeedState, wait_s: float, why: str, now: int, settings: ScheduleSettings, least_s: int = 0
) -> FeedState:
    """Never sooner than asked for, never beyond the bounds (or `least_s`), and not when the feed wants to be skipped,
    unless that is for longer than the longest skip."""
    spread = 1 + settings.jitter * _fraction(state.feed.url)
    wait = max(least_s, _bounded(_bounded(wait_s, settings) * spread, settings))
    at = _awake(now + wait, state.pace)
    return replace(state, last_poll=now, next_poll=at, why=why if at == now + wait else f"{why}, but not at that time")


def _awake(at: int, pace: Pace) -> int:
    """The first moment from `at` on that the feed does not want skipped, or else the end of the longest skip; `at` if
    it wants everything skipped."""
    if len(pace.skip_hours) == 24 or len(pace.skip_days) == 7:
        return at
    moment = at
    while moment - at <= _LONGEST_SKIP_S:
        # 1970-01-01 was a Thursday: day 0 is weekday 3.
        hour, weekday = moment // HOUR_S % 24, (moment // DAY_S + 3) % 7
        if hour not in pace.skip_hours and weekday not in pace.skip_days:
            return moment
        moment = (moment // HOUR_S + 1) * HOUR_S + at % HOUR_S // 2  # not all at the full hour
    return at + _LONGEST_SKIP_S


def _bounded(seconds: float, settings: ScheduleSettings) -> int:
    return int(min(max(seconds, settings.min_interval_s), settings.max_interval_s))


def _fraction(url: str) -> float:
    """A number from 0 to 1 that belongs to the URL: jitter that a restart, or a test, finds again."""
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=4).digest()) / 2**32


def _words(seconds: float) -> str:
    for size, unit in ((DAY_S, "d"), (HOUR_S, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:g} s"
