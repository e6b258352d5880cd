"""Reading processes give what reading here gives, and a line that ends one of them takes nothing along."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dedup.edges.lexicon_file import Listener
from dedup.edges.readers import Readers
from dedup.nouns.errors import ProcessError
from dedup.nouns.intake import Part, Place
from dedup.reading.article import ReadingSettings
from dedup.spine.preparing import Preparer
from tests.doors.conftest import eventually
from tests.spine.newsroom import NOON, Newsroom

SETTINGS = ReadingSettings(min_words=8)
DIES_OVER_POISON = """
import json, os
usual = json.loads
def loads(text, **options):
    read = usual(text, **options)
    if isinstance(read, dict) and read.get("id") == "poison":
        os._exit(3)
    return read
json.loads = loads
"""


def part(lines: Sequence[str], first_line: int = 1) -> Part:
    return Part("news.jsonl", first_line, NOON, "\n".join(lines).encode(), Place(), 0)


def lines(count: int, seed: int = 4) -> list[str]:
    room = Newsroom(seed)
    return [json.dumps({"id": f"{seed}.{number}", "text": " ".join(room.story(5))}) for number in range(count)]


def test_processes_give_what_reading_here_gives() -> None:
    good, few, bad = lines(3), '{"id": "few", "text": "four words are few"}', '{"id": '
    given = part([*good, "", few, bad, '{"id": "x"}'], first_line=41)
    here = Preparer(SETTINGS, Listener()).part(given)
    assert [one.name for one in here.failures] == ["news.jsonl:46", "news.jsonl:47"]
    assert here.tally.accepted == 6
    with Readers(2, SETTINGS) as readers, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(readers.prepare, [given] * 8)) == [here] * 8
        assert len(readers.pids()) == 2


def test_a_part_that_is_an_error_fails() -> None:
    broken = Part("news.jsonl", 7, NOON, b"", Place(), 0, "longer than we read")
    (failure,) = Preparer(SETTINGS).part(broken).failures
    assert (failure.name, failure.error) == ("news.jsonl:7", "longer than we read")


def test_a_line_that_ends_its_process_fails_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(DIES_OVER_POISON)
    monkeypatch.syspath_prepend(tmp_path)
    some = lines(6)
    some.insert(4, '{"id": "poison", "text": "Nobody survives reading this line, whoever it is."}')
    with Readers(1, SETTINGS) as readers:
        done = readers.prepare(part(some))
        assert [one.article.id for one in done.submissions] == [f"4.{number}" for number in range(6)]
        assert [one.name for one in done.failures] == ["news.jsonl:5"]


def test_a_process_that_is_killed_is_replaced() -> None:
    with Readers(1, SETTINGS) as readers:
        readers.prepare(part(lines(1)))
        (pid,) = readers.pids()
        os.kill(pid, signal.SIGKILL)
        assert len(readers.prepare(part(lines(2))).submissions) == 2
        assert readers.pids() != (pid,)


def test_processes_end_with_the_pool() -> None:
    with Readers(2, SETTINGS) as readers, ThreadPoolExecutor(2) as pool:
        list(pool.map(readers.prepare, [part(lines(1))] * 8))
        pids = readers.pids()
        assert len(pids) == 2
    assert eventually(lambda: not any(map(_is_alive, pids)))
    assert readers.pids() == ()
    with pytest.raises(ProcessError):
        readers.prepare(part(lines(1)))


def test_a_process_that_cannot_be_started_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    with Readers(1, SETTINGS) as readers, pytest.raises(ProcessError, match="--processes 0"):
        readers.prepare(part(lines(1)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
