"""The shipped table of concepts, mapped into memory: the only door to its file."""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Callable
from functools import cache
from importlib.resources import as_file, files
from typing import TypeVar

from dedup.nouns.errors import LexiconError
from dedup.sketching.concepts import Concepts, Origin, Reader
from dedup.sketching.lexicon.table import Table
from dedup.sketching.text import Text

T = TypeVar("T")


@cache
def shipped_table() -> Table:
    """The table of the package. Opened once a process, read-only; processes share its pages.

    Raises LexiconError if it is missing or of another version.
    """
    try:
        with as_file(files("dedup.sketching.lexicon") / "concepts.bin") as path, path.open("rb") as file:
            return Table(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (OSError, ValueError) as error:
        raise LexiconError(f"the table of concepts cannot be opened: {error}; install dedup anew") from error


class Listener:
    """Listens to stories by the shipped table. Threads may share it: it has as many readers, each with a memory of its
    own, as were ever at work at the same time."""

    def __init__(self) -> None:
        self._idle: deque[Reader] = deque()
        """Threads come and go, so readers are kept here and not by thread: a new one knows no word."""

    def __call__(self, text: Text) -> Concepts:
        """What a story says, and in which language."""
        return self._lent(lambda reader: reader.read(text))

    def origins(self, text: Text) -> dict[int, Origin]:
        """What each element of a story means, and the words that say so."""
        return self._lent(lambda reader: reader.origins(text))

    def _lent(self, use: Callable[[Reader], T]) -> T:
        """What comes of using a reader that nobody else has meanwhile: the one used last, which knows the most."""
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = Reader(shipped_table())
        found = use(reader)
        self._idle.append(reader)  # not one that raised: what it was about to remember may be half there
        return found
