"""What is handed to us in numbers: a part of an archive, what became of its articles, and where it was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dedup.nouns.errors import kind_of
from dedup.nouns.feed import Skipped
from dedup.nouns.record import Submission, Tally


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that ends here, and why; `name` is its id, or the file and line where it stands."""

    name: str
    error: str

    @property
    def kind(self) -> str:
        """The kind of error, to count it by."""
        return kind_of(self.error)


@dataclass(frozen=True, slots=True)
class Intake:
    """Some articles, sorted by what became of them.

    Before grouping `submissions` are those that can be grouped, afterwards those that were.
    """

    submissions: tuple[Submission, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def tally(self) -> Tally:
        """The numbers, once grouped."""
        clustered, skipped, failed = len(self.submissions), len(self.skipped), len(self.failures)
        return Tally(clustered + skipped + failed, clustered, skipped, failed)

    @property
    def totals(self) -> Mapping[str, int]:
        """What they add to the running totals of a store: the tally, the skipped by reason, and the failed by kind; no
        zeros."""
        tally = self.tally
        found = Counter(f"skipped.{one.reason}" for one in self.skipped)
        found.update(f"failed.{one.kind}" for one in self.failures)
        found.update(accepted=tally.accepted, clustered=tally.clustered, skipped=tally.skipped, failed=tally.failed)
        return +found


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two lines of an archive: so many bytes (unpacked) and lines stand before it.

    `digest` is of these bytes: a file that has the same ones before the place has been read up to it.
    """

    bytes: int = 0
    lines: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of an archive, as they stand there.

    `archive` names it for people, `end` is the place behind the part, `passed_bytes` how much of the file, as it lies
    on the disk, has been read by then. A part with an `error` is one line that cannot be read.
    """

    archive: str
    first_line: int
    seen: int
    body: bytes
    end: Place
    passed_bytes: int
    error: str = ""


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far an archive has been taken in: the place, the number of parts up to there, and what became of them.

    `run` names the import that holds it; there is one at a time, the one that came last.
    """

    run: str
    parts: int = 0
    place: Place = Place()
    tally: Tally = NOTHING
