"""The importer: whatever interrupts it, every line is done and counted once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dedup.edges.archive_file import ArchiveFile
from dedup.loops.importer import AHEAD, FIRST_PARTS, Imported, Importer, Reading
from dedup.nouns.errors import InputError, StoreError
from dedup.nouns.intake import Bookmark, Intake, Part, Place
from dedup.nouns.record import Record, Submission, Tally
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom

PART_LINES = 5


@dataclass
class Ear:
    """Hears how it goes; sets `stop` when so many parts have passed."""

    stop: threading.Event = field(default_factory=threading.Event)
    stop_after: int = 1_000_000
    parts: list[tuple[str, int]] = field(default_factory=list)
    resumptions: list[tuple[int, bool]] = field(default_factory=list)

    def resumed(self, archive: str, place: Place, changed: bool) -> None:
        self.resumptions.append((place.lines, changed))

    def passed(self, part: Part, done: Intake) -> None:
        self.parts.append((Path(part.archive).name, part.first_line))
        if len(self.parts) >= self.stop_after:
            self.stop.set()


class Away(MemoryStore):
    """Is away at every third call of settling and counting; `turned` bookmarks are there all the same."""

    calls = 0

    def _pass(self) -> None:
        self.calls += 1
        if self.calls % 3 == 0:
            raise StoreError("Redis is away")

    def ticket(self) -> int:
        self._pass()
        return super().ticket()

    def turn(self, archive: str, bookmark: Bookmark, done: Intake) -> bool:
        turned = super().turn(archive, bookmark, done)
        self._pass()
        return turned


def pipeline(store: MemoryStore) -> Pipeline:
    return Pipeline(store, window_s=WINDOW_S, clock=lambda: NOON)


def take_in(
    store: MemoryStore,
    *names: Path,
    ear: Ear | None = None,
    anew: bool = False,
    reading: Reading | None = None,
    mend: Callable[[], None] | None = None,
) -> Imported:
    ear = ear or Ear()
    importer = Importer(
        store,
        pipeline(store),
        ear,
        ear.stop,
        clock=lambda: NOON,
        most_lines=PART_LINES,
        reading=reading,
        mend=mend,
    )
    return importer.run([ArchiveFile(str(name), io.BytesIO()) for name in names], anew)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Forty lines: stories in two prints, one in ten too short, one in ten broken."""
    room, path = Newsroom(8), tmp_path / "archive.jsonl"
    stories = [" ".join(room.story(6)) for _ in range(16)]
    good = [json.dumps({"id": f"a{number}", "text": stories[number // 2]}) for number in range(32)]
    lines = [*good, *['{"text": "short"}', '{"text": '] * 4]
    path.write_text("\n".join(sorted(lines, key=lambda line: line[::-1])) + "\n")
    return path


WHOLE = Tally(40, 32, 4, 4)
COUNTS = {
    **{"accepted": 40, "clustered": 32, "skipped": 4, "failed": 4},
    **{"skipped.too_short": 4, "failed.other": 4, "articles": 32},
}


def partition(store: MemoryStore) -> set[frozenset[str]]:
    return {frozenset(one.id for one in each.members) for each in store.clusters(limit=1_000).clusters}


def test_an_archive_is_taken_in_and_its_bookmark_taken_out(archive: Path) -> None:
    store, ear = MemoryStore(), Ear()
    assert take_in(store, archive, ear=ear) == Imported(WHOLE, finished=True)
    assert store.counts() == COUNTS
    assert [line for _, line in ear.parts] == list(range(1, 41, PART_LINES))
    assert len(partition(store)) == 16
    assert take_in(store, archive) == Imported(WHOLE, finished=True), "once done, it may be done again"
    assert store.counts()["accepted"] == 80


def test_what_is_counted_stays_true_when_the_store_is_away(archive: Path) -> None:
    store, mended = Away(), list[None]()
    assert take_in(store, archive, mend=lambda: mended.append(None)) == Imported(WHOLE, finished=True)
    assert store.counts() == COUNTS
    assert mended


@pytest.mark.parametrize("after", [1, 3, 6])
def test_an_interrupted_import_goes_on_where_it_was_left(archive: Path, after: int) -> None:
    store, first, second = MemoryStore(), Ear(stop_after=after), Ear()
    interrupted = take_in(store, archive, ear=first)
    assert (interrupted.finished, len(first.parts)) == (False, after + 1), "the next part had been begun"
    assert store.counts()["accepted"] == interrupted.tally.accepted
    assert take_in(store, archive, ear=second) == Imported(WHOLE, finished=True)
    assert second.resumptions == [((after + 1) * PART_LINES, False)]
    assert len(first.parts) + len(second.parts) == 40 / PART_LINES
    assert store.counts() == COUNTS


def test_of_several_archives_the_finished_ones_are_not_redone(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(archive.read_bytes())
    store, second = MemoryStore(), Ear()
    take_in(store, archive, other, ear=Ear(stop_after=9))
    done = take_in(store, archive, other, ear=second)
    assert done == Imported(WHOLE + WHOLE, finished=True)
    assert second.parts[0] == ("other.jsonl", 11)
    assert store.counts()["accepted"] == 80


def test_a_file_that_has_changed_and_one_that_is_to_begin_anew_begin_at_the_first_line(archive: Path) -> None:
    store, ear = MemoryStore(), Ear()
    take_in(store, archive, ear=Ear(stop_after=3))
    take_in(store, archive, ear=ear, anew=True)
    assert (ear.parts[0][1], ear.resumptions) == (1, [])
    big = archive.with_name("big.jsonl")
    text = "".join(
        json.dumps({"id": f"b{number}", "text": "A text of five words. " * 900}) + "\n" for number in range(20)
    )
    big.write_text(text)
    take_in(store, big, ear=Ear(stop_after=2))
    big.write_text(text.replace('"b14"', '"c14"'))
    ear = Ear()
    take_in(store, big, ear=ear)
    assert (ear.parts[0][1], ear.resumptions) == (1, [(15, True)])


def test_an_archive_named_twice_is_taken_in_twice(archive: Path) -> None:
    assert take_in(MemoryStore(), archive, archive) == Imported(WHOLE + WHOLE, finished=True)


def test_a_run_whose_archive_another_takes_over_ends(archive: Path) -> None:
    class Meddling(Ear):
        def passed(self, part: Part, done: Intake) -> None:
            super().passed(part, done)
            if len(self.parts) == 2:
                take_in(store, archive)

    store = MemoryStore()
    with pytest.raises(InputError, match="taken this file over"):
        take_in(store, archive, ear=Meddling())
    assert store.counts() == COUNTS


def test_a_store_that_is_away_when_told_to_stop_is_an_interruption(archive: Path) -> None:
    class Gone(MemoryStore):
        def ticket(self) -> int:
            ear.stop.set()
            raise StoreError("Redis is away")

    ear, store = Ear(), Gone()
    assert take_in(store, archive, ear=ear) == Imported(Tally(), finished=False)


def test_standard_input_is_counted_and_not_remembered(archive: Path) -> None:
    store, ear = MemoryStore(), Ear()
    importer = Importer(store, pipeline(store), ear, ear.stop, clock=lambda: NOON, most_lines=PART_LINES)
    done = importer.run([ArchiveFile("-", io.BytesIO(archive.read_bytes()))])
    assert done == Imported(WHOLE, finished=True)
    assert store.counts() == COUNTS


def test_parts_are_read_ahead_in_order_and_never_far(tmp_path: Path) -> None:
    room, path, threads = Newsroom(3), tmp_path / "archive.jsonl", 2
    path.write_text("".join(json.dumps({"id": f"{n}", "text": room.sentence()}) + "\n" for n in range(200)))
    store, ear, begun = MemoryStore(), Ear(), list[int]()
    here = pipeline(store)

    def prepare(part: Part) -> Intake:
        begun.append(part.first_line)
        assert len(begun) + FIRST_PARTS - len(ear.parts) <= (AHEAD + 1) * threads + 1
        return here.prepare(part)

    assert take_in(store, path, ear=ear, reading=Reading(prepare, threads)).tally.accepted == 200
    assert [line for _, line in ear.parts] == list(range(1, 201, PART_LINES))
    assert len(begun) == 200 / PART_LINES - FIRST_PARTS, "the first parts do not wait for processes to start"


def test_an_article_that_cannot_be_grouped_fails_by_itself(archive: Path) -> None:
    class Fussy(MemoryStore):
        def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
            if any(record.id == "a7" for record in records):
                raise ValueError("no room for that")
            return super().register(records, submissions)

    store, ear = Fussy(), Ear()
    importer = Importer(store, pipeline(store), ear, ear.stop, clock=lambda: NOON)
    with ExitStack() as opened:
        done = importer.run([opened.enter_context(ArchiveFile(str(archive), io.BytesIO()))])
    assert done == Imported(Tally(40, 31, 4, 5), finished=True)
    assert "a7" in [dead.name for dead in store.dead]
