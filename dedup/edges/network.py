"""The connections that feeds are fetched over: httpx on httpcore, with an allowance for the whole exchange.

httpx bounds each single read; a server that sends one byte now and then would hold us for ever. Here every read, write
and connection attempt may last only as long as is left of the exchange, and whatever is read is counted.

This is also the place to look at whom we are connected to: a `NetworkBackend` given to `FeedTransport` opens every
socket, redirects included, after the name was resolved and before a byte is sent.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from dedup.edges.allowance import Allowance

_SLICE_BYTES = 4096
"""What is decompressed in one go. gzip grows at most 1,032 times, so a cap is overshot by 4 MiB at most."""

_CONNECTIONS = 100
_IDLE_CONNECTIONS = 2
_IDLE_S = 5.0
"""Idle connections are kept for the next feed of the same host, not for the next poll. Few, because with each request
httpcore compares every connection with every other: with 20 idle ones that took half of the time of a poll."""


class FeedTransport(httpx.BaseTransport):
    """A connection pool whose every step keeps to the allowance; `network` opens the sockets."""

    def __init__(self, allowance: Allowance, network: httpcore.NetworkBackend | None = None) -> None:
        self._allowance = allowance
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
            network_backend=_BoundedNetwork(network or httpcore.SyncBackend(), allowance),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises httpx.TransportError."""
        url = request.url
        self._allowance.await_head()
        with _as_httpx():
            response = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        self._allowance.head_is_in()
        return httpx.Response(
            response.status, headers=response.headers, stream=_Sliced(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Sliced(httpx.SyncByteStream):
    """The body in small pieces, so that whoever decompresses it can stop in time."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            for part in self._response.iter_stream():
                for start in range(0, len(part), _SLICE_BYTES):
                    yield part[start : start + _SLICE_BYTES]

    def close(self) -> None:
        self._response.close()


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


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Translate: callers of an httpx transport expect httpx's errors."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout(str(error)) from error
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.TransportError(str(error)) from error
