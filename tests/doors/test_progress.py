"""How far an import has come, as people see it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from dedup.doors.cli.progress import Progress
from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Failure, Intake, Part, Place
from tests.spine.newsroom import Newsroom

DONE = Intake(skipped=(Skipped("empty"),) * 100)


def part(archive: str, passed_bytes: int) -> Part:
    return Part(archive, 1, 0, b"", Place(), passed_bytes)


def test_rate_and_remaining_time_are_those_of_this_run() -> None:
    shown: list[tuple[int, str]] = []
    now = 50.0
    progress = Progress({"a": 1_000, "b": 9_000}, lambda *told: shown.append(told), clock=lambda: now)
    progress.resumed("b", Place(4_000, 40), changed=False)
    progress.passed(part("b", 4_000), DONE)
    now += 10
    progress.passed(part("b", 5_000), DONE)
    assert shown == [(4_000, ""), (1_000, "10 articles/s, 50 s left")]
    assert progress.share() == "50 %"


def test_sizes_of_the_archives_before_are_added() -> None:
    shown: list[tuple[int, str]] = []
    progress = Progress({"a": 1_000, "b": 9_000}, lambda *told: shown.append(told), clock=lambda: 0)
    for name, passed in (("a", 400), ("a", 1_000), ("b", 500)):
        progress.passed(part(name, passed), DONE)
    assert [step for step, _ in shown] == [400, 600, 500]
    assert progress.share() == "15 %"


def test_without_sizes_there_is_a_rate_only(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = Progress({"standard input": None}, lambda step, pace: None, clock=lambda: now)
    progress.passed(part("standard input", 0), DONE)
    now += 1
    progress.passed(part("standard input", 0), Intake(failures=(Failure("standard input:7", "not\x1bJSON"),)))
    assert (progress.pace(), progress.share()) == ("1 articles/s", "")
    assert capsys.readouterr().err == "standard input:7: not JSON\n"


def test_on_a_terminal_there_is_a_bar(tmp_path: Path) -> None:
    room, archive = Newsroom(2), tmp_path / "archive.jsonl"
    archive.write_text("".join(json.dumps({"text": room.sentence()}) + "\n" for _ in range(2_500)))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dedup.doors.cli", "ingest", str(archive), "--data-dir", str(tmp_path / "data")]
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL) as process:
        os.close(theirs)
        told = b""
        while piece := _read(ours):
            told += piece
        assert process.wait(60) == 0
    os.close(ours)
    assert "Taking in  [" in told.decode()
    assert "100%" in told.decode()
    assert " articles/s, 0 s left" in told.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # the other side of a terminal is gone
        return b""
