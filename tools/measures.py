"""Measures of a grouping against labels. Pure: clusters and labels in, figures out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tools.labelled import Labelled, Pair

Clusters = Mapping[str, str]
"""Of each article, the cluster that it is in."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs put together: `right`, `wrong`, and `missed` ones that should have been."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs put together, the share that belong together; 1 if there are none."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that belong together, the share that were put together; 1 if there are none."""
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def share(part: int, whole: int) -> float:
    """Part of whole; all of it where there is nothing."""
    return part / whole if whole else 1.0


def adjusted_rand_index(truth: Sequence[str], found: Sequence[str]) -> float:
    """Agreement of two partitions of the same articles, 1 for equal ones and 0 for chance (Hubert & Arabie 1985)."""
    both = _pairs_inside(zip(truth, found, strict=True))
    in_truth, in_found = _pairs_inside(truth), _pairs_inside(found)
    chance = in_truth * in_found / max(1, len(truth) * (len(truth) - 1) / 2)
    most = (in_truth + in_found) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def _pairs_inside(labels: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def partition_agreement(articles: Sequence[Labelled], clusters: Clusters) -> float:
    """ARI over all articles; one without a group is a group of its own."""
    return adjusted_rand_index([one.group or one.id for one in articles], [clusters[one.id] for one in articles])


def together(pairs: Iterable[Pair], clusters: Clusters) -> float:
    """Share of the pairs that are in one cluster."""
    found = [clusters[pair.a] == clusters[pair.b] for pair in pairs]
    return share(sum(found), len(found))


def apart(pairs: Iterable[Pair], clusters: Clusters) -> float:
    """Share of the pairs that are not in one cluster."""
    found = [clusters[pair.a] != clusters[pair.b] for pair in pairs]
    return share(sum(found), len(found))


def labelled_pairs(articles: Sequence[Labelled], pairs: Iterable[Pair], clusters: Clusters) -> Pairs:
    """Pairs of a set that labels pairs: `partial` ones are left out, those not listed should be apart."""
    labels = {frozenset((pair.a, pair.b)): pair.label for pair in pairs}
    wanted = {pair for pair, label in labels.items() if label == "dup"}
    found = [pair for pair in pairs_inside(articles, clusters) if labels.get(pair) != "partial"]
    right = sum(pair in wanted for pair in found)
    return Pairs(right, len(found) - right, len(wanted) - right)


def grouped_pairs(articles: Sequence[Labelled], clusters: Clusters) -> Pairs:
    """Pairs of a set that labels groups."""
    group = {one.id: one.group for one in articles}
    sizes = Counter(one.group for one in articles if one.group)
    wanted = sum(size * (size - 1) // 2 for size in sizes.values())
    found = [tuple(pair) for pair in pairs_inside(articles, clusters)]
    right = sum(group[a] is not None and group[a] == group[b] for a, b in found)
    return Pairs(right, len(found) - right, wanted - right)


def pairs_inside(articles: Iterable[Labelled], clusters: Clusters) -> list[frozenset[str]]:
    """All pairs of these articles that are in one cluster."""
    inside: dict[str, list[str]] = defaultdict(list)
    for article in articles:
        inside[clusters[article.id]].append(article.id)
    return [frozenset(pair) for ids in inside.values() for pair in combinations(ids, 2)]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one excerpt: whether its original is in its cluster, how sure the grouping was, and how many
    of the articles beside it belong there (the original and its copies), and how many do not."""

    original: bool
    score: float
    right: int
    wrong: int


def recall_at(precision: float, found: Sequence[Found]) -> float:
    """Share of the excerpts grouped with their originals, once the least sure are let go until `precision` holds."""
    ranked = sorted(found, key=lambda one: -one.score)
    kept = len(ranked)
    right, wrong = sum(one.right for one in ranked), sum(one.wrong for one in ranked)
    while kept and share(right, right + wrong) < precision:
        kept -= 1
        right, wrong = right - ranked[kept].right, wrong - ranked[kept].wrong
    return share(sum(one.original for one in ranked[:kept]), len(ranked))
