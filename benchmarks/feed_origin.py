"""The origin of `benchmarks.polling`: small, fast, and the same for everybody. Prints its port and serves until ended.

A feed's second edition comes with the second request for it, if it is among those that change.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections import Counter
from typing import ClassVar

from benchmarks.feed_documents import document


class Feeds(asyncio.Protocol):
    """One connection. Requests are a few hundred bytes and come in one piece, or are waited for."""

    served: ClassVar[Counter[int]] = Counter()
    bodies: ClassVar[dict[tuple[int, int], bytes]] = {}
    changing: ClassVar[int] = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        number = int(head.split(b" ", 2)[1][1:])
        edition = int(self.served[number] > 0 and number < self.changing)
        self.served[number] += 1
        tag = b'"%d-%d"' % (number, edition)
        reply = b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        if b"if-none-match: " + tag not in head.lower():
            body = self.bodies[number, edition]
            reply = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Encoding: gzip\r\nETag: %s\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (tag, len(body), body)
            )
        assert isinstance(self._transport, asyncio.WriteTransport)
        self._transport.write(reply)


async def serve(feeds: int, changed: float) -> None:
    """Make all documents beforehand, so that they cost nothing when asked for."""
    Feeds.changing = int(feeds * changed)
    for number in range(feeds):
        for edition in range(1 + (number < Feeds.changing)):
            Feeds.bodies[number, edition] = gzip.compress(document(number, edition), 1)
    server = await asyncio.get_running_loop().create_server(Feeds, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
