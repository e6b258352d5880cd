"""A parser process: `python -m dedup.edges.parse_child CPU_S MEMORY_BYTES KIND`, started by `dedup.edges.parsers`.

It reads questions from standard input and writes answers to standard output until its input ends. Each document may
cost so much processor time (then the system ends the process) and the process may grow by so much memory (then the
document is refused, and the process says that it is spent).
"""

from __future__ import annotations

import gc
import resource
import signal
import sys
from pathlib import Path

from dedup.edges.extract import is_installed, main_text
from dedup.edges.frames import read_frame, write_frame
from dedup.edges.parse import parse
from dedup.edges.parse_wire import answer, asked, complaint, page_answer, page_asked
from dedup.nouns.errors import ParseError

_OPEN_FILES = 32
"""The line to the poller, and the codecs that Python loads when a document names a strange encoding."""


def confine(memory_bytes: int) -> None:
    """From now on: at most this much memory more, few files, no file written, no core dumped."""
    most = _size_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(cpu_s: float) -> None:
    """Answer until the input ends."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            order, body = read_frame(questions), read_frame(questions)
        except (EOFError, KeyboardInterrupt):
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_s)  # counts time of the processor; its signal ends the process
        try:
            page = page_asked(order)
            frame = answer(parse(*asked(order, body))) if page is None else page_answer(main_text(body, page))
        except ParseError as error:
            frame = complaint(error.reason, spent="MemoryError" in error.reason)
        except MemoryError:
            frame = complaint("the document takes more memory than a feed may", spent=True)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(answers, frame)
        answers.flush()
        del order, body, frame


def _size_bytes() -> int:
    """Address space in use; where the system does not tell (not Linux), what a Python may have reserved by now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * resource.getpagesize()
    except OSError:
        return 1024 * 1024 * 1024


if __name__ == "__main__":
    if sys.argv[3] == "pages" and is_installed():
        main_text(b"<p>warm</p>", "")  # loads all that it needs, which should not count as the first page's memory
    gc.freeze()  # what is loaded stays: no need to look at it with every collection
    confine(int(sys.argv[2]))
    serve(float(sys.argv[1]))
