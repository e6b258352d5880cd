"""Advisory file locks: the kernel lets go of them when their process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of the lock file, made if need be, and not locked yet. Closing it lets go of a lock taken with it.

    A child process that is handed the descriptor shares its lock, and keeps it when the descriptor is closed here.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[int]:
    """Hold the lock against everybody else, waiting for it as long as it takes."""
    with opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor


@contextmanager
def shared(path: Path) -> Iterator[int]:
    """Hold the lock together with others who share it."""
    with opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor


def got_alone(descriptor: int) -> bool:
    """Try to have the lock alone, without waiting; a share in it is given up either way."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
