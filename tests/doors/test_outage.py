"""A Redis of one's own that goes away for a while, under a running daemon: everything waits, and goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from dedup.edges.embedded import RedisBinary
from dedup.edges.redis_store import RedisStore
from dedup.edges.redis_store.inbox import GROUP
from dedup.edges.redis_store.keys import Keys
from tests import redis_server
from tests.doors.conftest import eventually
from tests.edges.redis_store.test_cluster import expected, partition
from tests.edges.redis_store.test_failures import submissions
from tests.edges.redis_store.test_store import WINDOW_S, stories

AWAY_S = float(os.environ.get("DEDUP_TEST_AWAY_S", "4"))
"""How long Redis is away; longer than a client tries by itself."""


@contextmanager
def daemon(url: str, folder: Path) -> Iterator[str]:
    """`dedup run` on that Redis, and its address."""
    config = folder / "dedup.toml"
    config.write_text(f'[redis]\nurl = "{url}"\n[feeds]\nopml = ""\n[ingest]\nbatch = 8\n')
    command = [sys.executable, "-m", "dedup.doors.cli", "run", "--port", "0", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process, (folder / "log").open("w") as log:
        assert process.stderr
        address = next(line.split()[1] for line in process.stderr if line.startswith("  http "))
        copied = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
        yield address
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        copied.wait()


def a_minute_passes(server: redis_server.RedisServer) -> None:
    """For the batch that the worker had when Redis went: what is idle for so long is handed out again."""
    inbox = Keys("dedup").counted("inbox")
    for held in server.client.xpending_range(inbox, GROUP, "-", "+", 1_000):
        server.client.xclaim(inbox, GROUP, "gone", 0, [held["message_id"]], idle=60_000, justid=True)


def test_redis_is_away_while_the_daemon_groups(redis_binary: RedisBinary, tmp_path: Path) -> None:
    entries = stories(100)
    with redis_server.started(redis_binary.path, tmp_path / "redis") as server, daemon(server.url, tmp_path) as address:
        store = RedisStore.open(server.url, "dedup", window_s=WINDOW_S)
        store.put(submissions(entries))
        assert eventually(lambda: store.counts().get("clustered", 0) >= len(entries) // 4, 60)
        server.kill()
        gone = time.monotonic()
        assert eventually(lambda: httpx.get(f"{address}/readyz", timeout=30).status_code == 503, 60)
        assert httpx.get(f"{address}/healthz", timeout=30).status_code == 200
        assert eventually(lambda: time.monotonic() - gone > AWAY_S, AWAY_S + 60)
        server.start()
        assert eventually(lambda: httpx.get(f"{address}/readyz", timeout=30).status_code == 200, 60)
        a_minute_passes(server)
        assert eventually(lambda: store.waiting() == 0, 60)
        assert store.counts()["clustered"] == len(entries)
        assert partition(store) == expected(entries)
        store.close()
    assert "Traceback" not in (tmp_path / "log").read_text()
