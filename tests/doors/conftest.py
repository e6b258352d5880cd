"""An engine over the tiny store, and the command line on top of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dedup.doors.cli import main
from dedup.doors.cli.session import Session
from dedup.doors.connection import Connection
from dedup.doors.engine import Engine
from dedup.doors.settings import Settings
from tests.tiny import NOON, TinyPipeline, TinyStore, submission

Dedup = Callable[..., Result]


def eventually(condition: Callable[[], bool], patience_s: float = 15) -> bool:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@dataclass
class TinyPoller:
    """Finds one article in each feed that is due; or, `failing`, none in any."""

    store: TinyStore
    stop: threading.Event
    failing: bool = False

    def run(self) -> None:
        self.run_once()
        self.stop.wait()

    def run_once(self) -> None:
        for state in self.store.claim(NOON, 100, 60):
            if not self.failing:
                self.store.put([submission(f"{state.feed.url}#1")])
            self.store.remember(replace(state, last_poll=NOON, next_poll=NOON + 60, failures=int(self.failing)))


@dataclass
class TinyHouse:
    """Opens connections to one tiny store, and remembers with which settings."""

    store: TinyStore = field(default_factory=TinyStore)
    opened: list[Settings] = field(default_factory=list)
    failing: bool = False

    def open(self, settings: Settings) -> Connection:
        self.opened.append(settings)
        pipeline, closing = TinyPipeline(self.store), ExitStack()
        closing.callback(self.store.close)
        engine = Engine(
            place="tiny",
            store=self.store,
            pipeline=pipeline,
            read=pipeline.read,
            canonical=lambda url: url.partition("#")[0],
            poller=lambda stop: TinyPoller(self.store, stop, self.failing),
            closing=closing,
        )
        return Connection(engine, settings, clock=lambda: float(NOON))


@pytest.fixture
def house() -> TinyHouse:
    return TinyHouse()


@pytest.fixture
def dedup(house: TinyHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dedup:
    """`dedup("lookup", "a")` runs the command line on the tiny house, in a directory with nothing in it."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, input: bytes | None = None, environ: Mapping[str, str] | None = None) -> Result:
        place = {"XDG_DATA_HOME": str(tmp_path / "share"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        session = Session(environ=place | dict(environ or {}), opener=house.open)
        return CliRunner().invoke(main, arguments, input=input, obj=session, catch_exceptions=False)

    return run
