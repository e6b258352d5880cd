"""What the index keeps of an article, and where the article has been placed."""

from __future__ import annotations

from dataclasses import dataclass, field

from dedup.nouns.article import Article
from dedup.nouns.cluster import Cluster, Event
from dedup.nouns.evidence import Evidence, Relation
from dedup.nouns.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class Submission:
    """An article with its fingerprint, on its way to the index.

    `packed` is the article as the index keeps it, where it has been packed already; packing is a good part of the work.
    """

    article: Article
    fingerprint: Fingerprint
    packed: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared and ordered of an article that is in the index; its text is kept apart.

    `ref` is the article's 32-bit name inside the index. `origin` and `address` are digests of its source and of its
    URL (or guid): two records that agree in both are versions of one page.
    """

    ref: int
    id: str
    published: int
    updated: int
    origin: int
    address: int
    fingerprint: Fingerprint
    versions: int = 1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article has been put: the ref of the article that names its cluster, and how it joined.

    `ticket` orders placements: one made with a higher ticket has seen at least as much (docs/design.md, decision 6).
    `versions` is how many texts the article had had by then. `level` tells how large the crowd around the article is
    known to be: weaker links than that level has do not count for it (grouping/levels.py). It only rises.
    """

    ticket: int
    cluster: int
    relation: Relation | None = None
    score: float | None = None
    via: int | None = None
    versions: int = 1
    level: int = 0

    def agrees(self, other: Placement) -> bool:
        """Whether both say the same, whoever said it and of which version."""
        mine, theirs = ((one.cluster, one.relation, one.score, one.via) for one in (self, other))
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Shelf:
    """A cluster as the index keeps it.

    `ticket` is that of the regrouping that wrote it; `pending` are the events of that writing which may not have
    reached the stream yet. `renewed` is the ticket, and `renewed_at` the time, of the regrouping that last let all of
    its articles live for a whole window more.
    """

    ref: int
    ticket: int
    cluster: Cluster
    pending: tuple[Event, ...] = ()
    renewed: int = 0
    renewed_at: int = 0


@dataclass(frozen=True, slots=True)
class Lift:
    """That an article is to rise to a level, if all that is known of it is still as it was read or written: placed with
    `ticket`, so many `links`, and `shelf` the ticket of the cluster that it names (0: none)."""

    ref: int
    level: int
    ticket: int
    links: int
    shelf: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it is looked up: the text, the number of versions seen, and the id of its cluster."""

    article: Article
    versions: int
    cluster: str


@dataclass(frozen=True, slots=True)
class Match:
    """An article of the index that matches a text that was asked about."""

    id: str
    cluster: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that two articles share, as each of them prints it."""

    a: str
    b: str
    words: int


@dataclass(frozen=True, slots=True)
class SharedConcept:
    """Something that two articles say, each in its own words; `concept` is what it is called in English."""

    concept: str
    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not, two articles are together.

    `candidate` says whether the LSH index proposes the pair at all, `together` whether they are in one cluster now;
    `threshold` is the log-odds above which a pair is linked.
    """

    a: str
    b: str
    together: bool
    candidate: bool
    threshold: float
    evidence: Evidence
    passages: tuple[Passage, ...] = ()
    concepts: tuple[SharedConcept, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a number of entries: accepted = clustered + skipped + failed, once all are done."""

    accepted: int = 0
    clustered: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.accepted + other.accepted,
            self.clustered + other.clustered,
            self.skipped + other.skipped,
            self.failed + other.failed,
        )
