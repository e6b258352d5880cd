from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dedup.following.schedule import DAY_S, Failed, Outcome, ScheduleSettings, Unchanged, Updated, after_poll
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState

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
            assert SETTINGS.min_interval_s <= state.next_poll - now <= SETTINGS.max_interval_s
        if isinstance(outcome, Failed):
            asked = min(outcome.retry_after_s or 0, DAY_S)
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
    assert state.why == "first read: every 30 min"
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
    assert wait_s(polled(NEW, Failed("HTTP 429", 429, 10**9))) == DAY_S


def test_gone_is_gone_until_somebody_asks_again() -> None:
    state = polled(NEW, Failed("HTTP 410 Gone", 410))
    assert (state.gone, state.error) == (True, "HTTP 410 Gone")
    assert not polled(state, updated(1)).gone


def test_jitter_spreads_feeds_that_were_added_together() -> None:
    waits = {wait_s(polled(replace(NEW, feed=Feed(f"https://h.example/{n}")), updated(1))) for n in range(1_000)}
    assert len(waits) > 150  # of the 180 whole seconds that a tenth of half an hour has
    assert min(waits) >= SETTINGS.interval_s
