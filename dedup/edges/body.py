"""The body of an answer, unpacked and within bounds: of size, of growth, and of the crumbs that it comes in."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.edges.allowance import OverdrawnError
from dedup.edges.network import Answer
from dedup.edges.unpack import unpacked

_RATIO = 200
"""Times that a body may grow when unpacked: feeds grow 5 to 30 times, bombs 1,000 times and more."""
_RATIO_FROM_BYTES = 1024 * 1024
"""A body that unpacks to less than this may grow as it likes."""
_SMALLEST_PART_BYTES = 64
_PARTS = 20_000
"""After so many parts, their mean size must be above the smallest: a body in chunks of one byte costs seconds."""


def body_of(answer: Answer, max_bytes: int) -> bytes:
    """The decoded body. Raises OverdrawnError beyond the bounds, UnpackError, and what reading raises."""
    sent = _Sent(answer, max_bytes)
    body = bytearray()
    for part in unpacked(sent.parts(), answer.joined(b"content-encoding") or ""):
        body += part
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
        if len(body) > max(_RATIO_FROM_BYTES, _RATIO * sent.size):
            raise OverdrawnError(f"the document grows more than {_RATIO} times when unpacked: a bomb")
    return bytes(body)


class _Sent:
    """The body as it is sent; nobody keeps on sending more than the cap, or only crumbs."""

    def __init__(self, answer: Answer, max_bytes: int) -> None:
        self._answer = answer
        self._max_bytes = max_bytes
        self.size = 0

    def parts(self) -> Iterator[bytes]:
        for count, part in enumerate(self._answer.parts()):
            self.size += len(part)
            if self.size > self._max_bytes:
                raise _too_large(self._max_bytes)
            if count > _PARTS and self.size < count * _SMALLEST_PART_BYTES:
                raise OverdrawnError("the document comes in crumbs of a few bytes each")
            yield part


def _too_large(max_bytes: int) -> OverdrawnError:
    return OverdrawnError(f"the document is larger than {max_bytes:,} bytes (poll.max_bytes)")
