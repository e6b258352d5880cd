"""Labelled pairs to fit on: of the shared sets, of excerpts cut from them, and of the project's own texts."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from dedup.edges.lexicon_file import Listener
from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.matching.judgement import DAY_S, DENSE
from dedup.nouns.article import Article
from dedup.nouns.record import Record
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import short_digest
from dedup.sketching.fingerprint import fingerprint
from tools.forms import forms
from tools.labelled import EXCERPTED_WORDS, Labelled, excerpt_of, own, syndication

LISTEN = Listener()
Sample = tuple[str, Record, Record, bool, str]
"""Kind of pair, the two records, whether they are one story, and the event that it belongs to."""


def shared_samples(name: str) -> list[Sample]:
    """Labelled pairs of a shared set, and excerpts of its articles beside the originals and beside others."""
    articles, pairs = syndication(name)
    records = {article.id: record(article) for article in articles}
    by_id = {article.id: article for article in articles}
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    samples: list[Sample] = []
    for pair in pairs:
        labels[pair.a][pair.b] = labels[pair.b][pair.a] = pair.label
        event = by_id[pair.a].event
        samples.append((f"{name} {pair.label}", records[pair.a], records[pair.b], pair.label == "dup", event))
    return [*samples, *excerpt_samples(articles, records, labels)]


def excerpt_samples(
    articles: Sequence[Labelled], records: Mapping[str, Record], labels: Mapping[str, Mapping[str, str]]
) -> list[Sample]:
    """Excerpts beside their originals, and beside others: what else the outlet prints, which has the same furniture,
    what is labelled as another text, and whatever comes."""
    chance = random.Random(7)
    samples: list[Sample] = []
    for article in articles:
        if len(article.entry.content.split()) <= EXCERPTED_WORDS:
            continue
        said = labels.get(article.id, {})
        excerpt = record(excerpt_of(article, chance))
        samples.append(("excerpt together", excerpt, records[article.id], True, article.event))
        source = article.entry.source
        outlet = [one.id for one in articles if source and one.entry.source == source and one.id != article.id]
        outlet = [one for one in outlet if said.get(one, "diff") == "diff"]
        others = sorted(other for other, label in said.items() if label == "diff")
        others += [one for one in chance.sample(sorted(records), 2) if one not in said and one != article.id]
        for rivals in (outlet, others):
            for other in chance.sample(rivals, min(4, len(rivals))):
                samples.append(("excerpt of another", excerpt, records[other], False, article.event))
    return samples


def same_events(but: Collection[str] = ("dup", "partial", "diff")) -> list[Sample]:
    """The pairs of reports on one event, but those with these labels; without a label they share less than a tenth."""
    articles, pairs = syndication("ecbplus")
    left_out = {frozenset((pair.a, pair.b)) for pair in pairs if pair.label in but}
    events: dict[str, list[Labelled]] = {}
    for article in articles:
        events.setdefault(article.event, []).append(article)
    records = {article.id: record(article) for article in articles}
    return [
        ("ecbplus same event", records[a.id], records[b.id], False, event)
        for event, reports in events.items()
        for a, b in combinations(reports, 2)
        if frozenset((a.id, b.id)) not in left_out
    ]


def own_samples(name: str) -> list[Sample]:
    """All pairs of one of the project's own sets."""
    articles = own(name)
    records = {article.id: record(article) for article in articles}
    samples: list[Sample] = []
    for a, b in combinations(articles, 2):
        together = a.group is not None and a.group == b.group
        if name == "copies":
            kind = "copies together" if together else "copies apart"
        else:
            kind = "lookalikes near" if a.event == b.event else "lookalikes far"
        samples.append((kind, records[a.id], records[b.id], together, f"own {a.event}"))
    return samples


def printed_elsewhere(lookalikes: Sequence[Sample]) -> list[Sample]:
    """The near look-alikes that are about their numbers, as two outlets print them.

    Draws, quotations and results of two days stand in papers side by side: such a template is known by its numbers, not
    by its source. (What is filled in with words, a horoscope, is one outlet's own.)
    """
    near = [sample for sample in lookalikes if sample[0] == "lookalikes near" and not sample[3]]
    pairs = np.arange(2 * len(near)).reshape(-1, 2)
    features = compare(deck([one for _, a, b, _, _ in near for one in (a, b)]), pairs[:, 0], pairs[:, 1])
    counted = (features.number_count >= 6) & (features.number_count >= DENSE / 2 * features.shorter)
    return [
        (
            "lookalikes elsewhere",
            a,
            replace(b, id=f"{b.id} elsewhere", origin=short_digest("elsewhere.example")),
            False,
            event,
        )
        for (_, a, b, _, event), chosen in zip(near, counted, strict=True)
        if chosen
    ]


def form_samples() -> list[Sample]:
    """The pairs of each form filled in: issues of one outlet, of several, and issues printed again."""
    families: dict[str, list[Labelled]] = defaultdict(list)
    for issue in forms():
        families[issue.event].append(issue)
    samples: list[Sample] = []
    for family, issues in families.items():
        records = {issue.id: record(issue) for issue in issues}
        for a, b in combinations(issues, 2):
            one_outlet = a.entry.source == b.entry.source
            kind = "together" if a.group == b.group else "one outlet" if one_outlet else "elsewhere"
            samples.append((f"forms {kind}", records[a.id], records[b.id], a.group == b.group, f"form {family}"))
    return samples


def record(article: Labelled) -> Record:
    """The article as the index would hold it.

    Where a set has no dates, every third article is of the next day, so that a fit sees copies that come late.
    """
    made = read(article.entry, ReadingSettings(min_words=1))
    if not isinstance(made, Article):
        raise SystemExit(f"{article.id}: {made.reason}")
    undated = article.entry.published is None
    late_s = DAY_S if undated and zlib.crc32(article.id.encode()) % 3 == 0 else 0
    at = made.published + late_s
    return Record(0, made.id, at, at, short_digest(made.source), short_digest(made.id), fingerprint(made, LISTEN))
