"""Archives in parts: numbered, however long, whatever is in them; and found again where they were left."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dedup.edges import archive_file
from dedup.edges.archive_file import ArchiveFile
from dedup.nouns.intake import Part, Place

Pack = Callable[[bytes], bytes]
LINES = b"".join(b'{"text": "%d"}\n' % number for number in range(1_000))


def parts(path: Path | str, most_lines: int = 100, place: Place | None = None) -> list[Part]:
    with ArchiveFile(str(path), sys.stdin.buffer) as archive:
        if place:
            assert archive.resume(place)
        return list(archive.parts(most_lines, seen=5))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_parts_are_whole_lines_and_together_the_file(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "archive"
    path.write_bytes(pack(LINES + b'{"text": "the last has no end"}'))
    found = parts(path, 300)
    assert [part.first_line for part in found] == [1, 301, 601, 901]
    assert b"".join(part.body for part in found) == LINES + b'{"text": "the last has no end"}'
    assert found[-1].end.lines == 1_001
    assert found[-1].passed_bytes == path.stat().st_size


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_rest_is_the_same_when_it_is_read_from_a_place_on(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "archive"
    path.write_bytes(pack(LINES))
    whole = parts(path)
    assert parts(path, place=whole[3].end) == whole[4:]
    assert parts(path, place=whole[-1].end) == []


def test_a_file_that_has_grown_goes_on_and_one_that_has_changed_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(LINES)
    place = parts(path)[3].end
    path.write_bytes(LINES + LINES)
    assert len(parts(path, place=place)) == 16
    for other in (LINES.replace(b'"7"', b'"8"', 1), LINES[: place.bytes - 1], b"", gzip.compress(LINES)[:99]):
        path.write_bytes(other)
        with ArchiveFile(str(path), io.BytesIO()) as archive:
            assert not archive.resume(place)
            assert [part.first_line for part in archive.parts(100, 5)][:1] == [1][: len(other)]


def test_a_file_keeps_its_identity_while_it_grows(tmp_path: Path) -> None:
    path, other = tmp_path / "archive", tmp_path / "other"
    identities = []
    for content in (100 * LINES, 101 * LINES, b"x" + 100 * LINES):
        path.write_bytes(content)
        identities.append(ArchiveFile(str(path), io.BytesIO()).identity())
    other.write_bytes(100 * LINES)
    assert identities[0] == identities[1] != identities[2]
    assert ArchiveFile(str(other), io.BytesIO()).identity() not in {None, *identities}
    assert ArchiveFile("-", io.BytesIO()).identity() is None


def test_a_part_is_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_file, "PART_BYTES", 50)
    path = tmp_path / "archive"
    path.write_bytes(LINES)
    assert {part.body.count(b"\n") for part in parts(path)} == {4}


def test_a_line_that_is_too_long_is_passed_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_file, "MAX_LINE_BYTES", 20)
    stdin = io.BytesIO(b'{"text": "a"}\n{"text": "' + b"x" * 100 + b'"}\n{"text": "short"}\n')
    with ArchiveFile("-", stdin) as archive:
        before, long, after = archive.parts(100, 5)
    assert (before.first_line, before.error, before.body) == (1, "", b'{"text": "a"}\n')
    assert (long.archive, long.first_line, long.error) == ("standard input", 2, "longer than 20 bytes")
    assert (after.first_line, after.body) == (3, b'{"text": "short"}\n')
    assert after.end.bytes == len(stdin.getvalue())


def test_what_stands_before_a_damage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "archive.gz"
    path.write_bytes(gzip.compress(LINES)[:-12])
    *good, damage = parts(path)
    assert sum(part.body.count(b"\n") for part in good) > 0
    assert damage.error.startswith("cannot be read from here on: ")
    assert damage.first_line == good[-1].end.lines + 1


def test_a_directory_is_an_error_in_its_place(tmp_path: Path) -> None:
    (part,) = parts(tmp_path)
    assert part.first_line == 1
    assert part.error.startswith("cannot be read from here on")
