"""The server of a data directory: found running or started on entering, stopped by the last to leave."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from dedup.edges.embedded.binary import RedisBinary, find_redis_binary
from dedup.edges.embedded.locks import alone, got_alone, opened, shared
from dedup.edges.embedded.process import Child
from dedup.edges.embedded.wire import Answer, ping, process_id, shut_down
from dedup.nouns.errors import EmbeddedRedisError

LONGEST_SOCKET_PATH_BYTES = 100
"""Linux keeps 108 bytes for a socket's path, macOS 104, both with a zero at the end; a few are left as reserve."""

_LOG_ROTATES_AT_BYTES = 4_000_000
_LOG_TAIL_LINES = 8
_ANSWER_TIMEOUT_S = 2.0
_LOOK_AGAIN_S = 0.01


class EmbeddedRedis:
    """A context manager: inside it a Redis server runs on `data_dir`, and `url` leads to it.

    Any number of processes, and of these objects in one process, share the server of a data directory. What was
    written is there again next time. Entering raises EmbeddedRedisError if no server can be started.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binary: RedisBinary | None = None,
        start_timeout_s: float = 30.0,
        stop_timeout_s: float = 30.0,
    ) -> None:
        """`binary` is looked for when needed if not given; `start_timeout_s` counts from the last sign of life."""
        self._data_dir = data_dir.absolute()
        self._home = self._data_dir / "redis"
        self._log = self._home / "redis.log"
        self._binary = binary
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._child: Child | None = None
        self._use: ExitStack | None = None
        self._users_lock = -1

    @property
    def url(self) -> str:
        """The address as a Redis client takes it: unix://PATH."""
        return f"unix://{quote(str(self._address()))}"

    @property
    def pid(self) -> int | None:
        """The server's process id, by its own word; None if it does not answer."""
        return process_id(self._address(), _ANSWER_TIMEOUT_S)

    def __enter__(self) -> Self:
        with self._translated(), ExitStack() as use:
            self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._home.mkdir(mode=0o700, exist_ok=True)
            with alone(self._home / "start.lock"):
                self._users_lock = use.enter_context(shared(self._home / "users.lock"))
                self._ensure_running()
            self._use = use.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        use, self._use = self._use, None
        if use is None:
            return
        with self._translated(), use, alone(self._home / "start.lock"):
            if got_alone(self._users_lock):
                self._stop()

    def revive(self) -> None:
        """Start the server again if it has died since (memory ran out, somebody killed it); raises EmbeddedRedisError.

        Does nothing if it is alive.
        """
        with self._translated(), alone(self._home / "start.lock"):
            self._ensure_running()

    def _ensure_running(self) -> None:
        with opened(self._home / "server.lock") as server_lock:
            if self._came_free(server_lock):
                self._sweep()
                self._child = self._start(server_lock)
                try:
                    return self._wait_until_ready(self._child.died)
                except BaseException:  # Ctrl-C as well: nobody uses it yet, so nobody would stop it
                    self._child.ended(patience_s=0)
                    self._sweep()
                    raise
        child = self._living_child()
        return self._wait_until_ready(child.died if child else threading.Event())

    def _came_free(self, server_lock: int) -> bool:
        # A server on its way out holds its lock a moment longer than its socket, hence the second and third look.
        deadline = time.monotonic() + self._start_timeout_s
        while not got_alone(server_lock):
            if ping(self._address(), _ANSWER_TIMEOUT_S) is not Answer.NOTHING or time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_AGAIN_S)
        return True

    def _start(self, server_lock: int) -> Child:
        binary = self._binary or find_redis_binary()
        # Redis 7 keeps its log in a folder that 6.2 does not look into: 6.2 would start on it, empty, without a word.
        if binary.version < (7, 0) and (self._home / "appendonlydir").exists():
            raise EmbeddedRedisError(
                f"{self._home} was written by Redis 7 or newer, which {binary} cannot read: "
                "put a redis-server at least as new on PATH, or use another data directory"
            )
        return Child(binary, self._home, self._choose_address(), self._log, server_lock)

    def _wait_until_ready(self, died: threading.Event) -> None:
        deadline = time.monotonic() + self._start_timeout_s
        while (answer := ping(self._address(), _ANSWER_TIMEOUT_S)) is not Answer.READY:
            if answer is Answer.BUSY:
                deadline = time.monotonic() + self._start_timeout_s
            if died.wait(_LOOK_AGAIN_S):
                raise self._failure("Redis stopped as soon as it was started")
            if time.monotonic() > deadline:
                raise self._failure(f"Redis gave no answer for {self._start_timeout_s:g} s")

    def _stop(self) -> None:
        child = self._living_child()
        gone = shut_down(self._address(), self._stop_timeout_s)
        if child:
            gone = child.ended(self._stop_timeout_s if gone else 0)
        if not gone:
            raise self._failure("Redis did not stop when asked to")
        self._sweep()

    def _living_child(self) -> Child | None:
        # The server in use need not be the one started here: that may have died, and another user brought up a new one.
        return self._child if self._child and not self._child.died.is_set() else None

    def _address(self) -> Path:
        try:
            return Path((self._home / "address").read_text())
        except FileNotFoundError:
            return self._home / "redis.sock"

    def _choose_address(self) -> Path:
        address = self._home / "redis.sock"
        if len(os.fsencode(address)) > LONGEST_SOCKET_PATH_BYTES:
            address = _private(_place_elsewhere(self._home)) / "redis.sock"
        (self._home / "address").write_text(str(address))
        if len(os.fsencode(address)) > LONGEST_SOCKET_PATH_BYTES:
            self._sweep()
            raise EmbeddedRedisError(f"the path {address} is too long for a socket: set TMPDIR to a shorter one")
        return address

    def _sweep(self) -> None:
        """Take away what a server that is no longer alive has left behind."""
        address = self._address()
        address.unlink(missing_ok=True)
        if address.parent != self._home:
            with suppress(OSError):
                address.parent.rmdir()
        (self._home / "address").unlink(missing_ok=True)
        if self._log.exists() and self._log.stat().st_size > _LOG_ROTATES_AT_BYTES:
            self._log.rename(self._log.with_suffix(".log.1"))

    def _failure(self, what: str) -> EmbeddedRedisError:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        tail = "".join(f"\n  {line}" for line in lines[-_LOG_TAIL_LINES:])
        return EmbeddedRedisError(
            f"{what}: look into {self._log}, or set redis.url to a server of your own; its last words:{tail or ' none'}"
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise EmbeddedRedisError(
                f"cannot use {self._home} for the embedded Redis ({error}): "
                "make it writable, or choose another data directory"
            ) from error


def _place_elsewhere(home: Path) -> Path:
    """Where the socket of `home` is if it cannot be there: always the same, so that a revived server is found again."""
    digest = blake2b(os.fsencode(os.path.realpath(home)), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"dedup-{os.getuid()}-{digest}"


def _private(place: Path) -> Path:
    """Make a directory that only we may enter, or take the one that is there if it is so; raises EmbeddedRedisError."""
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()  # and not stat: a link may be changed by whoever made it
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedRedisError(
            f"{place} is not a directory that only we may enter, so the socket cannot be there: "
            "remove it, or set TMPDIR to a directory of your own"
        )
    return place
