"""A Redis, or a sentinel, on a port of loopback or a socket, that can be killed and started again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.cluster import answers, free_port, until


class RedisServer:
    """One server with a folder of its own; what it had written is there again when it is started again."""

    def __init__(self, program: Path, folder: Path, *options: str, port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.client = redis.Redis(port=self.port)
        self._command = [str(program), *options, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._command += ["--logfile", str(folder / "log")]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)
        until(lambda: answers(self.client))

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        self.client.connection_pool.disconnect()


@contextmanager
def started(program: Path, folder: Path, options: Sequence[str] = (), port: int | None = None) -> Iterator[RedisServer]:
    """A server that runs, with an append-only file, and is ended afterwards."""
    server = RedisServer(program, folder, "--appendonly", "yes", "--save", "", *options, port=port)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        server.client.close()


@contextmanager
def sentinel(program: Path, folder: Path, watched: RedisServer) -> Iterator[RedisServer]:
    """A sentinel that decides alone, and soon, that `watched` is gone; it knows it as `news`."""
    folder.mkdir(parents=True)
    config = folder / "sentinel.conf"
    config.write_text(
        f"sentinel monitor news 127.0.0.1 {watched.port} 1\n"
        "sentinel down-after-milliseconds news 500\n"
        "sentinel failover-timeout news 5000\n"
    )
    server = RedisServer(program, folder, str(config), "--sentinel")
    try:
        server.start()
        yield server
    finally:
        server.kill()
        server.client.close()
