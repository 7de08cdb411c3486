"""A dashboard process of one's own: started on a free loopback port, stopped by its process id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from mmexplore.serve.launch import HOST

ROOT = Path(__file__).parents[1]


class Server:
    """``with Server() as server: ... server.address``.

    Args:
        command: what to start, with ``{port}`` for the port; default: ``python -m mmexplore serve``.
        ready: text on its output that says it is up.
        cwd: folder to start it in.
        env: environment variables to add.
        within: seconds it may take.
    """

    def __init__(
        self,
        command: Sequence[str] = (sys.executable, "-m", "mmexplore", "serve", "--port", "{port}"),
        *,
        ready: str = "mmexplore is at",
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        within: float = 120.0,
    ) -> None:
        self._command = command
        self._ready = ready
        self._cwd = cwd
        self._env = {**os.environ, **(env or {})}
        self._within = within

    def __enter__(self) -> Self:
        self.port = _any_port()
        self.address = f"{HOST}:{self.port}"
        self._log = tempfile.TemporaryFile(mode="w+b")
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [part.format(port=self.port) for part in self._command],
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        while self._ready not in self.log():
            if self.process.poll() is not None or time.perf_counter() - start > self._within:
                log = self.log()
                self.stop()
                raise RuntimeError(f"the server did not come up; it said:\n{log}")
            time.sleep(0.05)
        self.start_seconds = time.perf_counter() - start
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def log(self) -> str:
        """All it has written so far."""
        self._log.flush()
        return os.pread(self._log.fileno(), 10_000_000, 0).decode(errors="replace")

    def stop(self) -> None:
        """End this process, politely first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


def _any_port() -> int:
    """A free port out of the system's own range, so that two callers at once hardly meet."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
