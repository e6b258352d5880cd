"""Frames: how processes of ours speak to each other over pipes. A frame is its length in four bytes, then its content.

Nothing here can run code, whatever a frame holds.
"""

from __future__ import annotations

from typing import BinaryIO

_LENGTH_BYTES = 4
MAX_FRAME_BYTES = 512 * 1024 * 1024
"""More than any document within the caps can become: a longer frame is a fault."""


def write_frame(pipe: BinaryIO, content: bytes) -> None:
    """Write one frame. Raises OSError when nobody reads any more."""
    pipe.write(len(content).to_bytes(_LENGTH_BYTES))
    pipe.write(content)


def read_frame(pipe: BinaryIO) -> bytes:
    """The next frame. Raises EOFError when the other side is gone, or says nonsense."""
    head = _exactly(pipe, _LENGTH_BYTES)
    length = int.from_bytes(head)
    if length > MAX_FRAME_BYTES:
        raise EOFError("not a frame")
    return _exactly(pipe, length)


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError("the other side is gone")
    return content
