"""From nouns to JSON: one function for each contract, used by every door, so that all of them say the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from dedup.nouns import errors
from dedup.nouns.cluster import Cluster, Emitted, Events, Member
from dedup.nouns.evidence import Evidence
from dedup.nouns.record import Explanation, Match, Stored, Tally
from dedup.nouns.schedule import FeedState
from dedup.spine.contracts import (
    ArticleShape,
    ClusterShape,
    ConceptShape,
    ErrorShape,
    EventShape,
    EventsShape,
    ExplanationShape,
    FeedShape,
    FeedsShape,
    FoundShape,
    LookupShape,
    MatchesShape,
    MatchShape,
    MemberShape,
    PageShape,
    PassageShape,
    PushedShape,
    ReasonShape,
    ReceivedShape,
    StatusShape,
    StoredShape,
    TallyShape,
    ViewShape,
)
from dedup.spine.desk import Lookup, Received, Status
from dedup.spine.store import Page

LOG_ODDS_LIMIT = 1_000.0
"""Evidence may be infinite; JSON numbers may not."""


def moment(seconds: int) -> str:
    """2026-01-02T03:04:05Z."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"


def _moment_or_never(seconds: int | None) -> str | None:
    return moment(seconds) if seconds else None


def member(member: Member, described: Stored | None = None) -> MemberShape:
    """A member; with title, URL and source if the article is at hand."""
    shape = MemberShape(id=member.id, relation=member.relation, score=_rounded(member.score), via=member.via)
    if described:
        article = described.article
        shape |= {"url": article.url, "title": article.title, "source": article.source}
    return shape


def cluster(cluster: Cluster) -> ClusterShape:
    """One line of `dedup clusters --json`."""
    members = [member(each) for each in cluster.members]
    return ClusterShape(cluster=cluster.id, articles=members, version=cluster.version, replaced_by=cluster.replaced_by)


def page(page: Page) -> PageShape:
    """A page of clusters."""
    return PageShape(clusters=[cluster(each) for each in page.clusters], after=page.after)


def article(stored: Stored) -> ArticleShape:
    """An article without its text."""
    each = stored.article
    return ArticleShape(
        id=each.id,
        url=each.url,
        source=each.source,
        title=each.title,
        lang=each.lang,
        published=moment(each.published),
        clock=each.clock,
        versions=stored.versions,
    )


def stored(stored: Stored) -> StoredShape:
    """An article with its text."""
    return StoredShape(**article(stored), cluster=stored.cluster, text=stored.article.text)


def found(articles: Sequence[Stored]) -> FoundShape:
    """The articles with a URL."""
    return FoundShape(articles=[stored(each) for each in articles])


def lookup(lookup: Lookup) -> LookupShape:
    """What `dedup lookup --json` prints."""
    return LookupShape(
        article=article(lookup.article),
        cluster=lookup.cluster.id,
        articles=[member(each, lookup.described.get(each.id)) for each in lookup.cluster.members],
        version=lookup.cluster.version,
    )


def tally(tally: Tally) -> TallyShape:
    """The last line of `dedup ingest --json`."""
    return TallyShape(accepted=tally.accepted, clustered=tally.clustered, skipped=tally.skipped, failed=tally.failed)


def pushed(total: Tally, received: Sequence[Received]) -> PushedShape:
    """The answer to a push."""
    each = [ReceivedShape(id=one.id, cluster=one.cluster, skipped=one.skipped, error=one.error) for one in received]
    return PushedShape(**tally(total), articles=each)


def event(emitted: Emitted) -> EventShape:
    """One line of `dedup events --json`."""
    each = emitted.event
    return EventShape(
        cursor=emitted.cursor,
        kind=each.kind,
        cluster=each.cluster,
        version=each.version,
        articles=list(each.articles),
        other=each.other,
        size=each.size,
        at=moment(each.at),
        ticket=each.ticket,
    )


def events(found: Events, after: str | None) -> EventsShape:
    """Some events, asked for with the cursor `after`."""
    last = found[-1].cursor if found else after
    return EventsShape(events=[event(each) for each in found], after=last, lost=found.lost)


def explanation(explanation: Explanation) -> ExplanationShape:
    """What `dedup explain --json` prints."""
    evidence = explanation.evidence
    return ExplanationShape(
        a=explanation.a,
        b=explanation.b,
        together=explanation.together,
        candidate=explanation.candidate,
        threshold=explanation.threshold,
        log_odds=_finite(evidence.log_odds),
        probability=probability(evidence.log_odds),
        relation=evidence.relation,
        views=_views(evidence),
        facts={name: round(_finite(value), 4) for name, value in evidence.facts},
        passages=[PassageShape(a=each.a, b=each.b, words=each.words) for each in explanation.passages],
        concepts=[ConceptShape(concept=each.concept, a=[*each.a], b=[*each.b]) for each in explanation.concepts],
    )


def matches(matches: Sequence[Match]) -> MatchesShape:
    """The matches of a text."""
    return MatchesShape(matches=[_match(each) for each in matches])


def _match(match: Match) -> MatchShape:
    evidence = match.evidence
    return MatchShape(
        id=match.id,
        cluster=match.cluster,
        relation=evidence.relation,
        score=probability(evidence.log_odds),
        views=_views(evidence),
    )


def _views(evidence: Evidence) -> list[ViewShape]:
    return [
        ViewShape(view=each.view, jaccard=round(each.jaccard, 4), containment=round(each.containment, 4))
        for each in evidence.similarities
    ]


def feed(state: FeedState) -> FeedShape:
    """One line of `dedup feeds list --json`."""
    return FeedShape(
        url=state.feed.url,
        state=state.health.value,
        title=state.feed.title,
        source=state.feed.source,
        next_poll=None if state.gone else _moment_or_never(state.next_poll),
        why=state.why,
        last_poll=_moment_or_never(state.last_poll),
        last_success=_moment_or_never(state.last_success),
        interval_s=state.interval_s,
        failures=state.failures,
        error=state.error,
        gone=state.gone,
        entries=state.entries,
        held=state.held,
        fresh=state.fresh,
        last_news=_moment_or_never(state.last_news),
        sent=state.sent,
        skipped=dict(state.skipped),
        failed=dict(state.failed),
        polls=dict(state.polls),
        moved_to=state.moved_to,
        full_text=state.feed.full_text,
    )


def feeds(states: Sequence[FeedState]) -> FeedsShape:
    """The feeds that are followed."""
    return FeedsShape(feeds=[feed(each) for each in states])


def status(status: Status) -> StatusShape:
    """What `dedup status --json` prints."""
    return StatusShape(
        feeds=status.feeds,
        failing=status.failing,
        gone=status.gone,
        next_poll=_moment_or_never(status.next_poll),
        waiting=status.waiting,
        counts=dict(status.counts),
        polls=dict(status.polls),
    )


ERROR_TYPES: tuple[tuple[type[errors.DedupError], str], ...] = (
    (errors.SettingsError, "settings"),
    (errors.FeedError, "feed"),
    (errors.InputError, "input"),
    (errors.IndexMismatchError, "index_mismatch"),
    (errors.StoreError, "store"),
    (errors.NotFoundError, "not_found"),
    (errors.EmbeddedRedisError, "embedded_redis"),
)
"""The first that fits names the type."""


def error(error: errors.DedupError) -> ErrorShape:
    """The shape of an error of ours."""
    name = next((name for kind, name in ERROR_TYPES if isinstance(error, kind)), "error")
    return reason(name, str(error))


def reason(name: str, message: str) -> ErrorShape:
    """The shape of any error."""
    return ErrorShape(error=ReasonShape(type=name, message=message))


def probability(log_odds: float) -> float:
    """The probability that these log-odds stand for."""
    return round(1 / (1 + math.exp(-max(min(log_odds, 700.0), -700.0))), 4)  # beyond 709 exp() overflows


def _finite(value: float) -> float:
    return max(min(value, LOG_ODDS_LIMIT), -LOG_ODDS_LIMIT)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
