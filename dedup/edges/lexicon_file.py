"""The shipped table of concepts, mapped into memory: the only door to its file."""

from __future__ import annotations

import mmap
import threading
from functools import cache
from importlib.resources import as_file, files

from dedup.nouns.errors import LexiconError
from dedup.sketching.concepts import Concepts, Origin, Reader
from dedup.sketching.lexicon.table import Table
from dedup.sketching.text import Text


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
    """Listens to stories by the shipped table. Threads may share it: each gets a reader, and a memory, of its own."""

    def __init__(self) -> None:
        self._readers = threading.local()

    def __call__(self, text: Text) -> Concepts:
        """What a story says, and in which language."""
        return self._reader().read(text)

    def origins(self, text: Text) -> dict[int, Origin]:
        """What each element of a story means, and the words that say so."""
        return self._reader().origins(text)

    def _reader(self) -> Reader:
        if not hasattr(self._readers, "reader"):
            self._readers.reader = Reader(shipped_table())
        reader: Reader = self._readers.reader
        return reader
