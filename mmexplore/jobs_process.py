"""Long work in a process of its own, so that the pages of the others do not share an interpreter with it.

The server starts ``python -m mmexplore.jobs_process`` (multiprocessing would run the page again, see `mmexplore.runs.launcher`), hands over
a function's name and its arguments by a pipe, and reads what it reports by another: nothing touches the disk. The process works at the
lowest priority, rests while it is another's turn, and ends with its work: with the visitor's data. It also ends when it is told to stop and does not
within two seconds, and when the server has gone.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from mmexplore.errors import MmexploreError
from mmexplore.jobs import Report, Reporter, function_named

_PATIENCE = 2.0  # seconds for its own end
_EVERY = 0.05  # seconds between two reports, and between two looks
_STOP, _REST, _GO = b"s", b"r", b"g"


def in_process(
    function: str,
    arguments: tuple[Any, ...],
    named: Mapping[str, Any],
    report: Report,
    stop: Callable[[], bool],
) -> Any:
    """What a function gives, computed in another process.

    Args:
        function: ``"package.module:function"``; it takes `progress` and `should_stop` besides.
        arguments, named: its arguments.
        report: called with its progress; where it rests (see `mmexplore.jobs.Reporter`) the process rests.
        stop: asked whether it is to stop.

    Raises:
        MmexploreError: the function refused, in its own words; or the process was killed.
    """
    with _Process() as process:
        if isinstance(report, Reporter):
            report.rest, report.go = lambda: process.tell(_REST), lambda: process.tell(_GO)
        process.begin((function, arguments, dict(named)))
        asked: float | None = None
        while True:
            if asked is None and stop():
                asked = time.monotonic()
                process.tell(_STOP)
            elif asked is not None and time.monotonic() - asked > _PATIENCE:
                return None  # leaving kills it
            for kind, *values in process.read(_EVERY):
                if kind == "report":
                    report(*values)
                elif kind == "result":
                    return values[0]
                elif kind == "refused":
                    raise MmexploreError(values[0])
                else:
                    raise RuntimeError(f"in a process of its own: {values[0]}")


class _Process:
    """One process, killed on leaving."""

    def __enter__(self) -> _Process:
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mmexplore.jobs_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | one,
            cwd=Path(__file__).parents[1],
        )
        self._buffer = b""
        self._writing = threading.Lock()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()

    def begin(self, request: tuple[Any, ...]) -> None:
        packed = pickle.dumps(request, protocol=5)
        self.tell(struct.pack("<Q", len(packed)))
        self.tell(packed)

    def tell(self, data: bytes) -> None:
        if self._process.stdin is not None:
            with self._writing, contextlib.suppress(OSError):  # it has gone: `read` says so
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def read(self, seconds: float) -> list[tuple[Any, ...]]:
        """The messages that have come, after waiting for one at most so long."""
        pipe = self._process.stdout
        if pipe is None or not select.select([pipe], [], [], seconds)[0]:
            return []
        data = os.read(pipe.fileno(), 1 << 20)
        if not data:
            raise MmexploreError("the process that computed this was killed, perhaps for its memory: ask for less")
        self._buffer += data
        messages = []
        while len(self._buffer) >= 8:
            (length,) = struct.unpack("<Q", self._buffer[:8])
            if len(self._buffer) < 8 + length:
                break
            messages.append(pickle.loads(self._buffer[8 : 8 + length]))
            self._buffer = self._buffer[8 + length :]
        return messages


def main() -> None:
    """What the process does: one piece of work."""
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed does not disturb the messages
    os.nice(10)
    (length,) = struct.unpack("<Q", _exactly(8))
    function, arguments, named = pickle.loads(_exactly(length))
    orders = _Orders()
    last = 0.0

    def progress(share: float, words: str) -> None:
        nonlocal last
        orders.follow()
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            _send(outgoing, ("report", float(share), str(words)))

    def should_stop() -> bool:
        orders.follow()
        return orders.stopping

    try:
        made = function_named(function)(*arguments, **named, progress=progress, should_stop=should_stop)
        _send(outgoing, ("result", made))
    except MmexploreError as error:
        _send(outgoing, ("refused", str(error)))
    except Exception as error:
        import traceback

        traceback.print_exc()
        _send(outgoing, ("failed", f"{type(error).__name__}: {error}"))


class _Orders:
    """What the server says while the work goes on."""

    def __init__(self) -> None:
        self.stopping = False
        self._arrived = bytearray()
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while data := os.read(0, 1):
            with self._changed:
                self._arrived += data
                self._changed.notify_all()
        os._exit(0)  # the server has gone

    def follow(self) -> None:
        """Take note, and rest where that is said."""
        with self._changed:
            while True:
                self.stopping = self.stopping or _STOP[0] in self._arrived
                last = max((self._arrived.rfind(order) for order in (_REST, _GO)), default=-1)
                if self.stopping or last < 0 or self._arrived[last : last + 1] == _GO:
                    return
                self._changed.wait()


def _exactly(length: int) -> bytes:
    """So many bytes of the standard input and no more: what comes after them is for `_Orders`."""
    parts, left = [], length
    while left:
        data = os.read(0, min(left, 1 << 20))
        if not data:
            os._exit(0)
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


def _send(pipe: BinaryIO, message: tuple[Any, ...]) -> None:
    packed = pickle.dumps(message, protocol=5)
    pipe.write(struct.pack("<Q", len(packed)) + packed)
    pipe.flush()


if __name__ == "__main__":
    main()
