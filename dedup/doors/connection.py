"""The one facade: what Python programs get from `dedup.connect`, and what the other doors stand on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from dedup.doors.engine import Engine
from dedup.doors.settings import Settings, is_redis_url
from dedup.doors.settings_toml import load, with_options
from dedup.spine.desk import Desk


class Connection(Desk):
    """A desk that is open until closed; use it in a `with`. Its methods may be called from any thread."""

    def __init__(self, engine: Engine, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        super().__init__(engine.store, engine.pipeline, read=engine.read, canonical=engine.canonical, clock=clock)
        self.engine = engine
        self.settings = settings

    def close(self) -> None:
        """Give everything back; a Redis of our own is stopped if nobody else uses it."""
        self.engine.closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(url_or_data_dir: str | os.PathLike[str] | None = None, settings: Settings | None = None) -> Connection:
    """Open dedup on a Redis (`redis://`, `rediss://` or `unix://`) or on a data directory with a Redis of its own.

    Without either it opens what the settings say; without `settings` those of the environment and the user's
    settings file. A data directory may be open in several programs at once, a running daemon among them.
    Raises SettingsError, EmbeddedRedisError or StoreError.
    """
    settings = settings or load(os.environ)
    if url_or_data_dir is not None:
        place = os.fspath(url_or_data_dir)
        options = {"redis.url": place} if is_redis_url(place) else {"data.dir": place, "redis.url": ""}
        settings = with_options(settings, options)
    return open_connection(settings)


def open_connection(settings: Settings) -> Connection:
    """Open dedup as the settings say; raises EmbeddedRedisError or StoreError."""
    from dedup.doors.opening import open_engine  # loads numpy, scipy and redis: not before they are needed

    return Connection(open_engine(settings), settings)
