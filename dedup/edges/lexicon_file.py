"""The shipped table of concepts, mapped into memory: the only door to its file."""

from __future__ import annotations

import mmap
from functools import cache
from importlib.resources import as_file, files

from dedup.nouns.errors import LexiconError
from dedup.sketching.lexicon.table import Table


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
