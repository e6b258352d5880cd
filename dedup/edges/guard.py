"""Whom we connect to: names are resolved once, and only addresses that are open to us are connected to.

A feed's URL may have been typed by a stranger, and a redirect is written by one. What counts is not the name but the
address at the other end of the connection: so the name is looked up here, each of its addresses is judged, and the
connection goes to the very address that was judged. A name that answers differently the next time gains nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import httpcore

from dedup.edges.resolve import Resolve, Resolver, addresses_of
from dedup.following.addresses import Network, closed, networks

THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that whoever writes them into a list of feeds means."""
LOOPBACK = networks(("127.0.0.1", "::1"))
_MOST_ADDRESSES = 8
"""Of one name that are tried: a name with hundreds would hold us for as many connection attempts."""


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to public addresses and to those in `allowed`; anything else raises httpcore.ConnectError."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        resolve: Resolve = addresses_of,
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = Resolver(resolve)
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that is open to us and answers; look-up and all within `timeout`."""
        ends = time.monotonic() + (timeout if timeout is not None else float("inf"))
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._open_addresses(host, port, timeout):
            left_s = ends - time.monotonic()
            if left_s <= 0:
                raise httpcore.ConnectTimeout(f"no address of {host} answered in time")
            try:
                left = None if timeout is None else left_s
                return self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _open_addresses(self, host: str, port: int, timeout_s: float | None) -> Sequence[str]:
        try:
            found = self._resolve(host, port, timeout_s)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address ({error})") from error
        judged = [(address, closed(address, self._allowed)) for address in found[:_MOST_ADDRESSES]]
        usable = [address for address, why in judged if why is None]
        if judged and not usable:
            address, why = judged[0]
            raise httpcore.ConnectError(f"{address} is not public ({why}); poll.allow_networks can open it")
        return usable
