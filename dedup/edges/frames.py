"""Frames: how processes of ours speak to each other. A frame is its length in four bytes, and then its content.

Nothing here can run code, whatever a frame holds.
"""

from __future__ import annotations

from typing import BinaryIO

_LENGTH_BYTES = 4
MAX_FRAME_BYTES = 512 * 1024 * 1024
"""More than any document within the caps can become: a longer frame is a fault."""


def head_of(content: bytes) -> bytes:
    """What stands before this content in its frame."""
    return len(content).to_bytes(_LENGTH_BYTES)


def framed_size(received: bytes | bytearray) -> int | None:
    """How long the frame is that begins so; None if that cannot be told yet. Raises EOFError if it is nonsense."""
    if len(received) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(received[:_LENGTH_BYTES])
    if length > MAX_FRAME_BYTES:
        raise EOFError("not a frame")
    return _LENGTH_BYTES + length


def content_of(frame: bytes | bytearray) -> bytes:
    """The content of a whole frame."""
    return bytes(memoryview(frame)[_LENGTH_BYTES:])


def write_frame(pipe: BinaryIO, content: bytes) -> None:
    """Write one frame. Raises OSError when nobody reads any more."""
    pipe.write(head_of(content))
    pipe.write(content)


def read_frame(pipe: BinaryIO) -> bytes:
    """The next frame. Raises EOFError when the other side is gone, or says nonsense."""
    size = framed_size(_exactly(pipe, _LENGTH_BYTES))
    assert size is not None
    return _exactly(pipe, size - _LENGTH_BYTES)


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError("the other side is gone")
    return content
