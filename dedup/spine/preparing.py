"""Preparing: from entries, or lines of an archive, to what can be grouped. Stores nothing, so any process may do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dedup.nouns.article import Article
from dedup.nouns.errors import InputError
from dedup.nouns.feed import Entry, Skipped
from dedup.nouns.intake import Failure, Intake, Part
from dedup.nouns.record import Submission
from dedup.reading.article import ReadingSettings, read
from dedup.reading.lines import entry_from_line
from dedup.sketching.fingerprint import Listen, fingerprint
from dedup.spine.codec import pack_article


class Preparer:
    """Reads and fingerprints. What cannot be read fails by itself, and takes nothing along."""

    def __init__(self, reading: ReadingSettings, listen: Listen | None = None) -> None:
        self._reading = reading
        self._listen = listen

    def read(self, entry: Entry) -> Article | Skipped:
        """The article in an entry, or why there is none."""
        return read(entry, self._reading)

    def submission(self, article: Article) -> Submission:
        """The article with its fingerprint."""
        return Submission(article, fingerprint(article, self._listen))

    def _packed(self, article: Article) -> Submission:
        """The same, packed here: whoever prepares has more time than whoever waits for the store."""
        return replace(self.submission(article), packed=pack_article(article))

    def entries(self, entries: Iterable[Entry]) -> Intake:
        """What can be grouped of the entries, and what not."""
        return _sorted(self._made(entry, entry.id or entry.guid or entry.url or "") for entry in entries)

    def part(self, part: Part) -> Intake:
        """What can be grouped of the lines of an archive, and what not; blank lines are passed over."""
        if part.error:
            return Intake(failures=(Failure(f"{part.archive}:{part.first_line}", part.error),))
        return _sorted(self._lines(part))

    def _lines(self, part: Part) -> Iterator[Submission | Skipped | Failure]:
        for number, line in enumerate(part.body.split(b"\n"), start=part.first_line):
            if line.strip():
                where = f"{part.archive}:{number}"
                try:
                    entry = entry_from_line(line, where, part.seen)
                except InputError as error:
                    yield Failure(error.where, error.reason)
                else:
                    yield self._made(entry, where)

    def _made(self, entry: Entry, name: str) -> Submission | Skipped | Failure:
        try:
            article = self.read(entry)
            return article if isinstance(article, Skipped) else self._packed(article)
        except Exception as error:  # anything may come out of a foreign text
            return failure(name, error)


def failure(name: str, error: Exception) -> Failure:
    """What is kept of an article that no code of ours could see coming."""
    return Failure(name, f"{type(error).__name__}: {error}")


def _sorted(made: Iterable[Submission | Skipped | Failure]) -> Intake:
    every = list(made)
    return Intake(
        tuple(one for one in every if isinstance(one, Submission)),
        tuple(one for one in every if isinstance(one, Skipped)),
        tuple(one for one in every if isinstance(one, Failure)),
    )
