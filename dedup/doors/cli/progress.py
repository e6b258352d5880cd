"""How far an import has come: a bar with rate and remaining time on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click

from dedup.doors.cli.printing import plain
from dedup.nouns.intake import Intake, Part, Place

TOLD_EVERY_S = 30.0
"""Where nobody watches: a log of an import of an hour has a hundred lines."""
CLEAR_LINE = "\r\x1b[K"

Show = Callable[[int, str], None]
"""Shown so many bytes more, and how fast it goes."""


class Progress:
    """Listens to an import and tells of it on standard error: what fails, where it goes on, and how far it is."""

    def __init__(
        self, sizes: Mapping[str, int | None], show: Show, clear: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`sizes` are those of the archives in bytes, by name; where one is not known, neither is the end."""
        known = [size for size in sizes.values() if size is not None]
        self._sizes = sizes
        self._total = sum(known) if len(known) == len(sizes) else None
        self._show = show
        self._clear = clear
        self._clock = clock
        self._archive: str | None = None
        self._before = self._passed = self._articles = 0
        self._begun: tuple[float, int] | None = None

    def resumed(self, archive: str, place: Place, changed: bool) -> None:
        """Say from where it goes on."""
        self._turn_to(archive)
        if changed:
            text = f"{archive} has changed before line {place.lines:,}, where it was left: from its beginning"
        else:
            text = f"{archive}: goes on after line {place.lines:,}, where it was left (--anew begins at the first line)"
        self._say(text)

    def passed(self, part: Part, done: Intake) -> None:
        """Complain of what failed, and show how far it is."""
        for failure in done.failures:
            self._say(f"{failure.name}: {failure.error}")
        self._turn_to(part.archive)
        passed = self._before + part.passed_bytes
        step, self._passed = passed - self._passed, passed
        if self._begun is None:  # what an earlier run did, and starting up, say nothing of how fast it goes
            self._begun = (self._clock(), passed)
        else:
            self._articles += done.tally.accepted
        self._show(step, self.pace())

    def pace(self) -> str:
        """How fast it goes and how long it takes, such as "812 articles/s, 12 min left"; empty at first."""
        if self._begun is None or not self._articles:
            return ""
        begun, from_bytes = self._begun
        elapsed_s = max(self._clock() - begun, 1e-3)
        text = f"{self._articles / elapsed_s:,.0f} articles/s"
        if self._total is None or self._passed <= from_bytes:
            return text
        left_s = (self._total - self._passed) * elapsed_s / (self._passed - from_bytes)
        return f"{text}, {_span(left_s)} left"

    def share(self) -> str:
        """How much has been passed, such as "34 %"; empty where the end is not known."""
        return f"{100 * self._passed / self._total:.0f} %" if self._total else ""

    def _turn_to(self, archive: str) -> None:
        if self._archive is not None and self._archive != archive:
            self._before += self._sizes.get(self._archive) or 0
        self._archive = archive

    def _say(self, text: str) -> None:
        click.echo(self._clear + plain(text), err=True)


@contextmanager
def progress(sizes: Mapping[str, int | None]) -> Iterator[Progress]:
    """A bar on standard error while the block runs, if that is a terminal and all sizes are known; else lines."""
    total = sum(size or 0 for size in sizes.values())
    if not sys.stderr.isatty() or None in sizes.values():
        yield _in_lines(sizes)
        return
    bar = click.progressbar(
        length=total,
        label="Taking in",
        file=sys.stderr,
        show_eta=False,
        show_percent=True,
        item_show_func=lambda pace: pace or "",
    )
    with bar:
        yield Progress(sizes, lambda step, pace: bar.update(step, pace), CLEAR_LINE)


def _in_lines(sizes: Mapping[str, int | None]) -> Progress:
    told = time.monotonic()

    def show(step: int, pace: str) -> None:
        nonlocal told
        if pace and time.monotonic() - told >= TOLD_EVERY_S:
            told = time.monotonic()
            click.echo(", ".join(filter(None, (f"Taking in: {listening.share()}".rstrip(": "), pace))), err=True)

    listening = Progress(sizes, show)
    return listening


def _span(seconds: float) -> str:
    """A span of time in one unit and a half: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
