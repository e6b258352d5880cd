"""Parsing where a hostile document cannot hurt: in processes with limits, which may die and are replaced.

A parser is pure Python and C that were written for honest feeds; somebody will find the document that makes it take
minutes, or gigabytes, or fall over. It happens to a process that holds nothing but that document.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Literal, cast

from dedup.edges.document import MAX_ENTRIES, Document
from dedup.edges.frames import read_frame, write_frame
from dedup.edges.parse_wire import answered, is_spent, page_answered, page_question, question
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Feed, Response

MIB = 1024 * 1024


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
        self._settings = settings or ParserSettings()
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(self._settings.processes):
            self._idle.put(None)

    def __enter__(self) -> Parsers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, response: Response, feed: Feed, now: int, max_entries: int = MAX_ENTRIES) -> Document:
        """What `dedup.edges.parse.parse` does, within limits. Raises ParseError, also when a limit is reached."""
        return answered(self._ask(question(response, feed, now, max_entries), feed.url), feed)

    def text_of(self, page: Response) -> str:
        """The text of an article's page, within limits; empty if there is none. Raises ParseError."""
        return page_answered(self._ask(page_question(page), page.url), page.url)

    def _ask(self, frames: tuple[bytes, bytes], url: str) -> bytes:
        child = self._idle.get()
        try:
            child = child or _Child(self._settings)
            return child.ask(frames)
        except (EOFError, OSError) as error:
            reason = child.end() if child else f"no parser process could be started: {error}"
            child = None
            raise ParseError(url, reason) from error
        finally:
            self._idle.put(child if child and child.usable() else None)

    def pids(self) -> tuple[int, ...]:
        """The processes that are idle, for those who watch over memory."""
        return tuple(child.pid for child in list(self._idle.queue) if child)

    def close(self) -> None:
        """End the processes that are idle; those at work end by themselves when they are done."""
        for _ in range(self._settings.processes):
            with suppress(queue.Empty):
                child = self._idle.get_nowait()
                if child:
                    child.end()


class _Child:
    """One parser process."""

    def __init__(self, settings: ParserSettings) -> None:
        self._settings = settings
        self._asked = 0
        self._late = False
        self._spent = False
        arguments = [str(settings.cpu_s), str(settings.memory_bytes), settings.kind]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dedup.edges.parse_child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MALLOC_ARENA_MAX": "1"},
            start_new_session=True,  # Ctrl-C is for us: we end it when we are done
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, frames: tuple[bytes, bytes]) -> bytes:
        """The answer. Raises EOFError or OSError when the process ends instead of answering."""
        self._asked += 1
        late = threading.Timer(self._settings.wall_s, self._kill)
        late.daemon = True
        late.start()
        try:
            for frame in frames:
                write_frame(self._input, frame)
            self._input.flush()
            frame = read_frame(self._output)
            self._spent = is_spent(frame) or self._asked >= self._settings.documents
            return frame
        finally:
            late.cancel()

    def usable(self) -> bool:
        """Whether it can take another document; if not, it has been ended."""
        if not self._spent and self._process.poll() is None:
            return True
        self.end()
        return False

    def end(self) -> str:
        """End the process, and say why it could not go on, for people."""
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()
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

    def _kill(self) -> None:
        self._late = True
        self._process.kill()
