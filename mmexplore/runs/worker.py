"""One run, executed: in a process forked for it, or right here for scripts and the command line."""

from __future__ import annotations

import ctypes
import errno
import importlib
import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mmexplore.devices import choose_device, repeatable
from mmexplore.errors import MmexploreError, Unsupported, noted
from mmexplore.runs.again import take_place
from mmexplore.runs.folder import Run, locked, note_status
from mmexplore.runs.recorder import Recorder, Stopped, write_json
from mmexplore.runs.task import Task

_LOG = logging.getLogger(__name__)

MEMORY = "there was not enough memory: choose fewer rows or a smaller network"
FULL = "the disk is full: free some space, or delete runs on the Runs page, then run it again"


def module_of(task: Task | type[Task]) -> str:
    """The dotted name of the module that holds a task's program."""
    return task.program.partition(":")[0]


def program_of(task: Task) -> Callable[[Task, Recorder], None]:
    """The function that executes a task; imports torch where it needs it."""
    name = task.program.partition(":")[2]
    program: Callable[[Task, Recorder], None] = getattr(importlib.import_module(module_of(task)), name)
    return program


def execute(
    path: Path, *, stop: Callable[[], bool] | None = None, watch: Callable[[float, str], None] | None = None
) -> None:
    """Run what the folder describes, in this process, on one thread; how it ended stands in the folder afterwards."""
    begun, at = time.monotonic(), time.time()
    with locked(path / "lock", wait=False) as mine:
        if not mine:
            raise Unsupported(f"run {path.name} is already being run by another process; watch it there")
        ending: dict[str, Any]
        try:
            task = Run(path).task
            device = choose_device()
            versions = {"python": platform.python_version(), "torch": version("torch")}
            note_status(path, "running", started=at, ended=None, device=device, versions=versions, pid=os.getpid())
            program = program_of(task)
            with repeatable(device):
                program(task, Recorder(path, device=device, stop=stop, watch=watch))
            ending = {"phase": "finished", "words": "finished"}
        except Stopped:
            ending = {"phase": "stopped", "words": "stopped before its end"}
        except KeyboardInterrupt:
            ending = {"phase": "stopped", "words": "interrupted"}
        except MmexploreError as error:
            ending = {"phase": "failed", "words": str(error)}
        except MemoryError:
            ending = {"phase": "failed", "words": MEMORY}
        except OSError as error:
            _LOG.exception("run %s failed", path.name)
            ending = {"phase": "failed", "words": FULL if error.errno == errno.ENOSPC else f"a file could not be written: {error.strerror}"}  # fmt: skip
        except Exception as error:
            number = noted(_LOG, "run %s failed", path.name)
            name = type(error).__name__  # torch's own error of a full GPU is no MemoryError
            ours = f"this failed on our side ({name}); the details are in the log of the run under fault {number}"
            ending = {"phase": "failed", "words": MEMORY if name == "OutOfMemoryError" else ours}
        note_status(path, started=at, ended=time.time(), seconds=time.monotonic() - begun, **ending)
        take_place(path)


def child(path: Path) -> None:
    """What a freshly forked process does, and nothing after it."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    os.nice(10)  # pages are answered first
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path / "log.txt", flags, 0o666), "a", buffering=1, encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, force=True)
        try:
            execute(path, stop=lambda: stopping)
        except BaseException:
            _LOG.exception("run %s could not be executed", path.name)
            os._exit(1)
    os._exit(0)


def describe(path: Path, task: Task) -> None:
    """Make the folder of a task that is to be run."""
    path.mkdir(parents=True, exist_ok=True)
    write_json(path / "spec.json", task.to_dict())
    note_status(path, "queued", queued=time.time())


def _die_with_parent() -> None:
    """Where Linux offers it: no worker outlives the process that looks after it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
