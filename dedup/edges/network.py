"""The connections that feeds are fetched over: httpcore, with an allowance for the whole exchange.

httpcore bounds each single read; a server that sends one byte now and then would hold us for ever. Here every read,
write and connection attempt may last only as long as is left of the exchange, and whatever is read is counted.

This is also the place to look at whom we are connected to: a `NetworkBackend` given to `Connections` opens every
socket, redirects included, after the name was resolved and before a byte is sent.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

import httpcore
import httpx

from dedup.edges.allowance import Allowance

Header = tuple[bytes, bytes]

_SLICE_BYTES = 4096
"""What is decompressed in one go. gzip grows at most 1,032 times, so a cap is overshot by 4 MiB at most."""

_CONNECTIONS = 100
_IDLE_CONNECTIONS = 2
_IDLE_S = 5.0
"""Idle connections are kept for the next feed of the same host, not for the next poll. Few, because with each request
httpcore compares every connection with every other: with 20 idle ones that took half of the time of a poll."""


class Answer:
    """What a server says to one request. Its body is read with `parts`, once, or not at all; close it in any case."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response
        self._headers: dict[bytes, list[bytes]] = {}
        for name, value in response.headers:
            self._headers.setdefault(name.lower(), []).append(value)
        self.status = response.status

    @property
    def reason(self) -> str:
        """The words beside the status."""
        phrase: bytes = self._response.extensions.get("reason_phrase", b"")
        return phrase.decode("ascii", "replace")

    def all(self, name: bytes) -> list[str]:
        """Every header of that name (in small letters), byte for byte: HTTP headers are latin-1."""
        return [value.decode("latin-1") for value in self._headers.get(name, ())]

    def joined(self, name: bytes) -> str | None:
        """All headers of that name as the one list that they are; None if there is none."""
        return ", ".join(self.all(name)) if name in self._headers else None

    def first(self, name: bytes) -> str | None:
        """The first header of that name; None if there is none."""
        return next(iter(self.all(name)), None)

    def location(self) -> str | None:
        """Where a redirect leads to: some servers write it in UTF-8 that they have not escaped."""
        raw = next(iter(self._headers.get(b"location", ())), None)
        if raw is None:
            return None
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def parts(self) -> Iterator[bytes]:
        """The body as it was sent, in small pieces, so that whoever decompresses it can stop in time."""
        for part in self._response.iter_stream():
            for start in range(0, len(part), _SLICE_BYTES):
                yield part[start : start + _SLICE_BYTES]

    def __enter__(self) -> Answer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()


class Connections:
    """A connection pool whose every step keeps to the allowance; `network` opens the sockets."""

    def __init__(
        self,
        allowance: Allowance,
        network: httpcore.NetworkBackend,
        tls: ssl.SSLContext,
        read_timeout_s: float,
        connect_timeout_s: float,
    ) -> None:
        self._allowance = allowance
        self._extensions: dict[str, Any] = {
            "timeout": {
                "connect": connect_timeout_s, "read": read_timeout_s, "write": read_timeout_s, "pool": read_timeout_s
            }
        }  # fmt: skip
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
            network_backend=_BoundedNetwork(network, allowance),
        )

    def ask(self, method: str, place: httpx.URL, headers: Sequence[Header], content: bytes = b"") -> Answer:
        """Send one request; the answer's body is not read yet. Raises httpcore's errors and OSError."""
        self._allowance.await_head()
        url = httpcore.URL(scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path)
        request = httpcore.Request(
            method, url, headers=[(b"Host", place.netloc), *headers], content=content, extensions=self._extensions
        )
        answer = Answer(self._pool.handle_request(request))
        self._allowance.head_is_in()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _BoundedNetwork(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._allowance.at_most(timeout)
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _BoundedStream(stream, self._allowance)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._allowance.at_most(timeout))
        self._allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.at_most(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._inner.start_tls(ssl_context, server_hostname, self._allowance.at_most(timeout))
        return _BoundedStream(stream, self._allowance)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 (httpcore's own signature)
        return self._inner.get_extra_info(info)
