"""Lines from files: numbered, however long, whatever is in them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from dedup.doors.cli import json_lines
from dedup.doors.cli.json_lines import read_articles, total_bytes
from dedup.nouns.errors import InputError


def test_a_line_that_is_too_long_is_skipped_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 20)
    stdin = io.BytesIO(b'{"text": "' + b"x" * 100 + b'"}\n{"text": "short"}\n')
    long, short = read_articles(["-"], stdin, seen=5)
    assert str(long) == "standard input:1: longer than 20 bytes"
    assert not isinstance(short, InputError)
    assert short.content == "short"


def test_reading_reports_every_byte(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(b'{"text": "t"}\n' * 200)
    told: list[int] = []
    names = [str(path) for path in paths]
    assert len(list(read_articles(names, io.BytesIO(), 5, told.append))) == 400
    assert sum(told) == total_bytes(names) == 5_600
    assert total_bytes([*names, "-"]) is None


def test_a_directory_is_an_error_in_its_place(tmp_path: Path) -> None:
    (error,) = read_articles([str(tmp_path)], io.BytesIO(), 5)
    assert isinstance(error, InputError)
    assert str(error).startswith(f"{tmp_path}:1: cannot be read from here on")
