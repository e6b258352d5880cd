"""The server as a child of this process: its settings, its start, its end."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

from dedup.edges.embedded.binary import RedisBinary

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "600",
    "daemonize": "no",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "stop-writes-on-bgsave-error": "no",
}
_TERM_TIMEOUT_S = 5.0
_KILL_TIMEOUT_S = 5.0


class Child:
    """A running server, and a thread that waits for its end.

    The thread is there because another process may be the one that stops the server: with nobody waiting, it would
    stay behind as a zombie for as long as this process lives.
    """

    def __init__(self, binary: RedisBinary, home: Path, address: Path, log: Path, server_lock: int) -> None:
        """Start it on `home`; the lock behind the descriptor `server_lock` is the server's from now on."""
        config = home / "redis.conf"
        config.write_bytes(_config(_SETTINGS | {"dir": str(home), "logfile": str(log), "unixsocket": str(address)}))
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [binary.path, config],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                # Its own session: Ctrl-C in our terminal is for us, and we stop the server when we are done with it.
                start_new_session=True,
                pass_fds=(server_lock,),
                # Redis 7 refuses to start in a locale that is not installed.
                env={**os.environ, "LC_ALL": "C"},
            )
        self.died = threading.Event()
        threading.Thread(target=self._wait, name="embedded-redis", daemon=True).start()

    def ended(self, patience_s: float) -> bool:
        """Wait for its end, and make an end of it when patience runs out; True if it is gone."""
        if self.died.wait(patience_s):
            return True
        self._process.terminate()
        if self.died.wait(_TERM_TIMEOUT_S):
            return True
        self._process.kill()
        return self.died.wait(_KILL_TIMEOUT_S)

    def _wait(self) -> None:
        self._process.wait()
        self.died.set()


def _config(settings: dict[str, str]) -> bytes:
    return os.fsencode("".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
