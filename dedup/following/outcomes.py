"""How a poll ended, as far as the schedule and the feed's accounts are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dedup.nouns.feed import Validators
from dedup.nouns.schedule import FeedState, Pace


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
    permanent_url: str | None = None
    pace: Pace = field(default_factory=Pace)
    gap_s: int | None = 0
    """Between two entries, by their dates; 0: they do not tell; None: as before."""
    prints: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether all entries were parsed, also those that we know."""
    sent: int = 0
    """Entries that became articles; `skipped` and `failed` count the others by reason."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The poll brought nothing new: not modified, or (`full`) the same bytes again."""

    validators: Validators = field(default_factory=Validators)
    max_age_s: int | None = None
    permanent_url: str | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The poll brought no document; `status` and `retry_after_s` as in FetchError."""

    error: str
    status: int | None = None
    retry_after_s: int | None = None


Outcome = Updated | Unchanged | Failed


def accounted(state: FeedState, outcome: Outcome) -> FeedState:
    """The state with this poll, and what became of its entries, added to the accounts."""
    polls = _sum(state.polls, {_ending(outcome): 1})
    if not isinstance(outcome, Updated):
        return replace(state, polls=polls)
    return replace(
        state,
        polls=polls,
        entries=state.entries + outcome.fresh,
        sent=state.sent + outcome.sent,
        skipped=_sum(state.skipped, outcome.skipped),
        failed=_sum(state.failed, outcome.failed),
    )


def _ending(outcome: Outcome) -> str:
    match outcome:
        case Updated():
            return "updated"
        case Unchanged():
            return "same_bytes" if outcome.full else "not_modified"
        case Failed():
            return "failed"


def _sum(before: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    return before if not more else {**before, **{name: before.get(name, 0) + count for name, count in more.items()}}
