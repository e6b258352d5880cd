"""Archives: JSON Lines from files and standard input, plain or gzipped, in parts of whole lines.

A part is never larger than a few megabytes (unless one line is), so memory stays bounded however large the file is.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from dedup.nouns.intake import Part, Place

MAX_LINE_BYTES = 64 * 1024 * 1024
"""More than any article has; a file without line ends must not be read into memory as one line."""
PART_BYTES = 4 * 1024 * 1024
"""A part ends with the line that makes it larger than this, however few lines it has by then."""
HEAD_BYTES = 64 * 1024
"""So much of the beginning of a file, and its path, tell it from others."""
_BLOCK_BYTES = 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
UNREADABLE = (OSError, EOFError, zlib.error)


class ArchiveFile:
    """One archive, read from its beginning or from a place where it was left. Use it in a `with`; nothing is opened
    before it is asked for, and what cannot be read is a part with an error."""

    def __init__(self, name: str, stdin: BinaryIO) -> None:
        """`name` is a path, or "-" for `stdin`."""
        self._path = None if name == "-" else Path(name)
        self._stdin = stdin
        self._opened = ExitStack()
        self._digest = blake2b(digest_size=16)
        self._place = Place()
        self._raw: BinaryIO | None = None
        self._lines: BinaryIO | gzip.GzipFile | None = None
        self.label = "standard input" if name == "-" else name.encode(errors="replace").decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    @property
    def size_bytes(self) -> int | None:
        """How large the file is on the disk; None if it is no regular file, and so cannot be read a second time."""
        with suppress(OSError):
            if self._path and self._path.is_file():
                return self._path.stat().st_size
        return None

    def identity(self) -> str | None:
        """A digest of the file's path and of how it begins; None if it cannot be read a second time.

        A file that grows keeps its identity once it has HEAD_BYTES.
        """
        if self._path is None or self.size_bytes is None:
            return None
        try:
            with self._path.open("rb") as raw:
                head = raw.read(HEAD_BYTES)
        except OSError:
            return None
        return blake2b(os.fsencode(self._path.resolve()) + b"\0" + head, digest_size=16).hexdigest()

    def resume(self, place: Place) -> bool:
        """Go to that place. False, and to the beginning, if the bytes before it are not those that were there."""
        try:
            left, lines = place.bytes, self._stream()
            while left and (block := lines.read(min(left, _BLOCK_BYTES))):
                self._digest.update(block)
                left -= len(block)
            if left == 0 and self._digest.hexdigest() == place.digest:
                self._place = place
                return True
        except UNREADABLE:
            pass
        self._opened.close()
        self._raw = self._lines = None
        self._digest = blake2b(digest_size=16)
        return False

    def parts(self, most_lines: int, seen: int) -> Iterator[Part]:
        """The rest of the archive. After an error that no reading gets over comes nothing more."""
        while True:
            body, broken, fatal = self._gather(most_lines)
            if body:
                yield self._part(b"".join(body), len(body), seen)
            if broken:
                fatal = self._pass_over(broken)
                yield self._part(b"", 1, seen, f"longer than {MAX_LINE_BYTES:,} bytes")
            if fatal:
                yield self._part(b"", 1, seen, f"cannot be read from here on: {fatal}")
            if fatal or not (body or broken):
                return

    def _gather(self, most_lines: int) -> tuple[list[bytes], bytes, Exception | None]:
        """The next lines, the beginning of one behind them that is too long, and what ended reading for good."""
        body: list[bytes] = []
        size = 0
        try:
            lines = self._stream()
            while len(body) < most_lines and size < PART_BYTES:
                line = lines.readline(MAX_LINE_BYTES + 1)
                if len(line) > MAX_LINE_BYTES:
                    return body, line, None
                if not line:
                    break
                body.append(line)
                size += len(line)
        except UNREADABLE as error:
            return body, b"", error
        return body, b"", None

    def _pass_over(self, line: bytes) -> Exception | None:
        """Read to the end of a line without keeping it; returns what kept us from it."""
        try:
            while line:
                self._digest.update(line)
                self._place = replace(self._place, bytes=self._place.bytes + len(line))
                line = b"" if line.endswith(b"\n") else self._stream().readline(_BLOCK_BYTES)
        except UNREADABLE as error:
            return error
        return None

    def _part(self, body: bytes, count: int, seen: int, error: str = "") -> Part:
        """The next part, with the place behind it."""
        before = self._place
        self._digest.update(body)
        self._place = Place(before.bytes + len(body), before.lines + count, self._digest.hexdigest())
        return Part(self.label, before.lines + 1, seen, body, self._place, self._passed_bytes(), error)

    def _passed_bytes(self) -> int:
        if self._raw is None or self._raw is self._stdin:
            return 0
        return self._raw.tell()

    def _stream(self) -> BinaryIO | gzip.GzipFile:
        """The archive's bytes, unpacked. Raises OSError."""
        if self._lines is None:
            self._raw = self._stdin if self._path is None else self._opened.enter_context(self._path.open("rb"))
            # Every buffered reader can look ahead; a bare one (a test's BytesIO) is not compressed.
            peek = getattr(self._raw, "peek", None)
            packed = peek is not None and peek(2)[:2] == GZIP_MAGIC
            self._lines = self._opened.enter_context(gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        return self._lines
