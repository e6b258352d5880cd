"""The doctor: looks at everything that dedup stands on, and says of each thing whether it holds, and the way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dedup.doors.connection import Connection
from dedup.doors.settings import Settings
from dedup.nouns.errors import DedupError, EmbeddedRedisError, StoreError

OLDEST_REDIS = (6, 2)
OLDEST_PYTHON = (3, 11)
TIGHT = 0.9
"""A share of the memory limit above which new articles may soon be refused."""
LIBRARIES = ("click", "datasketch", "fastapi", "feedparser", "httpx", "numpy", "pydantic", "redis", "uvicorn")


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do about it."""

    name: str
    level: Level
    found: str
    way_out: str = ""


def examine(settings: Settings, opener: Callable[[Settings], Connection]) -> Iterator[Check]:
    """Look at everything, the ground first; what cannot be reached any more is left out."""
    yield _python()
    yield _libraries()
    if not settings.redis.url:
        yield _data_directory(settings.data.path)
    with ExitStack() as opened:
        url, check = _reach(settings, opened)
        yield check
        if url is None:
            return
        checks = list(_redis(url))
        yield from checks
        if all(check.level is not Level.FAIL for check in checks):
            yield from _index(settings, opener)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("python", Level.OK, found)
    return Check("python", Level.FAIL, found, "install Python 3.11 or newer")


def _libraries() -> Check:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("libraries", Level.FAIL, f"missing: {', '.join(missing)}", "install dedup again, with pip")
    return Check("libraries", Level.OK, ", ".join(found))


def _data_directory(path: Path) -> Check:
    standing = next(each for each in (path, *path.absolute().parents) if each.exists())
    if standing.is_dir() and os.access(standing, os.W_OK | os.X_OK):
        return Check("data directory", Level.OK, str(path))
    found = f"{path} cannot be written ({standing} is in the way)"
    return Check("data directory", Level.FAIL, found, "choose another with data.dir or --data-dir, or change its owner")


def _reach(settings: Settings, opened: ExitStack) -> tuple[str | None, Check]:
    """The URL of the Redis in force; our own is started if need be, and stopped when `opened` closes."""
    if settings.redis.url:
        return settings.redis.url, Check("redis", Level.OK, "the one of redis.url")
    from dedup.edges.embedded import EmbeddedRedis, find_redis_binary

    try:
        url = opened.enter_context(EmbeddedRedis(settings.data.path)).url
        return url, Check("redis", Level.OK, f"our own, from {find_redis_binary()}")
    except EmbeddedRedisError as error:
        return None, Check("redis", Level.FAIL, str(error), "see above, or set redis.url")


def _redis(url: str) -> Iterator[Check]:
    from dedup.edges.redis_store.vitals import ask

    try:
        vitals = ask(url)
    except StoreError as error:
        yield Check("redis answers", Level.FAIL, str(error), "start it, or correct redis.url")
        return
    found = f"{vitals.server} {'.'.join(map(str, vitals.version))}"
    if vitals.version >= OLDEST_REDIS:
        yield Check("redis version", Level.OK, found)
    else:
        yield Check("redis version", Level.FAIL, found, "6.2 or newer is needed, or Valkey")
    if vitals.last_write_failed:
        yield Check("persistence", Level.FAIL, "the last write to the append-only file failed", "is the disk full?")
    elif vitals.append_only:
        yield Check("persistence", Level.OK, "appendonly yes")
    else:
        way_out = "set `appendonly yes`: without it a crash loses everything since the last snapshot"
        yield Check("persistence", Level.WARN, "appendonly no", way_out)
    yield _eviction(vitals.eviction)
    yield _memory(vitals.used_bytes, vitals.max_bytes)


def _eviction(policy: str | None) -> Check:
    if policy == "noeviction":
        return Check("eviction", Level.OK, policy)
    if policy is None:
        return Check("eviction", Level.WARN, "the server does not tell", "make sure that it is `noeviction`")
    way_out = "set `maxmemory-policy noeviction`: otherwise Redis deletes parts of the index when memory runs short"
    return Check("eviction", Level.FAIL if policy.startswith("allkeys") else Level.WARN, policy, way_out)


def _memory(used_bytes: int, max_bytes: int) -> Check:
    used = f"{used_bytes / 1_048_576:.1f} MiB"
    if not max_bytes:
        return Check("memory", Level.OK, f"{used}, no limit set")
    found = f"{used} of {max_bytes / 1_048_576:.1f} MiB"
    if used_bytes < TIGHT * max_bytes:
        return Check("memory", Level.OK, found)
    return Check("memory", Level.WARN, found, "raise maxmemory, or shorten window.days")


def _index(settings: Settings, opener: Callable[[Settings], Connection]) -> Iterator[Check]:
    try:
        with opener(settings) as connection:
            status = connection.status()
    except DedupError as error:
        yield Check("index", Level.FAIL, str(error), "see above")
        return
    yield Check("index", Level.OK, f"written with the settings in force; {status.waiting} waiting in the inbox")
    if status.failing:
        found = f"{status.failing} of {status.feeds} failing"
        yield Check("feeds", Level.WARN, found, "`dedup feeds list` says why")
    else:
        yield Check("feeds", Level.OK, f"{status.feeds} followed")
