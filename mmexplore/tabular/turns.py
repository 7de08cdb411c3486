"""Large files are read one after the other: what reading takes for a moment, several times the file, is taken once and not by everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mmexplore.errors import BadData

LARGE = 4_000_000  # bytes, or cells that a file announces
SMALL_PACKED = 40_000  # bytes of a packed file, which may hold a thousand times as much
_PATIENCE = 45.0  # seconds one waits for one's turn
_MOST_WAITING = 8

_TURN = threading.Lock()
_waiting = 0
_COUNT = threading.Lock()


@contextmanager
def turn(data: bytes, name: str) -> Iterator[None]:
    """Wait for one's turn to read a large file; small ones are read at once.

    Raises:
        BadData: too many wait, or it took too long.
    """
    global _waiting
    packed = data.startswith((b"\x1f\x8b", b"PAR1", b"PK"))
    if len(data) < (SMALL_PACKED if packed else LARGE):
        yield
        return
    busy = BadData(
        f"{name} was not read: other large files are being read on this server just now. Try again in a minute"
    )
    with _COUNT:
        if _waiting >= _MOST_WAITING:
            raise busy
        _waiting += 1
    try:
        mine = _TURN.acquire(timeout=_PATIENCE)
    finally:
        with _COUNT:
            _waiting -= 1
    if not mine:
        raise busy
    try:
        yield
    finally:
        _TURN.release()
