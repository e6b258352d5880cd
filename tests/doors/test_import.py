"""An import with real processes, interrupted in every way, ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import redis

from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.redis_store import RedisStore
from tests.doors.conftest import eventually
from tests.spine.newsroom import WINDOW_S, Newsroom

LINES = 600
PART_LINES = 10
BROKEN_EVERY = 100


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stories in three prints each, far apart; a broken line now and then."""
    room, path = Newsroom(30), tmp_path_factory.mktemp("archive") / "archive.jsonl"
    stories = [room.story(7) for _ in range(LINES // 3)]
    with path.open("w") as file:
        for number in range(LINES):
            text = " ".join(room.edited(stories[number % len(stories)], 0.02))
            line = json.dumps({"id": f"a{number}", "source": f"paper-{number % 7}", "text": text})
            file.write("{broken\n" if number % BROKEN_EVERY == 50 else line + "\n")
    return path


@pytest.fixture(scope="module")
def undisturbed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> set[frozenset[str]]:
    data_dir = tmp_path_factory.mktemp("undisturbed")
    with importing(archive, data_dir) as process:
        process.communicate(timeout=120)
    return state(data_dir)[0]


class importing(subprocess.Popen[str]):  # noqa: N801  # a context manager that is read as one
    """`dedup ingest` in a process of its own, in small parts."""

    def __init__(self, archive: Path, data_dir: Path, *options: str) -> None:
        config = data_dir.parent / f"{data_dir.name}.toml"
        config.write_text(f"[ingest]\nbatch = {PART_LINES}\n")
        command = [sys.executable, "-m", "dedup.doors.cli", "ingest", str(archive), "--json", *options]
        command += ["--data-dir", str(data_dir), "--config", str(config), "--processes", "2"]
        super().__init__(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def state(data_dir: Path) -> tuple[set[frozenset[str]], dict[str, int]]:
    """The partition and the counts."""
    with EmbeddedRedis(data_dir) as server:
        store = RedisStore.open(server.url, "dedup", window_s=WINDOW_S)
        clusters = store.clusters(limit=10_000).clusters
        found = {frozenset(member.id for member in each.members) for each in clusters}, dict(store.counts())
        store.close()
    return found


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, RedisStore]]:
    """A data directory, and a store on it that watches: so the Redis of it outlives whoever is killed."""
    data_dir = tmp_path / "data"
    with EmbeddedRedis(data_dir) as server:
        store = RedisStore.open(server.url, "dedup", window_s=WINDOW_S)
        yield data_dir, store
        store.close()


def accepted(store: RedisStore) -> int:
    return store.counts().get("accepted", 0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_import_that_is_interrupted_goes_on(
    how: signal.Signals, archive: Path, watched: tuple[Path, RedisStore], undisturbed: set[frozenset[str]]
) -> None:
    data_dir, store = watched
    with importing(archive, data_dir) as process:
        assert eventually(lambda: accepted(store) >= LINES // 4, patience_s=60)
        process.send_signal(how)
        out, told = process.communicate(timeout=60)
    before = accepted(store)
    assert before < LINES
    assert before % PART_LINES == 0
    if how != signal.SIGKILL:
        assert (process.returncode, out) == (130, "")
        assert f"Interrupted after {before} articles; the same command goes on from here." in told
    with importing(archive, data_dir) as process:
        out, told = process.communicate(timeout=120)
    assert process.returncode == 1, "of the broken lines"
    assert json.loads(out) == {"accepted": LINES, "clustered": LINES - 6, "skipped": 0, "failed": 6}
    assert f"goes on after line {before}, " in told
    lines = [int(found) for found in re.findall(r"jsonl:(\d+): not JSON", told)]
    assert lines == [line for line in range(51, LINES, BROKEN_EVERY) if line > before]
    partition, counts = state(data_dir)
    assert partition == undisturbed
    assert (counts["accepted"], counts["failed"]) == (LINES, 6)
    # Who is killed when it has listed a batch and not placed it leaves the next one to list it again.
    assert 0 <= counts["articles"] - (LINES - 6) <= (PART_LINES if how == signal.SIGKILL else 0)


def test_a_redis_that_dies_in_the_middle_is_brought_back(
    archive: Path, watched: tuple[Path, RedisStore], undisturbed: set[frozenset[str]]
) -> None:
    data_dir, store = watched
    with importing(archive, data_dir) as process, EmbeddedRedis(data_dir) as server:
        assert eventually(lambda: accepted(store) >= LINES // 4, patience_s=60)
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        out, _ = process.communicate(timeout=120)
    assert json.loads(out) == {"accepted": LINES, "clustered": LINES - 6, "skipped": 0, "failed": 6}
    partition, counts = state(data_dir)
    assert partition == undisturbed
    assert counts["accepted"] == LINES


def test_without_a_terminal_and_in_a_moment_nothing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text('{"text": "A line of a few words that says nothing."}\n')
    with importing(path, tmp_path / "data") as process:
        out, told = process.communicate(timeout=60)
    assert (json.loads(out)["clustered"], told) == (1, "")


def test_the_bookmark_goes_with_the_end_of_the_import(archive: Path, watched: tuple[Path, RedisStore]) -> None:
    data_dir, _ = watched
    with EmbeddedRedis(data_dir) as server, redis.Redis.from_url(server.url) as client:
        with importing(archive, data_dir) as process:
            assert eventually(lambda: bool(bookmarks(client)), patience_s=60)
            (bookmark,) = bookmarks(client)
            assert client.ttl(bookmark) > 0
            process.communicate(timeout=120)
        assert bookmarks(client) == []


def bookmarks(client: redis.Redis) -> list[bytes]:
    """What is kept beside the counts, without the inbox and the marks of what was counted."""
    keys = cast(Iterator[bytes], client.scan_iter("{dedup:counts}*"))
    return [key for key in keys if not key.startswith((b"{dedup:counts}inbox", b"{dedup:counts}put:"))]
