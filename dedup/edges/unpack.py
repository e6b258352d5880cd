"""Content encodings undone, within bounds: gzip, deflate and br, never more than was asked for. The door to brotli.

httpx could do it, but unpacks whatever arrives in one go: with brotli, one packet of 4 kB can become gigabytes. Here
each step yields one piece of a bounded size, so that whoever reads can stop at any moment.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli

ACCEPTED = "gzip, deflate, br"
"""For the header Accept-Encoding."""

_PIECE_BYTES = 65_536


class UnpackError(ValueError):
    """The body is not what its Content-Encoding says, or in an encoding that nobody asked for."""


def unpacked(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The pieces of the body as it was before it was packed, each of bounded size. Raises UnpackError."""
    names = [name for name in (each.strip().lower() for each in encoding.split(",")) if name and name != "identity"]
    if not names:
        return iter(parts)
    if len(names) > 1:
        raise UnpackError("the body is compressed more than once: nobody does that in good faith")
    unpack = _UNPACKERS.get(names[0].removeprefix("x-"))
    if unpack is None:
        raise UnpackError(f"the body is compressed with {names[0]!r}, which was not asked for")
    return unpack(parts)


def _gzip(parts: Iterable[bytes]) -> Iterator[bytes]:
    return _inflate(parts, 16 + zlib.MAX_WBITS)


def _deflate(parts: Iterable[bytes]) -> Iterator[bytes]:
    """zlib's format, as the RFC wants it, or the bare one, as many servers do it."""
    stream = iter(parts)
    first = next((part for part in stream if part), b"")
    bare = not first or first[0] & 0x0F != 8 or (len(first) > 1 and int.from_bytes(first[:2]) % 31 != 0)
    return _inflate(_chain(first, stream), -zlib.MAX_WBITS if bare else zlib.MAX_WBITS)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _inflate(parts: Iterable[bytes], window_bits: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(window_bits)
    try:
        for part in parts:
            while part and not stream.eof:
                yield stream.decompress(part, _PIECE_BYTES)
                part = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error as error:
        raise UnpackError(f"the compressed body is damaged: {error}") from error
    if not stream.eof:
        raise UnpackError("the compressed body is damaged: it ends too soon")


def _brotli(parts: Iterable[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    try:
        for part in parts:
            yield stream.process(part, output_buffer_limit=_PIECE_BYTES)
            while not stream.can_accept_more_data():
                yield stream.process(b"", output_buffer_limit=_PIECE_BYTES)
    except brotli.error as error:
        raise UnpackError(f"the compressed body is damaged: {error}") from error
    if not stream.is_finished():
        raise UnpackError("the compressed body is damaged: it ends too soon")


_UNPACKERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
}
