from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.following.moving import believable
from dedup.following.outcomes import Failed, Outcome, Unchanged, Updated
from dedup.following.rhythm import gap_s
from dedup.following.schedule import DAY_S, ScheduleSettings, after_hold, after_poll, conditions, host_hold_s
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState, Pace

SETTINGS = ScheduleSettings()
NEW = FeedState(Feed("https://h.example/feed"))
NOW = 1_750_000_000


def updated(fresh: int, held: int = 20, max_age_s: int | None = None) -> Updated:
    return Updated("digest", {"name": "content"}, fresh, held, "Title", Validators('"1"'), max_age_s)


def polled(state: FeedState, *outcomes: Outcome) -> FeedState:
    """The state after polls that each took place just when they were due."""
    for outcome in outcomes:
        state = after_poll(state, outcome, max(NOW, state.next_poll), SETTINGS)
    return state


def wait_s(state: FeedState) -> int:
    return state.next_poll - state.last_poll


ages = st.none() | st.integers(0, 10**10)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(updated, st.integers(0, 5_000), st.integers(0, 5_000), ages),
    st.builds(Unchanged, st.builds(Validators), ages),
    st.builds(Failed, st.text(), st.none() | st.sampled_from([404, 410, 429, 500, 503]), ages),
)


@given(st.text(), st.lists(outcomes, max_size=40))
def test_no_history_leaves_the_bounds_or_kills_a_feed(url: str, history: list[Outcome]) -> None:
    state = FeedState(Feed(url))
    for outcome in history:
        now = max(NOW, state.next_poll)
        state = after_poll(state, outcome, now, SETTINGS)
        assert state.last_poll == now
        assert state.why
        assert state.gone == (isinstance(outcome, Failed) and outcome.status == 410)
        if not state.gone:
            refused = isinstance(outcome, Failed) and (outcome.retry_after_s or 0) > DAY_S
            assert (
                SETTINGS.min_interval_s <= state.next_poll - now <= (7 * DAY_S if refused else SETTINGS.max_interval_s)
            )
        if isinstance(outcome, Failed):
            asked = min(outcome.retry_after_s or 0, 7 * DAY_S)
            assert state.gone or state.next_poll - now >= asked
        else:
            assert state.next_poll - now >= min(outcome.max_age_s or 0, DAY_S)
            assert (state.failures, state.error, state.last_success) == (0, "", now)


@given(outcomes)
def test_the_same_poll_gives_the_same_plan(outcome: Outcome) -> None:
    assert after_poll(NEW, outcome, NOW, SETTINGS) == after_poll(NEW, outcome, NOW, SETTINGS)


def test_a_first_document_says_nothing_of_the_pace() -> None:
    state = polled(NEW, updated(20))
    assert state.interval_s == SETTINGS.interval_s
    assert state.why == "first read: every 1 h"
    assert (state.entries, state.body_digest, state.seen) == (20, "digest", {"name": "content"})
    assert (state.validators, state.feed.title) == (Validators('"1"'), "Title")


def test_quiet_feeds_are_asked_less_and_come_back_when_they_speak() -> None:
    state = polled(NEW, updated(20), *[Unchanged()] * 20)
    assert state.interval_s == SETTINGS.max_interval_s
    assert state.why == "nothing new: every 1 d"
    spoke = polled(state, updated(1))
    assert spoke.interval_s == DAY_S // 2
    assert polled(spoke, *[updated(1)] * 20).interval_s == SETTINGS.interval_s


def test_busy_feeds_are_asked_more() -> None:
    state = polled(NEW, updated(20), updated(15), updated(15), updated(15))
    assert state.interval_s == SETTINGS.min_interval_s
    assert polled(state, updated(2)).interval_s == SETTINGS.min_interval_s
    assert polled(state, updated(0)).interval_s > SETTINGS.min_interval_s


def test_an_unchanged_feed_keeps_what_we_know_of_it() -> None:
    before = polled(NEW, updated(20))
    after = polled(before, Unchanged(Validators('"2"')))
    assert (after.seen, after.body_digest, after.entries) == (before.seen, before.body_digest, before.entries)
    assert after.validators == Validators('"2"')


def test_max_age_is_respected_and_capped() -> None:
    hour = polled(NEW, updated(20, max_age_s=4 * 3_600))
    assert 4 * 3_600 <= wait_s(hour) <= 4.4 * 3_600
    assert hour.why == "the server asks to keep its answer for 4 h"
    assert hour.interval_s == SETTINGS.interval_s
    assert wait_s(polled(NEW, updated(20, max_age_s=365 * DAY_S))) == DAY_S
    assert wait_s(polled(NEW, updated(20, max_age_s=0))) >= SETTINGS.interval_s


def test_failures_double_the_wait_up_to_a_day_and_are_forgotten() -> None:
    before = polled(NEW, updated(20))
    waits = []
    state = before
    for _ in range(100):
        state = polled(state, Failed("HTTP 500", 500))
        waits.append(wait_s(state))
    assert waits == sorted(waits)
    assert waits[0] < 2 * SETTINGS.interval_s
    assert waits[-1] == DAY_S
    assert state.why == "failed 100 times in a row: again after 1 d"
    assert (state.seen, state.validators, state.body_digest) == (before.seen, before.validators, before.body_digest)
    assert polled(state, Unchanged()).failures == 0


def test_retry_after_is_a_least_wait() -> None:
    assert 7_200 <= wait_s(polled(NEW, Failed("HTTP 429", 429, 7_200))) <= 7_920
    assert wait_s(polled(NEW, Failed("HTTP 429", 429, 5))) >= SETTINGS.interval_s
    assert wait_s(polled(NEW, Failed("HTTP 429", 429, 88 * 3_600))) == 88 * 3_600
    assert wait_s(polled(NEW, Failed("HTTP 429", 429, 10**9))) == 7 * DAY_S


def test_gone_is_gone_until_somebody_asks_again() -> None:
    state = polled(NEW, Failed("HTTP 410 Gone", 410))
    assert (state.gone, state.error) == (True, "HTTP 410 Gone")
    assert not polled(state, updated(1)).gone


def test_jitter_spreads_feeds_that_were_added_together() -> None:
    waits = {wait_s(polled(replace(NEW, feed=Feed(f"https://h.example/{n}")), updated(1))) for n in range(1_000)}
    assert len(waits) > 150  # of the 180 whole seconds that a tenth of half an hour has
    assert min(waits) >= SETTINGS.interval_s


def test_a_thousand_feeds_that_were_added_together_are_soon_spread_over_the_hour() -> None:
    feeds = [replace(NEW, feed=Feed(f"https://{n}.example/feed")) for n in range(1_000)]
    for _ in range(12):
        feeds = [polled(feed, updated(1)) for feed in feeds]
    by_quarter = Counter(feed.next_poll % 3_600 // 900 for feed in feeds)
    assert min(by_quarter.values()) > 150  # of 250


def test_validators_are_left_out_once_a_week() -> None:
    state = polled(NEW, updated(20))
    weeks = 0
    for _ in range(400):
        now = state.next_poll
        asked = conditions(state, now, SETTINGS)
        weeks += asked == Validators()
        state = after_poll(state, Unchanged(state.validators, full=asked == Validators()), now, SETTINGS)
        assert now - state.last_full <= 8 * DAY_S
    assert weeks


def test_without_validators_we_come_rarely() -> None:
    state = after_poll(NEW, replace(updated(20), validators=Validators()), NOW, SETTINGS)
    state = polled(state, *[Unchanged(full=True)] * 8)
    assert state.interval_s == DAY_S
    busy = polled(state, *[replace(updated(20), validators=Validators())] * 20)
    assert busy.interval_s == SETTINGS.interval_s


def test_the_interval_follows_silence_and_rhythm() -> None:
    slow = after_poll(NEW, replace(updated(20), gap_s=2 * DAY_S), NOW, SETTINGS)
    assert slow.interval_s == DAY_S // 2
    state = polled(NEW, updated(20), *[Unchanged(Validators('"1"'))] * 4)
    silence_s = state.last_poll - NOW
    assert state.interval_s <= max(SETTINGS.interval_s, silence_s * SETTINGS.silence)


def test_the_feeds_own_pace_is_kept_and_clamped() -> None:
    def paced(pace: Pace) -> FeedState:
        return after_poll(NEW, replace(updated(20), pace=pace), NOW, SETTINGS)

    assert 5 * 3_600 <= wait_s(paced(Pace(5 * 3_600))) <= 5.5 * 3_600
    assert wait_s(paced(Pace(365 * DAY_S))) == DAY_S
    assert wait_s(paced(Pace(1))) >= SETTINGS.interval_s
    assert paced(Pace(5 * 3_600)).why == "the feed says that it changes every 5 h"
    later = polled(paced(Pace(5 * 3_600)), Unchanged(Validators('"1"')))
    assert wait_s(later) >= 5 * 3_600  # what the document said holds until it says something else


def test_hours_and_days_are_skipped() -> None:
    for hours in ({3}, set(range(8)), set(range(23))):
        state = polled(NEW, replace(updated(20), pace=Pace(skip_hours=frozenset(hours))), *[Unchanged()] * 50)
        assert state.next_poll // 3_600 % 24 not in hours
    weekend = polled(NEW, replace(updated(20), pace=Pace(skip_days=frozenset({5, 6}))), *[Unchanged()] * 20)
    assert datetime.fromtimestamp(weekend.next_poll, UTC).weekday() < 5
    for everything in (Pace(skip_hours=frozenset(range(24))), Pace(skip_days=frozenset(range(7)))):
        assert wait_s(polled(NEW, replace(updated(20), pace=everything))) < 2 * SETTINGS.interval_s


def test_no_more_than_a_long_weekend_is_skipped() -> None:
    """A feed that is read on weekends only is asked one more time in between, on whatever weekday it begins."""
    weekends = replace(updated(20), pace=Pace(skip_days=frozenset(range(5))))
    for day in range(7):
        state = after_poll(NEW, weekends, NOW + day * DAY_S, SETTINGS)
        for _ in range(60):
            assert wait_s(state) <= 3 * DAY_S + 2 * SETTINGS.max_interval_s
            weekday = datetime.fromtimestamp(state.next_poll, UTC).weekday()
            assert weekday > 4 or wait_s(state) >= 3 * DAY_S
            state = polled(state, Unchanged())


def test_a_move_is_believed_after_three_days_of_it() -> None:
    there = "https://new.example/feed"
    state = polled(NEW, updated(20))
    polls = 0
    while not state.moved_to:
        state, polls = polled(state, Unchanged(permanent_url=there)), polls + 1
    assert state.last_poll - NOW >= DAY_S
    assert (state.address, state.feed.url, state.moving) == (there, NEW.feed.url, None)
    assert polls > 2
    lost = polled(state, *[Failed("HTTP 404", 404)] * 3)
    assert lost.address == NEW.feed.url
    assert not lost.gone
    assert not polled(state, Failed("HTTP 410", 410)).gone


def test_a_move_that_is_not_kept_up_is_forgotten() -> None:
    state = polled(NEW, updated(20))
    for day in range(10):
        to = "https://new.example/feed" if day % 3 else None
        state = after_poll(state, Unchanged(permanent_url=to), NOW + day * DAY_S, SETTINGS)
    assert not state.moved_to


@pytest.mark.parametrize(
    ("old", "new", "so"),
    [
        ("http://a.example/f", "https://b.example/f", True),
        ("https://a.example/f", "http://a.example/f", False),
        ("http://a.example/f", "http://10.0.0.1/f", False),
        ("http://a.example/f", "http://[::1]/f", False),
        ("http://a.example/f", "http://router/f", False),
        ("http://a.example/f", "http://login.internal/f", False),
        ("http://10.0.0.2/f", "http://10.0.0.1/f", True),
        ("http://a.example/f", "http://8.8.8.8/f", True),
        ("http://a.example/f", "http://[broken/f", False),
    ],
)
def test_where_a_feed_may_move(old: str, new: str, so: bool) -> None:
    assert believable(old, new) == so


def test_hosts_are_held_for_429_and_503_only() -> None:
    assert host_hold_s(Failed("", 429, 7_200), SETTINGS) == 7_200
    assert host_hold_s(Failed("", 503), SETTINGS) == SETTINGS.host_hold_s
    assert host_hold_s(Failed("", 429, 10**9), SETTINGS) == DAY_S
    assert host_hold_s(Failed("", 429, 0), SETTINGS) == 0
    assert host_hold_s(Failed("", 500, 7_200), SETTINGS) == 0
    held = after_hold(NEW, NOW + 500, NOW, SETTINGS)
    assert NOW + 500 < held.next_poll <= NOW + 501 + SETTINGS.min_interval_s


def test_the_gap_between_entries() -> None:
    assert gap_s([NOW, NOW - 100, NOW - 200], NOW) == 100
    assert gap_s([NOW, None, NOW - 100], NOW) == 0
    assert gap_s([NOW + DAY_S, NOW, NOW - 60, NOW - 120, 0, -5], NOW) == 60


@dataclass
class Simulated:
    """A feed that publishes by a rule and shows its latest `window` entries, polled as the schedule says."""

    moments: Sequence[int]
    window: int
    state: FeedState = NEW
    polls: list[int] = field(default_factory=list)
    missed: int = 0

    def run(self, until: int) -> Simulated:
        now, known = NOW, 0
        while now < until:
            published = bisect_right(self.moments, now)
            held, fresh = min(self.window, published), min(self.window, published - known)
            self.missed += published - known - fresh if known else 0
            dates = self.moments[max(0, published - self.window) : published]
            outcome: Outcome = Unchanged(Validators('"1"'))
            if published > known or not self.polls:
                outcome = replace(updated(fresh, held), gap_s=gap_s(dates, now))
            self.state = after_poll(self.state, outcome, now, SETTINGS)
            self.polls.append(now)
            known, now = published, self.state.next_poll
        return self

    def waits(self) -> list[int]:
        return [b - a for a, b in pairwise(self.polls)]


def hourly(count: int, at: int = 0) -> list[int]:
    return [NOW + at + n * 3_600 for n in range(-20, count)]


def test_a_dead_feed_is_soon_asked_once_a_day() -> None:
    feed = Simulated([NOW - 400 * DAY_S + n for n in range(20)], 20).run(NOW + 60 * DAY_S)
    assert feed.waits()[-1] == DAY_S
    assert len(feed.polls) <= 75
    assert feed.waits() == sorted(feed.waits())


def test_a_feed_that_dies_comes_to_rest_within_a_week() -> None:
    feed = Simulated(hourly(10 * 24), 20).run(NOW + 30 * DAY_S)
    asleep = next(at for at, wait in zip(feed.polls, feed.waits(), strict=False) if wait == DAY_S)
    assert asleep - NOW < 17 * DAY_S


def test_a_steady_feed_is_asked_about_as_often_as_it_writes() -> None:
    feed = Simulated(hourly(14 * 24), 20).run(NOW + 14 * DAY_S)
    assert feed.missed == 0
    assert 14 * 20 <= len(feed.polls) <= 14 * 24


def test_a_feed_whose_entries_are_nearly_missed_is_asked_faster_until_they_are_not() -> None:
    """Ten entries, one every four minutes: an hour loses a third, and nothing is lost once that has been seen."""
    feed = Simulated([NOW + n * 240 for n in range(-10, 3 * 360)], 10).run(NOW + 3 * DAY_S)
    late = [wait for at, wait in zip(feed.polls, feed.waits(), strict=False) if at > NOW + 4 * 3_600]
    assert max(late) <= 2_200
    assert feed.missed <= 15  # of 1,080, all in the first hours


def test_bursts_are_followed_and_the_silence_between_them_is_left_in_peace() -> None:
    """Fifteen entries within an hour, once a day, in a document of twenty."""
    days = 21
    moments = sorted(NOW + day * DAY_S + n * 240 for day in range(-2, days) for n in range(15))
    feed = Simulated(moments, 20).run(NOW + days * DAY_S)
    assert feed.missed == 0
    assert len(feed.polls) / days <= 12
    settled = [at for at in feed.polls if at > NOW + 7 * DAY_S]
    delays = [next(at - moment for at in feed.polls if at >= moment) for moment in moments if moment > settled[0]]
    usual = sorted(delays)[len(delays) // 2]
    assert usual <= 5 * 3_600
