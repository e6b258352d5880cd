"""A real HTTP origin on loopback whose pages are functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Page = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request, as a page sees it."""

    path: str
    headers: dict[str, str]
    handler: BaseHTTPRequestHandler
    body: bytes = b""

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Answer; header names are written with `_` for `-`."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()


@dataclass
class Origin:
    """Pages by path, and the requests that came for them."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[Exchange] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str, body: bytes, **headers: str) -> str:
        """Serve the same answer every time; returns the page's URL."""
        self.pages[path] = lambda exchange: exchange.reply(body, 200, **headers)
        return self.url(path)

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        """Send whoever asks for the page elsewhere; returns the page's URL."""
        self.pages[path] = lambda exchange: exchange.reply(status=status, Location=location)
        return self.url(path)

    def silent(self, exchange: Exchange) -> None:
        """A page that takes the request and never answers."""
        self.closing.wait(30)

    def asked(self, path: str) -> list[Exchange]:
        return [exchange for exchange in self.requests if exchange.path == path]


@contextmanager
def running_origin() -> Iterator[Origin]:
    """An origin on a free port, closed at the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            exchange = Exchange(self.path, dict(self.headers.items()), self, body)
            origin.requests.append(exchange)
            page = origin.pages.get(self.path, _nothing_here)
            try:
                page(exchange)
            except OSError:  # the client has hung up, as it may
                self.close_connection = True

        def finish(self) -> None:
            with suppress(OSError):  # what could not be sent to a client that has hung up
                super().finish()
            self.rfile.close()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        origin = Origin(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield origin
        finally:
            origin.closing.set()
            server.shutdown()
            thread.join()


def _nothing_here(exchange: Exchange) -> None:
    exchange.reply(b"nothing here", 404)
