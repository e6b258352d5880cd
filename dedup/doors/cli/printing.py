"""Text for people: aligned columns, dates they can read, and nothing that a title could do to a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from dedup.nouns.cluster import Cluster, Emitted
from dedup.nouns.record import Explanation, Stored
from dedup.nouns.schedule import FeedState
from dedup.spine import shapes
from dedup.spine.desk import Lookup, Status

TITLE_COLUMNS = 60


CONCEPTS_SHOWN = 20
"""Shared concepts that a person is shown; programs get all."""


def plain(text: str) -> str:
    """The text without control characters: a title from a feed may hold escape sequences."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in text)


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide character, none for a combining one."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def cut(text: str, most: int = TITLE_COLUMNS) -> str:
    """The text in at most so many columns."""
    if columns(text) <= most:
        return text
    while columns(text) > most - 1:
        text = text[:-1]
    return f"{text}…"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "") -> str:
    """Aligned columns under a head."""
    lines = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(head, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
        return indent + "  ".join(padded).rstrip()

    return "\n".join([click.style(line(head), dim=True), *map(line, lines)])


def moment(seconds: int | None) -> str:
    """2026-01-02 03:04Z, or a dash."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ") if seconds else "-"


def articles(count: int) -> str:
    """A number of articles."""
    return "1 article" if count == 1 else f"{count} articles"


def cluster(each: Cluster) -> str:
    """A cluster and how each of its articles joined."""
    if each.replaced_by:
        return f"{click.style(plain(each.id), bold=True)}  merged into {plain(each.replaced_by)}"
    return f"{click.style(plain(each.id), bold=True)}  {articles(len(each.members))}\n{members(each, {})}"


def members(each: Cluster, described: dict[str, Stored]) -> str:
    """The articles of a cluster as a table; with source and title where the article is at hand."""
    head = ["RELATION", "SCORE", "ARTICLE", "MATCHED"]
    rows = [
        [member.relation or "first", "" if member.score is None else f"{member.score:.2f}", member.id, member.via or ""]
        for member in each.members
    ]
    if described:
        head += ["SOURCE", "TITLE"]
        for row, member in zip(rows, each.members, strict=True):
            found = described.get(member.id)
            row += [found.article.source, cut(found.article.title)] if found else ["", "(expired)"]
    return table(head, rows, indent="  ")


def lookup(found: Lookup) -> str:
    """An article, then its cluster."""
    article = found.article.article
    date = f"{moment(article.published)} ({'by its feed' if article.clock == 'feed' else 'when we first saw it'})"
    facts = {
        "id": article.id,
        "url": article.url or "-",
        "source": article.source or "-",
        "language": article.lang or "-",
        "published": date,
        "versions": str(found.article.versions),
    }
    head = click.style(plain(article.title) or "(no title)", bold=True)
    lines = [f"  {name:<9}  {plain(value)}" for name, value in facts.items()]
    size = f"cluster {plain(found.cluster.id)}, {articles(len(found.cluster.members))}"
    return "\n".join([head, *lines, "", size, members(found.cluster, dict(found.described))])


def explanation(each: Explanation) -> str:
    """Why, or why not, two articles are together."""
    evidence = each.evidence
    probability = shapes.probability(evidence.log_odds)
    verdict = click.style("together" if each.together else "apart", fg="green" if each.together else "yellow")
    named = f"as {evidence.relation}: " if evidence.log_odds > each.threshold else ""
    proposed = "proposes" if each.candidate else "does not propose"
    lines = [
        f"{plain(each.a)} and {plain(each.b)} are {verdict}",
        f"  {named}probability {probability:.4f} that they are one story",
        f"  log-odds {evidence.log_odds:.2f}; a pair is linked above {each.threshold:.2f}",
        f"  the index {proposed} the pair",
    ]
    if evidence.similarities:
        rows = [[view.view, f"{view.jaccard:.3f}", f"{view.containment:.3f}"] for view in evidence.similarities]
        lines += ["", table(["VIEW", "JACCARD", "CONTAINMENT"], rows, indent="  ")]
    if evidence.facts:
        lines += ["", table(["FACT", "VALUE"], [[name, f"{value:.3f}"] for name, value in evidence.facts], indent="  ")]
    if each.concepts:
        rows = [
            [one.concept, cut(", ".join(one.a), 40), cut(", ".join(one.b), 40)]
            for one in each.concepts[:CONCEPTS_SHOWN]
        ]
        lines += ["", table(["BOTH SAY", "A", "B"], rows, indent="  ")]
    if each.passages:
        rows = [[str(passage.words), cut(f"“{passage.a}”", 90)] for passage in each.passages]
        lines += ["", table(["WORDS", "SHARED PASSAGE"], rows, indent="  ")]
    return "\n".join(lines)


def event(emitted: Emitted) -> str:
    """One line of the story so far."""
    each = emitted.event
    other = f" ({plain(each.other)})" if each.other else ""
    what = f"{click.style(f'{each.kind:<8}', fg='cyan')}{plain(each.cluster)} v{each.version}{other}"
    return f"{emitted.cursor}  {moment(each.at)}  {what}, {articles(each.size)}: {plain(', '.join(each.articles[:5]))}"


def feeds(states: Sequence[FeedState]) -> str:
    """The feeds and how polling them goes."""
    if not states:
        return "No feed is followed. `dedup feeds add URL` follows one, `dedup feeds import FILE.opml` many."
    rows = [
        [
            state.feed.url,
            cut(state.feed.title, 30),
            moment(state.last_success),
            "-" if state.gone else moment(state.next_poll),
            span(state.interval_s),
            f"{state.fresh} of {state.held}",
            str(state.entries),
            cut(_left_out(state), 30),
            cut(_state_of(state)),
        ]
        for state in states
    ]
    head = ["FEED", "TITLE", "LAST GOOD POLL", "NEXT POLL", "EVERY", "LAST NEW", "NEW IN ALL", "LEFT OUT", "STATE"]
    return table(head, rows)


def span(seconds: int) -> str:
    """A length of time in the largest unit that fits it."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s" if seconds else "-"


def _left_out(state: FeedState) -> str:
    """How many entries became no articles, by reason."""
    reasons = [*state.skipped.items(), *state.failed.items()]
    return ", ".join(f"{number} {reason}" for reason, number in reasons) or "-"


def _state_of(state: FeedState) -> str:
    """How polling a feed goes, and why the next poll is when it is."""
    if state.gone:
        return "gone (410): not asked any more"
    if state.failures:
        return f"failed {state.failures} times: {state.error}"
    return f"now at {state.moved_to}; {state.why}" if state.moved_to else state.why


def status(each: Status, place: str) -> str:
    """How it stands."""
    facts = {
        "data": place,
        "feeds": f"{each.feeds} followed, {each.failing} failing, {each.gone} gone, next poll {moment(each.next_poll)}",
        "waiting": f"{each.waiting} in the inbox",
        **{name: str(count) for name, count in sorted(each.counts.items())},
    }
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {plain(value)}" for name, value in facts.items())
