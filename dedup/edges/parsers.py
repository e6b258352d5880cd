"""Parsing where a hostile document cannot hurt: in processes with limits, which may die and are replaced.

A parser is pure Python and C that were written for honest feeds; somebody will find the document that makes it take
minutes, or gigabytes, or fall over. It happens to a process that holds nothing but that document.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Literal

from dedup.edges.document import MAX_ENTRIES, Document
from dedup.edges.frames import content_of, framed_size, head_of
from dedup.edges.parse_wire import answered, is_spent, page_answered, page_question, question
from dedup.edges.pool import Pool
from dedup.nouns.errors import ParseError, ProcessError
from dedup.nouns.feed import Feed, Response

MIB = 1024 * 1024
_RECEIVED_BYTES = 262_144
"""Of an answer at a time: what a socket holds."""


@dataclass(frozen=True, slots=True)
class ParserSettings:
    """How many parser processes there are, and what one document may cost."""

    processes: int = 2
    """Documents parsed at a time. They start when first needed, and take about 30 MB each."""
    cpu_s: float = 2.0
    """Seconds of a processor for one document: feedparser reads about 3 MB a second."""
    memory_bytes: int = 64 * MIB
    """What a document may take above what the process has when it is idle."""
    wall_s: float = 30.0
    """Seconds in all, for a process that is not running but waiting; a busy machine may take its time."""
    kind: Literal["feeds", "pages"] = "feeds"
    """Feeds are parsed; pages have their text extracted, which needs more memory when idle (dedup[fulltext])."""
    documents: int = 2_000
    """After so many a process is replaced, so that nothing accumulates."""


class Parsers:
    """A pool of parser processes; threads may share it. Close it when done (or use it in a `with`)."""

    def __init__(self, settings: ParserSettings | None = None) -> None:
        settings = settings or ParserSettings()
        self._pool = Pool(settings.processes, lambda: _Child(settings))

    def __enter__(self) -> Parsers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(
        self,
        response: Response,
        feed: Feed,
        now: int,
        max_entries: int = MAX_ENTRIES,
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> Document:
        """What `dedup.edges.parse.parse` does, within limits. Raises ParseError, also when a limit is reached."""
        return answered(self._ask(question(response, feed, now, max_entries, known), feed.url), feed)

    def text_of(self, page: Response) -> str:
        """The text of an article's page, within limits; empty if there is none. Raises ParseError."""
        return page_answered(self._ask(page_question(page), page.url), page.url)

    def _ask(self, frames: tuple[bytes, bytes], url: str) -> bytes:
        child = None
        try:
            with self._pool.lent() as child:
                return child.ask(frames)
        except ProcessError as error:
            raise ParseError(url, str(error)) from error
        except (EOFError, OSError) as error:
            reason = child.end() if child else f"no parser process could be started: {error}"
            raise ParseError(url, reason) from error

    def pids(self) -> tuple[int, ...]:
        """The processes, for those who watch over memory."""
        return self._pool.pids()

    def close(self) -> None:
        """End all processes, also those at work: who waits for them, or asks later, gets a ParseError."""
        self._pool.close()


class _Child:
    """One parser process."""

    def __init__(self, settings: ParserSettings) -> None:
        self._settings = settings
        self._asked = 0
        self._late = False
        self._spent = False
        arguments = [str(settings.cpu_s), str(settings.memory_bytes), settings.kind]
        self._line, theirs = socket.socketpair()  # and not a pipe: a read from a socket can be given up
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "dedup.edges.parse_child", *arguments],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,  # Ctrl-C is for us: we end it when we are done
            )

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, frames: tuple[bytes, bytes]) -> bytes:
        """The answer. Raises EOFError or OSError when the process ends instead of answering."""
        self._asked += 1
        ends = time.monotonic() + self._settings.wall_s
        try:
            self._line.settimeout(self._settings.wall_s)
            for frame in frames:
                self._line.sendall(head_of(frame))
                self._line.sendall(frame)
            answer = self._answer(ends)
        except TimeoutError:
            self._late = True
            raise
        self._spent = is_spent(answer) or self._asked >= self._settings.documents
        return answer

    def _answer(self, ends: float) -> bytes:
        """The frame that is waited for. Raises TimeoutError when it is not there in time, EOFError and OSError."""
        received = bytearray()
        size = None
        while size is None or len(received) < size:
            self._line.settimeout(max(0.001, ends - time.monotonic()))
            part = self._line.recv(_RECEIVED_BYTES)
            if not part:
                raise EOFError("the process is gone")
            received += part
            size = size or framed_size(received)
        return content_of(received)

    def usable(self) -> bool:
        """Whether it can take another document."""
        return not self._spent and self._process.poll() is None

    def kill(self) -> None:
        """Kill it, from any thread: whoever waits for its answer gets an error."""
        self._process.kill()

    def end(self) -> str:
        """End the process, and say why it could not go on, for people; more than once if need be."""
        self._line.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
        self._process.kill()
        status = self._process.wait()
        settings = self._settings
        if self._late:
            return f"not parsed after {settings.wall_s:g} s: given up"
        if status == -signal.SIGPROF:
            return f"the document takes more than {settings.cpu_s:g} s of a processor to parse: given up"
        return f"the parser process ended over the document (status {status})"
