"""What is measured: scores, groupings, and sets that give the ones to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dedup.nouns.cluster import Cluster, Member
from tools.labelled import Labelled


@dataclass(frozen=True, slots=True)
class Score:
    """One measured figure, with the floor of a release and what we aim at; one without a floor is only shown."""

    name: str
    value: float
    floor: float | None = None
    aim: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the value is below its floor."""
        return self.floor is not None and self.value < self.floor


@dataclass(frozen=True, slots=True)
class Grouping:
    """What came out: of each article its cluster, and how it joined."""

    clusters: Mapping[str, str]
    members: Mapping[str, Member]

    @staticmethod
    def of(clusters: Iterable[Cluster], articles: Sequence[Labelled]) -> Grouping:
        """The grouping of these articles; one that the index refused is alone."""
        placed, members = {article.id: article.id for article in articles}, {}
        for cluster in clusters:
            for member in cluster.members:
                placed[member.id], members[member.id] = cluster.id, member
        return Grouping(placed, members)


@dataclass(frozen=True, slots=True)
class Measured:
    """A set: its articles, and the scores that it gives to a grouping of them."""

    articles: Sequence[Labelled]
    scores: Callable[[Grouping], Iterator[Score]]
    only_alone: bool = False
    """Whether the other sets would give away what is looked for."""
