"""What executes runs, as pages and commands see it: submit, stop, pause, resume. Here: processes of this machine.

`Engine` is all that a page knows; another one (a cluster's scheduler, say) takes its place with `use`, as long as it writes the
runs' folders.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from mmexplore.errors import Unsupported
from mmexplore.runs.again import remove
from mmexplore.runs.contents import touch
from mmexplore.runs.folder import Run

MOST_WAITING = 300


class Engine(Protocol):
    """Executes what described folders ask for."""

    def ready(self) -> None:
        """Make sure that somebody will execute; cheap, called before and while one waits."""
        ...

    def submit(self, run: Run) -> None:
        """Put a described run into the queue."""
        ...

    def stop(self, run: Run) -> None:
        """Ask it to stop, queued or running: it has ended within a second."""
        ...

    def pause(self, run: Run) -> None:
        """Let it rest; its place is free for others."""
        ...

    def resume(self, run: Run) -> None:
        """Let it go on, as soon as there is a place."""
        ...

    def ahead(self, run: Run) -> int:
        """How many queued runs come before this one."""
        ...

    def knows(self, run: Run) -> bool:
        """Whether it waits in the queue."""
        ...

    def check_room(self) -> None:
        """Raise `Unsupported` where the queue takes no more."""
        ...


class LocalEngine:
    """Processes of this machine, looked after by `mmexplore.runs.launcher`.

    Args:
        root: folder that holds the queue.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._queue = root / "queue"
        self._launcher: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ready(self) -> None:
        """Start the launcher where none of ours lives."""
        with self._lock:
            if self._launcher is not None and self._launcher.poll() is None:
                return
            try:
                self._queue.mkdir(parents=True, exist_ok=True)
                log = (self._root / "launcher.log").open("ab")
            except OSError as error:
                raise Unsupported(
                    f"the folder of the runs, {self._root}, cannot be written ({error.strerror}): set MMEXPLORE_RUNS to one that can"
                ) from None
            one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
            with log:
                self._launcher = subprocess.Popen(
                    [sys.executable, "-m", "mmexplore.runs.launcher", str(self._root)],
                    stdin=subprocess.PIPE,  # never written: its closing tells the launcher that we have gone
                    stdout=log,
                    stderr=log,
                    env=os.environ | one,
                    cwd=Path(__file__).parents[2],
                    start_new_session=True,
                )
            atexit.register(self.close)

    def submit(self, run: Run) -> None:
        """Put a described run into the queue."""
        self._queue.mkdir(parents=True, exist_ok=True)
        entry = self._queue / f"{time.time_ns()}-{run.name}"
        part = entry.with_name(f".{entry.name}")
        part.write_text(str(run.path), encoding="utf-8")
        part.rename(entry)
        self.ready()

    def stop(self, run: Run) -> None:
        """Ask it to stop."""
        with contextlib.suppress(OSError):
            touch(run.path / "stop")

    def pause(self, run: Run) -> None:
        """Let it rest."""
        with contextlib.suppress(OSError):
            touch(run.path / "pause")

    def resume(self, run: Run) -> None:
        """Let it go on."""
        remove(run.path / "pause")

    def ahead(self, run: Run) -> int:
        """How many queued runs come before this one."""
        names = self._names()
        return names.index(run.name) if run.name in names else 0

    def knows(self, run: Run) -> bool:
        """Whether it waits in the queue."""
        return run.name in self._names()

    def check_room(self) -> None:
        """Raise `Unsupported` where the queue takes no more."""
        if len(self._names()) >= MOST_WAITING:
            raise Unsupported(
                f"{MOST_WAITING} runs are waiting already: stop some on the Runs page, or try again later"
            )

    def _names(self) -> list[str]:
        entries = sorted(self._queue.glob("[0-9]*")) if self._queue.is_dir() else []
        return [entry.name.partition("-")[2] for entry in entries]

    def close(self) -> None:
        """Let the launcher know that nobody will ask for more; what runs is finished."""
        with self._lock:
            if self._launcher is not None and self._launcher.stdin is not None:
                with contextlib.suppress(OSError):
                    self._launcher.stdin.close()
                self._launcher = None
