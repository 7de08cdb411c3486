"""Locks that a process holds for as long as it lives, killed or not: they tell whether somebody is there, which a number does not."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

from mmexplore.errors import Unsupported
from mmexplore.runs.contents import open_regular

try:
    import fcntl
except ImportError:  # Windows: the rest of the library works without runs
    fcntl = None  # type: ignore[assignment]

NO_LOCKS = "runs need Linux or macOS; the exact answers work everywhere"
_PATIENCE = 0.5  # seconds one tries to get a lock: whoever asks whether it is held holds it for a moment


@contextlib.contextmanager
def present(path: Path) -> Iterator[None]:
    """Be one of several who hold a lock together.

    Raises:
        Unsupported: this system has no such locks.
    """
    if fcntl is None:
        raise Unsupported(NO_LOCKS)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def anybody_present(path: Path) -> bool:
    """Whether somebody is `present` there."""
    try:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return path.exists()
    return False


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file; gives whether it was got (always, if one waits)."""
    if fcntl is None:
        raise Unsupported(NO_LOCKS)
    deadline = math.inf if wait else time.monotonic() + _PATIENCE
    flags = (
        os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    )  # nothing but a file of this folder, and without waiting
    with os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0) as file:
        got = False
        while not got:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
            except OSError:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)
        try:
            yield got
        finally:
            if got:
                fcntl.flock(file, fcntl.LOCK_UN)


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock of a file."""
    if fcntl is None:
        return False
    try:
        handle = open_regular(path)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
