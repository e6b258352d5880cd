"""A dozen bytes over a Redis socket: is it there, who is it, please stop.

The embedded server's life is managed with these three questions alone, so that the Redis client stays behind its
own door. They use inline commands (a line in, a reply out), which every version since the first understands.
"""

from __future__ import annotations

import re
import socket
from enum import Enum
from pathlib import Path

_PROCESS_ID = re.compile(rb"process_id:(\d+)\r\n")


class Answer(Enum):
    """What came back on a PING."""

    READY = "ready"
    BUSY = "busy"  # alive, but loading its data or inside a script
    NOTHING = "nothing"


def ping(address: Path, timeout_s: float) -> Answer:
    """Ask the server at this socket whether it is ready; whatever goes wrong on the way is NOTHING."""
    try:
        with _connected(address, timeout_s) as connection:
            connection.sendall(b"PING\r\n")
            reply = connection.recv(64)
    except OSError:
        return Answer.NOTHING
    if not reply:
        return Answer.NOTHING
    return Answer.READY if reply.startswith(b"+PONG") else Answer.BUSY


def process_id(address: Path, timeout_s: float) -> int | None:
    """The process id that the server at this socket says it has; None if it does not say."""
    said = b""
    try:
        with _connected(address, timeout_s) as connection:
            connection.sendall(b"INFO server\r\n")
            while not (match := _PROCESS_ID.search(said)):
                if not (more := connection.recv(4096)):
                    return None
                said += more
    except OSError:
        return None
    return int(match[1])


def shut_down(address: Path, timeout_s: float) -> bool:
    """Ask the server to write out its log and stop; True once it is gone, False if it refuses or does not answer.

    The server closes its clients' connections only when it exits: the end of the stream is the end of the server.
    """
    try:
        with _connected(address, timeout_s) as connection:
            connection.sendall(b"SHUTDOWN\r\n")
            return connection.recv(512) == b""
    except (ConnectionResetError, BrokenPipeError, ConnectionRefusedError):
        return True
    except OSError:
        return False


def _connected(address: Path, timeout_s: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        connection.connect(str(address))
    except OSError:
        connection.close()
        raise
    return connection
