"""JSON Lines from files and standard input, plain or gzipped, as a stream of entries and of errors that say where."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from dedup.nouns.errors import InputError
from dedup.nouns.feed import Entry
from dedup.reading.lines import entry_from_line

MAX_LINE_BYTES = 64 * 1024 * 1024
"""More than any article has; a file without line ends must not be read into memory as one line."""
REPORT_EVERY_LINES = 64
GZIP_MAGIC = b"\x1f\x8b"

Report = Callable[[int], None]
"""Told how many bytes have been read since the last time."""


def total_bytes(names: Iterable[str]) -> int | None:
    """The size of all files together; None if one of them is standard input or no regular file."""
    paths = [Path(name) for name in names]
    if any(name == "-" or not path.is_file() for name, path in zip(names, paths, strict=True)):
        return None
    return sum(path.stat().st_size for path in paths)


def read_articles(
    names: Iterable[str], stdin: BinaryIO, seen: int, report: Report | None = None
) -> Iterator[Entry | InputError]:
    """Every line of every file ("-": `stdin`) that is not blank: an entry, or the error that says where it is wrong.

    A file that cannot be read to its end gives an error in the place where it stopped; the next file follows.
    """
    for name in names:
        yield from _read_file(name, stdin, seen, report or (lambda count: None))


def _read_file(name: str, stdin: BinaryIO, seen: int, report: Report) -> Iterator[Entry | InputError]:
    label, number = ("standard input" if name == "-" else name), 0
    try:
        with ExitStack() as opened:
            raw = stdin if name == "-" else opened.enter_context(Path(name).open("rb"))
            lines = opened.enter_context(_unpacked(raw)) if _is_gzip(raw) else raw
            told = 0
            while line := lines.readline(MAX_LINE_BYTES + 1):
                number += 1
                if number % REPORT_EVERY_LINES == 0 and raw is not stdin:
                    report(raw.tell() - told)
                    told = raw.tell()
                if len(line) > MAX_LINE_BYTES:
                    yield InputError(f"{label}:{number}", f"longer than {MAX_LINE_BYTES:,} bytes")
                    _skip_line(lines, line)
                elif line.strip():
                    yield _entry(line, f"{label}:{number}", seen)
            if raw is not stdin:
                report(raw.tell() - told)
    except (OSError, EOFError, zlib.error) as error:
        yield InputError(f"{label}:{number + 1}", f"cannot be read from here on: {error}")


def _entry(line: bytes, where: str, seen: int) -> Entry | InputError:
    try:
        return entry_from_line(line, where, seen)
    except InputError as error:
        return error


def _is_gzip(raw: BinaryIO) -> bool:
    # Every buffered reader can look ahead; a bare one (a test's BytesIO) is not compressed.
    peek = getattr(raw, "peek", None)
    return peek is not None and peek(2)[:2] == GZIP_MAGIC


def _unpacked(raw: BinaryIO) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw)


def _skip_line(lines: BinaryIO | gzip.GzipFile, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = lines.readline(MAX_LINE_BYTES)
