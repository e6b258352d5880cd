"""Reading and fingerprinting archives in processes of their own: the part of an import that fills the other cores.

A process that ends over a part (memory ran out, a fault in a C library) is replaced, and the part is halved until the
line is found that it ended over: that line fails, all others are read.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import BinaryIO, Self, cast

from dedup.edges.frames import read_frame, write_frame
from dedup.edges.pool import Pool
from dedup.nouns.errors import ProcessError
from dedup.nouns.intake import Failure, Intake, Part
from dedup.reading.article import ReadingSettings
from dedup.spine.archive_codec import pack_part, unpack_intake


class Readers:
    """A pool of reading processes, each started when first needed; threads may share it. Use it in a `with`."""

    def __init__(self, processes: int, reading: ReadingSettings) -> None:
        self.processes = processes
        self._reading = reading
        self._pool = Pool(processes, self._started)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self, part: Part) -> Intake:
        """What can be grouped of a part, and what not; a line that ends a process is a failure.

        Raises ProcessError if no process can be started, or all have been ended.
        """
        try:
            with self._pool.lent() as child:
                _greeted(child)
                return child.ask(part)
        except (EOFError, OSError, ValueError) as error:
            lost = error
        return self._halved(part, lost)

    def close(self) -> None:
        """End all processes, also those at work: who waits for them gets an error."""
        self._pool.close()

    def pids(self) -> tuple[int, ...]:
        """The processes, for those who watch over them."""
        return self._pool.pids()

    def _halved(self, part: Part, error: Exception) -> Intake:
        lines = part.body.split(b"\n")
        if len(lines) == 1:
            where = f"{part.archive}:{part.first_line}"
            return Intake(failures=(Failure(where, f"the process that read it ended over it ({error})"),))
        middle = len(lines) // 2
        first, second = b"\n".join(lines[:middle]), b"\n".join(lines[middle:])
        one = self.prepare(replace(part, body=first))
        other = self.prepare(replace(part, body=second, first_line=part.first_line + middle))
        return Intake(one.submissions + other.submissions, one.skipped + other.skipped, one.failures + other.failures)

    def _started(self) -> _Child:
        try:
            return _Child(self._reading)
        except OSError as error:
            raise _not_started(error) from error


class _Child:
    """One reading process."""

    def __init__(self, reading: ReadingSettings) -> None:
        limits = [str(reading.min_words), str(reading.max_text_bytes)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dedup.edges.reading_child", *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **ONE_THREAD},
            start_new_session=True,  # Ctrl-C is for us: we end it when we are done
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)
        self._greeted = False

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def greet(self) -> None:
        """Wait until it is ready, the first time. Raises EOFError or OSError if it never will be."""
        if not self._greeted:
            read_frame(self._output)
            self._greeted = True

    def ask(self, part: Part) -> Intake:
        """The answer. Raises EOFError, OSError or ValueError when the process ends instead of answering."""
        for frame in pack_part(part):
            write_frame(self._input, frame)
        self._input.flush()
        return unpack_intake(read_frame(self._output))

    def usable(self) -> bool:
        """Whether it can be asked once more."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it, from any thread: whoever waits for its answer gets an error."""
        self._process.kill()

    def end(self) -> None:
        """End the process; more than once if need be."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()


def _greeted(child: _Child) -> None:
    """Wait until it is ready. Raises ProcessError if it never will be: that is not the fault of what it would read."""
    try:
        child.greet()
    except (EOFError, OSError) as error:
        raise _not_started(error) from error


def _not_started(error: Exception) -> ProcessError:
    return ProcessError(f"no process for reading could be started ({error}); use --processes 0")


ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""There is a process a core already: libraries that start a thread a core would only stand in each other's way."""
