"""The importer: takes archives in, part by part, and remembers behind which part it is.

Parts are read ahead by others (processes, as a rule) while those that are ready are grouped, in their order. So
there is one place in an archive up to which everything is done: the bookmark. It is moved, and the part counted, in one
step after the part has been grouped. An import that ends anywhere, however suddenly, goes on behind that place.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from dedup.edges.archive_file import ArchiveFile
from dedup.loops.patience import Patience
from dedup.nouns.errors import InputError, StoreError
from dedup.nouns.intake import Bookmark, Intake, Part, Place
from dedup.nouns.record import Tally
from dedup.spine.ahead import ahead
from dedup.spine.store import Bookmarks, Inbox

FIRST_PARTS = 4
"""So many parts are read here before anybody else is asked: a process takes a second of a processor to start."""
AHEAD = 2
"""Parts that wait for each thread beside the one it reads: so much lies in memory."""
PATIENCE_S = 300.0
"""How long the store may be away before an import gives up; it can be taken up again."""

log = logging.getLogger("dedup.importer")


class Grouping(Protocol):
    """What is needed of the pipeline."""

    def prepare(self, part: Part) -> Intake:
        """What can be grouped of a part, and what not."""
        ...

    def begin(self, intake: Intake) -> Callable[[], Intake]:
        """Begin to bring what can be grouped into its clusters; what is returned ends it, and may be repeated."""
        ...


class Holdings(Inbox, Bookmarks, Protocol):
    """What is needed of the store."""


class Listener(Protocol):
    """Whoever wants to know how it goes."""

    def resumed(self, archive: str, place: Place, changed: bool) -> None:
        """The archive goes on from where it was left, or from its beginning if what stood before has changed."""
        ...

    def passed(self, part: Part, done: Intake) -> None:
        """A part is done."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads parts beside the importer: how, and on how many threads; on none, a thread of the importer does."""

    prepare: Callable[[Part], Intake]
    threads: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the archives, earlier runs included. `finished`: nothing is left to do."""

    tally: Tally
    finished: bool


@dataclass(slots=True)
class _Book:
    """An archive that is being taken in; one that cannot be read twice has no name, and is not remembered."""

    name: str | None
    bookmark: Bookmark


_Read = tuple[_Book, Part, Intake]
_Begun = tuple[_Book, Part, Callable[[], Intake]]


class Importer:
    """Takes archives in until they are done, or `stop` is set. One run each."""

    def __init__(
        self,
        store: Holdings,
        pipeline: Grouping,
        listener: Listener,
        stop: threading.Event,
        *,
        clock: Callable[[], float],
        most_lines: int = 256,
        reading: Reading | None = None,
        mend: Callable[[], None] | None = None,
    ) -> None:
        """Parts have at most so many lines. `mend` is called when the store is away."""
        self._store = store
        self._pipeline = pipeline
        self._listener = listener
        self._stop = stop
        self._clock = clock
        self._most_lines = most_lines
        self._reading = reading if reading and reading.threads else None
        self._patiently = Patience(stop, log, PATIENCE_S, mend)
        self._run_id = uuid.uuid4().hex
        self._books: list[_Book] = []

    def run(self, archives: Sequence[ArchiveFile], anew: bool = False) -> Imported:
        """Take the archives in, one after the other; those that an earlier run has begun go on where it was left,
        unless they are to begin anew.

        Raises StoreError when the store has been away for too long, and InputError when another run takes an archive
        over.
        """
        finished = False
        try:
            with (
                closing(self._prepared(archives, anew)) as prepared,
                closing(ahead(self._begin, takewhile(lambda _: not self._stop.is_set(), prepared))) as begun,
            ):
                for book, part, finish in begun:  # what has been begun is finished, told to stop or not
                    self._take_in(book, part, finish)
            finished = not self._stop.is_set()
            if finished:
                self._patiently(self._store.close_book, [book.name for book in self._books if book.name])
        except StoreError:
            if not self._stop.is_set():
                raise
        return Imported(sum((book.bookmark.tally for book in self._books), Tally()), finished)

    def _begin(self, read: _Read) -> _Begun:
        book, part, intake = read
        return book, part, self._pipeline.begin(intake)

    def _take_in(self, book: _Book, part: Part, finish: Callable[[], Intake]) -> None:
        done = self._patiently(finish)
        before = book.bookmark
        after = Bookmark(self._run_id, before.parts + 1, part.end, before.tally + done.tally)
        if book.name is None:
            self._patiently(self._store.tell, done)
        elif not self._patiently(self._store.turn, book.name, after, done):
            raise InputError(part.archive, "another `dedup ingest` has taken this file over, or Redis was emptied")
        book.bookmark = after
        self._listener.passed(part, done)

    def _prepared(self, archives: Sequence[ArchiveFile], anew: bool) -> Generator[_Read, None, None]:
        """Every part in its order, read; the next ones are being read meanwhile."""
        here, waiting = self._pipeline.prepare, deque[tuple[_Book, Part, Future[Intake]]]()
        reading = self._reading or Reading(here, 1)
        with ThreadPoolExecutor(reading.threads, "reading") as pool:
            try:
                for number, (book, part) in enumerate(self._parts(archives, anew)):
                    prepare = here if number < FIRST_PARTS else reading.prepare
                    waiting.append((book, part, pool.submit(prepare, part)))
                    while waiting and (len(waiting) > AHEAD * reading.threads or waiting[0][2].done()):
                        yield _awaited(waiting)
                while waiting:
                    yield _awaited(waiting)
            finally:
                for _, _, future in waiting:
                    future.cancel()

    def _parts(self, archives: Sequence[ArchiveFile], anew: bool) -> Iterator[tuple[_Book, Part]]:
        """Every part that is left to do."""
        for archive in archives:
            with archive:
                book = self._begun(archive, anew)
                self._books.append(book)
                for part in archive.parts(self._most_lines, int(self._clock())):
                    yield book, part

    def _begun(self, archive: ArchiveFile, anew: bool) -> _Book:
        """The archive, at the place where it was left, and the bookmark in our name."""
        name, mine = archive.identity(), Bookmark(self._run_id)
        if name is None:
            return _Book(None, mine)
        left = self._patiently(self._store.bookmark, name)
        if left and left.run != self._run_id and left.parts and not anew:
            unchanged = archive.resume(left.place)
            self._listener.resumed(archive.label, left.place, not unchanged)
            if unchanged:
                mine = Bookmark(self._run_id, left.parts, left.place, left.tally)
        self._patiently(self._store.lay, name, mine)
        return _Book(name, mine)


def _awaited(waiting: deque[tuple[_Book, Part, Future[Intake]]]) -> _Read:
    book, part, future = waiting.popleft()
    return book, part, future.result()
