"""The sets that quality is measured on: what goes into the index, and what is read from the clusters that came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from dedup.nouns.evidence import Relation
from dedup.nouns.feed import Entry
from tools.briefs import briefs
from tools.forms import forms
from tools.labelled import SEEN, Labelled, Pair, excerpts_of, own, revision_of, seed_pair, syndication, translations
from tools.measures import (
    Found,
    Pairs,
    apart,
    grouped_pairs,
    labelled_pairs,
    pairs_inside,
    partition_agreement,
    recall_at,
    share,
    together,
)
from tools.scores import Grouping, Measured, Score

LEAST_PAIRS, LOWEST = 100, 10
"""Language pairs with so many pairs of documents are listed, those with the lowest recall."""
PRECISION = 0.99
"""Excerpts are scored by their recall at this precision."""


def helsinki() -> Measured:
    """Scraped pages around three events, and excerpts of them."""
    articles, pairs = syndication("helsinki")
    source = {article.id: article.entry.source for article in articles}
    across = [pair for pair in pairs if source[pair.a] != source[pair.b]]
    measured_excerpts = excerpts_in(articles, pairs)

    def scores(found: Grouping) -> Iterator[Score]:
        yield Score("ARI of the groups", partition_agreement(articles, found.clusters), 0.95, 0.985)
        yield from _dup_and_diff(pairs, found, dup=(0.93, 0.99), diff=(0.998, 1.0))
        yield Score("dup pairs of two sources together", together(_of("dup", across), found.clusters))
        yield Score("partial pairs together", together(_of("partial", pairs), found.clusters))
        yield from _precision_and_recall(articles, pairs, found)
        yield from measured_excerpts.scores(found)

    return Measured([*articles, *measured_excerpts.articles], scores)


def ecbplus() -> Measured:
    """Reports of 86 events, some of them copies, and excerpts of them."""
    articles, pairs = syndication("ecbplus")
    measured_excerpts = excerpts_in(articles, pairs)
    event = {article.id: article.group for article in articles}

    def scores(found: Grouping) -> Iterator[Score]:
        inside = [tuple(pair) for pair in pairs_inside(articles, found.clusters)]
        crossing = sum(event[a] != event[b] for a, b in inside)
        across = len(articles) * (len(articles) - 1) // 2 - sum(
            event[a.id] == event[b.id] for a, b in combinations(articles, 2)
        )
        yield from _dup_and_diff(pairs, found, dup=(0.90, 0.97), diff=(None, None))
        yield Score("pairs of different events apart", 1 - crossing / across, 1.0, 1.0)
        yield Score("partial pairs together", together(_of("partial", pairs), found.clusters))
        yield from _precision_and_recall(articles, pairs, found)
        yield from measured_excerpts.scores(found)

    return Measured([*articles, *measured_excerpts.articles], scores)


def excerpts_in(articles: Sequence[Labelled], pairs: Sequence[Pair]) -> Measured:
    """Excerpts beside the articles that they were cut from.

    Beside an excerpt belong its original and what is `dup` of that; `partial` articles are not counted.
    """
    excerpts = excerpts_of(articles)
    labels = {frozenset((pair.a, pair.b)): pair.label for pair in pairs}
    whole = {article.id for article in articles}

    def scores(found: Grouping) -> Iterator[Score]:
        inside: dict[str, list[str]] = {}
        for name in whole:
            inside.setdefault(found.clusters[name], []).append(name)
        looked = []
        for one in excerpts:
            beside = inside.get(found.clusters[one.article.id], [])
            said = [labels.get(frozenset((other, one.original.id))) for other in beside if other != one.original.id]
            there = one.original.id in beside
            right, skipped = said.count("dup") + there, said.count("partial")
            wrong = len(said) + there - right - skipped
            looked.append(Found(there, _sureness(found, one.article.id), right, wrong))
        right, wrong = sum(one.right for one in looked), sum(one.wrong for one in looked)
        yield Score("excerpts with their originals", share(sum(one.original for one in looked), len(looked)))
        yield Score("excerpts, precision", share(right, right + wrong))
        yield Score(f"excerpts, recall at precision {PRECISION}", recall_at(PRECISION, looked), 0.85, 0.95)
        asked = [found.members[one.article.id] for one in excerpts if one.article.id in found.members]
        named = [member.relation for member in asked if member.via in whole]
        hit = sum(relation in (Relation.EXCERPT, Relation.EXACT) for relation in named)
        yield Score("excerpts that joined an article, named so", share(hit, len(named)))

    return Measured([one.article for one in excerpts], scores)


def copies() -> Measured:
    """The project's own copies, in seven languages, and a revision of each original."""
    written = own("copies")
    revised = [revision_of(article) for article in written if article.kind == "original"]
    articles = [*written, *revised]

    def scores(found: Grouping) -> Iterator[Score]:
        pairs = grouped_pairs(articles, found.clusters)
        yield Score("precision of pairs", pairs.precision)
        yield Score("recall of pairs", pairs.recall)
        for lang in sorted({article.lang for article in articles}):
            some = grouped_pairs([article for article in articles if article.lang == lang], found.clusters)
            yield Score(f"recall of pairs, {lang}", some.recall)
        for kind in ("copy", "excerpt", "revision"):
            those = [found.members[one.id].relation for one in articles if one.kind == kind and one.id in found.members]
            named = [relation for relation in those if relation is not None]
            hit = sum(relation == kind or (kind == "copy" and relation is Relation.EXACT) for relation in named)
            yield Score(f"{kind} that joined, named so", share(hit, len(named)))

    return Measured(articles, scores)


def lookalikes() -> Measured:
    """The project's own templates, columns, own reports and round-ups: none is the story of another."""
    articles = own("lookalikes")
    everything = list(combinations(articles, 2))
    family = [(a, b) for a, b in everything if a.event == b.event]
    round_ups = [(a, b) for a, b in everything if "roundup" in a.event and "roundup" in b.event]

    def scores(found: Grouping) -> Iterator[Score]:
        for name, pairs, floor, aim in (
            ("all pairs apart", everything, 0.98, 0.998),
            ("pairs of one family apart", family, 0.98, 0.998),
            ("round-ups and their stories apart", round_ups, None, None),
        ):
            yield Score(name, apart([Pair(a.id, b.id, "") for a, b in pairs], found.clusters), floor, aim)

    return Measured(articles, scores)


def forms_filled_in() -> Measured:
    """Forms that are filled in anew every day, by one outlet and by several; some issues are printed again elsewhere."""
    articles = forms()
    families: dict[str, list[Labelled]] = {}
    for article in articles:
        families.setdefault(article.event, []).append(article)
    pairs = [pair for family in families.values() for pair in combinations(family, 2)]
    reprints = [Pair(a.id, b.id, "") for a, b in pairs if a.group == b.group]
    others = [(a, b) for a, b in pairs if a.group != b.group]
    sources = [(Pair(a.id, b.id, ""), a.entry.source == b.entry.source) for a, b in others]

    def scores(found: Grouping) -> Iterator[Score]:
        yield Score("issues of one outlet apart", apart([pair for pair, same in sources if same], found.clusters))
        yield Score("issues of two outlets apart", apart([pair for pair, same in sources if not same], found.clusters))
        yield Score("reprints together", together(reprints, found.clusters))

    return Measured(articles, scores)


def other_languages() -> Measured:
    """Documents in many languages, and the seed pair: one group is one story, whoever translated it."""
    documents, related = translations()
    seeds = [
        Labelled(Entry(id=f"seed {n}", source=f"seed {n}", content=text, seen=SEEN), "seeds", "seeds")
        for n, text in enumerate(seed_pair())
    ]
    articles = [*documents, *seeds]
    group = {article.id: article.group or article.id for article in articles}
    members = Counter(group.values())
    kind = {article.id: _version(article) for article in articles}

    def scores(found: Grouping) -> Iterator[Score]:
        inside = [tuple(pair) for pair in pairs_inside(articles, found.clusters)]
        counted = [(a, b) for a, b in inside if frozenset((group[a], group[b])) not in related]
        right = [(a, b) for a, b in counted if group[a] == group[b]]
        wanted = sum(count * (count - 1) // 2 for count in members.values())
        pairs = Pairs(len(right), len(counted) - len(right), wanted - len(right))
        yield Score("precision of pairs", pairs.precision, 0.99, 0.998)
        yield Score("recall of pairs", pairs.recall)
        yield Score("F1 of pairs", pairs.f1, 0.95, 0.99)
        yield Score(
            "largest cluster over largest story", max(Counter(found.clusters.values()).values()) / max(members.values())
        )
        yield Score("seed pair in one cluster", float(found.clusters["seed 0"] == found.clusters["seed 1"]), 1.0, 1.0)
        yield from _by_kind(articles, kind, found)

    return Measured(articles, scores)


def _version(article: Labelled) -> str:
    """Language and maker of a document; the ids of two sets end in `|LANGUAGE|MAKER`, the third is human throughout."""
    parts = article.id.split("|")
    return f"{article.lang or 'en'}|{parts[2] if len(parts) > 2 else 'human'}"


def _by_kind(articles: Sequence[Labelled], kind: Mapping[str, str], found: Grouping) -> Iterator[Score]:
    """Recall of pairs by what their two sides are, and the language pairs with the lowest."""
    stories: dict[str, list[str]] = {}
    for article in articles:
        stories.setdefault(article.group or article.id, []).append(article.id)
    met, all_pairs = Counter[str](), Counter[str]()
    for a, b in (pair for story in stories.values() for pair in combinations(story, 2)):
        languages = sorted((kind[a].split("|")[0], kind[b].split("|")[0]))
        names = ["-".join(languages), "without English" if "en" not in languages else "with English"]
        names.append("with a machine version" if "mt" in kind[a] + kind[b] else "human versions only")
        all_pairs.update(names)
        met.update(names if found.clusters[a] == found.clusters[b] else ())
    shown = ["with English", "without English", "human versions only", "with a machine version"]
    named = [name for name in all_pairs if name not in shown and all_pairs[name] >= LEAST_PAIRS]
    lowest = sorted(named, key=lambda name: met[name] / all_pairs[name])[:LOWEST]
    for name in [name for name in shown if name in all_pairs] + lowest:
        yield Score(f"recall, {name}", met[name] / all_pairs[name])


def short_translations() -> Measured:
    """Briefs in another language than the only whole version of their story, beside one version of all other stories."""
    index, made = briefs()
    group = {article.id: article.group or article.id for article in (*index, *(one.article for one in made))}
    whole = {article.id for article in index}

    def scores(found: Grouping) -> Iterator[Score]:
        beside: dict[str, list[str]] = {}
        for name in whole:
            beside.setdefault(found.clusters[name], []).append(name)
        looked = []
        for one in made:
            others = beside.get(found.clusters[one.article.id], [])
            right = sum(group[other] == group[one.article.id] for other in others)
            sure = _sureness(found, one.article.id)
            looked.append(Found(one.original.id in others, sure, right, len(others) - right))
        right, wrong = sum(one.right for one in looked), sum(one.wrong for one in looked)
        yield Score("briefs with their stories", share(sum(one.original for one in looked), len(looked)))
        yield Score("briefs, precision", share(right, right + wrong))
        yield Score(f"briefs, recall at precision {PRECISION}", recall_at(PRECISION, looked), 0.55, 0.65)

    return Measured([*index, *(one.article for one in made)], scores, only_alone=True)


SETS: Mapping[str, Callable[[], Measured]] = {
    "helsinki": helsinki,
    "ecbplus": ecbplus,
    "copies": copies,
    "lookalikes": lookalikes,
    "forms": forms_filled_in,
    "languages": other_languages,
    "briefs": short_translations,
}


def _of(label: str, pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.label == label]


def _dup_and_diff(
    pairs: Sequence[Pair],
    found: Grouping,
    dup: tuple[float | None, float | None],
    diff: tuple[float | None, float | None],
) -> Iterator[Score]:
    yield Score("dup pairs together", together(_of("dup", pairs), found.clusters), *dup)
    yield Score("diff pairs apart", apart(_of("diff", pairs), found.clusters), *diff)


def _precision_and_recall(articles: Sequence[Labelled], pairs: Sequence[Pair], found: Grouping) -> Iterator[Score]:
    counted = labelled_pairs(articles, pairs, found.clusters)
    yield Score("precision of pairs", counted.precision)
    yield Score("recall of pairs", counted.recall)
    yield Score("F1 of pairs", counted.f1)


def _sureness(found: Grouping, article_id: str) -> float:
    """The score with which an article joined; of a first member, the best with which another joined it; alone, 0."""
    member = found.members.get(article_id)
    if member is None or member.score is not None:
        return member.score or 0.0 if member else 0.0
    return max((other.score or 0.0 for other in found.members.values() if other.via == article_id), default=0.0)
