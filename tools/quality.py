"""How good the grouping is: `make quality`, or `python -m tools.quality [--json] [--redis URL|DIR] [--set NAME]`.

Runs labelled articles through the real pipeline, each set alone and all sets together in one index, and prints what
came of it beside the floors that a release must reach. Exit code 1 if one is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from dedup.edges.lexicon_file import Listener
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import canonical_url
from dedup.spine.desk import Desk
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from tools.labelled import SEEN, Labelled
from tools.scores import Grouping, Score
from tools.seeds import seed_scores
from tools.sets import SETS

WINDOW_S = 14 * 86_400
BATCH = 500

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """A score of a set in an index."""

    set: str
    index: str
    score: Score


@contextmanager
def open_store(place: str | None) -> Iterator[Desk]:
    """An empty index: in memory, or at a Redis URL or in a data directory. The one place that decides where."""
    if place is None:
        store, settings = MemoryStore(), ReadingSettings()
        pipeline = Pipeline(store, window_s=WINDOW_S, clock=lambda: SEEN, reading=settings, listen=Listener())
        yield Desk(
            store, pipeline, read=lambda entry: read(entry, settings), canonical=canonical_url, clock=lambda: SEEN
        )
    else:
        import dedup

        with dedup.connect(place) as connection:
            yield connection


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether every floor is reached."""
    asked = _parser().parse_args(arguments)
    lines = measure(asked.redis, asked.set or list(SETS), _progress if sys.stderr.isatty() else _silence)
    lines += [Line("seeds", "", score) for score in seed_scores()]
    print(as_json(lines) if asked.json else as_table(lines))
    return int(any(line.score.missed for line in lines))


def measure(place: str | None, names: Sequence[str], tell: Tell) -> list[Line]:
    """The scores of each set alone (a Redis at a URL is one index: there, only together) and of all in one index."""
    sets = {name: SETS[name]() for name in names}
    lines: list[Line] = []
    if place is None or "://" not in place:
        for name, measured in sets.items():
            grouping = _grouped(measured.articles, _within(place, name), name, tell)
            lines += [Line(name, "alone", score) for score in measured.scores(grouping)]
    sets = {name: measured for name, measured in sets.items() if not measured.only_alone}
    if len(sets) > 1:
        articles = [article for measured in sets.values() for article in measured.articles]
        grouping = _grouped(articles, _within(place, "together"), "all together", tell)
        for name, measured in sets.items():
            lines += [Line(name, "together", score) for score in measured.scores(grouping)]
    return lines


def _within(place: str | None, name: str) -> str | None:
    """A new data directory inside `place`, unless that is no directory."""
    if place is None or "://" in place:
        return place
    Path(place).mkdir(parents=True, exist_ok=True)
    return tempfile.mkdtemp(prefix=f"{name}-", dir=place)


def _grouped(articles: Sequence[Labelled], place: str | None, name: str, tell: Tell) -> Grouping:
    with open_store(place) as store:
        for start in range(0, len(articles), BATCH):
            tell(f"{name}: {start:,} of {len(articles):,} articles")
            store.ingest([article.entry for article in articles[start : start + BATCH]])
        tell("")
        return Grouping.of(store.all_clusters(), articles)


def as_json(lines: Sequence[Line]) -> str:
    """One JSON object a score, one line each."""
    return "\n".join(
        json.dumps({"set": line.set, "index": line.index, **asdict(line.score), "missed": line.score.missed})
        for line in lines
    )


def as_table(lines: Sequence[Line]) -> str:
    """One line a score, and one that sums up."""
    rows = [f"{'set':10s} {'index':8s} {'score':44s} {'value':>8s} {'floor':>6s} {'aim':>6s}", *map(_row, lines)]
    floors = [line for line in lines if line.score.floor is not None]
    missed = [line for line in floors if line.score.missed]
    summary = f"{len(floors) - len(missed)} of {len(floors)} floors reached"
    return "\n".join([*rows, "", summary, *(f"MISS {line.set}, {line.index}: {line.score.name}" for line in missed)])


def _row(line: Line) -> str:
    score = line.score
    floor, aim = (f"{limit:6.3f}" if limit is not None else " " * 6 for limit in (score.floor, score.aim))
    verdict = "" if score.floor is None else "MISS" if score.missed else "ok"
    return f"{line.set:10s} {line.index:8s} {score.name:44s} {score.value:8.4f} {floor} {aim} {verdict}".rstrip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.quality", description="measure the grouping on labelled sets"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a score")
    parser.add_argument("--redis", metavar="URL|DIR", help="an empty Redis, or a data directory; default: in memory")
    parser.add_argument("--set", action="append", choices=list(SETS), help="only this set; may be repeated")
    return parser


def _progress(line: str) -> None:
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _silence(line: str) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
