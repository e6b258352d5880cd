"""uvicorn in a thread that is not the main one, until an event is set."""

from __future__ import annotations

import socket
import threading

import uvicorn
from fastapi import FastAPI

from dedup.nouns.errors import Problem, SettingsError

GRACE_S = 3
"""Requests that are under way when the server is to stop are given so long."""


class HttpServer:
    """Serves one application at one address; the address is taken at once, so that a port in use is told at once."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        """Listen on `host` and `port` (0: any free one). Raises SettingsError if that cannot be had."""
        self._app = app
        self._host = host
        self._socket: socket.socket | None = _listen(host, port)
        self._port = int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Where the server is."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; after a crash it can be run again."""
        listening, self._socket = self._socket or _listen(self._host, self._port), None
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
        )
        server = uvicorn.Server(config)
        threading.Thread(target=_pass_on, args=(stop, server), name="http-stop", daemon=True).start()
        with listening:
            server.run(sockets=[listening])

    def close(self) -> None:
        """Give the address back if the server never ran."""
        if self._socket is not None:
            self._socket.close()


def _pass_on(stop: threading.Event, server: uvicorn.Server) -> None:
    """uvicorn knows no events, only a flag of its own."""
    stop.wait()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        expected = f"an address that is free and ours ({error.strerror or error})"
        raise SettingsError(
            "the HTTP server", (Problem("http.host, http.port", f"{host}:{port}", expected),)
        ) from error
