"""One run, executed: in a process forked for it, or right here for scripts and the command line."""

from __future__ import annotations

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
from mmexplore.runs.at_work import entered
from mmexplore.runs.folder import Run, give_room_back, keep_room, note_status
from mmexplore.runs.locks import locked
from mmexplore.runs.recorder import Recorder, Stopped, write_json
from mmexplore.runs.task import Task
from mmexplore.writing import FULL, because

_LOG = logging.getLogger(__name__)

_LOOK = 0.2  # seconds between two looks for a wish in the folder
MEMORY = "there was not enough memory: choose fewer rows or a smaller network"
DISK = "the disk is full: free some space, or delete runs on the Runs page, then run it again"


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
    """Run what the folder describes, in this process, on one thread; how it ended stands in the folder afterwards.

    Args:
        path: the folder.
        stop: whether it is to stop; the wish in the folder is looked for anyway, so nobody has to look after this process.
        watch: called now and then with the share done and words.
    """
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
                program(task, Recorder(path, device=device, stop=_Wishes(path, stop), watch=watch))
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
            ending = {"phase": "failed", "words": DISK if error.errno in FULL else f"a file could not be written: {because(error)}"}  # fmt: skip
        except Exception as error:
            number = noted(_LOG, "run %s failed", path.name)
            name = type(error).__name__  # torch's own error of a full GPU is no MemoryError
            ours = f"this failed on our side ({name}); the details are in the log of the run under fault {number}"
            ending = {"phase": "failed", "words": MEMORY if name == "OutOfMemoryError" else ours}
        note_status(path, started=at, ended=time.time(), seconds=time.monotonic() - begun, **ending)
        give_room_back(path)
        take_place(path)


class _Wishes:
    """Whether a run is to stop: somebody says so, has asked for it in the folder, or has removed the folder."""

    def __init__(self, path: Path, stop: Callable[[], bool] | None) -> None:
        self._path = path
        self._stop = stop or (lambda: False)
        self._next = 0.0
        self._wished = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _LOOK
            self._wished = (self._path / "stop").exists() or not (self._path / "spec.json").exists()
        return self._wished or self._stop()


def child(path: Path, root: Path) -> None:
    """What a freshly forked process does, and nothing after it.

    It lives on where the launcher ends (see `mmexplore.runs.launcher`).

    Args:
        path: the run's folder.
        root: folder of all runs.
    """
    stopping = False
    os.setsid()  # what is sent to the launcher's group is not for it
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the launcher's locks would be held for as long as this process lives

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)  # pages are answered first
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path / "log.txt", flags, 0o666), "a", buffering=1, encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, force=True)
        try:
            with entered(root, path):
                execute(path, stop=lambda: stopping)
        except BaseException:
            if not path.is_dir():
                os._exit(0)  # somebody has removed it
            _LOG.exception("run %s could not be executed", path.name)
            os._exit(1)
    os._exit(0)


def describe(path: Path, task: Task) -> None:
    """Make the folder of a task that is to be run."""
    path.mkdir(parents=True, exist_ok=True)
    keep_room(path)
    write_json(path / "spec.json", task.to_dict())
    note_status(path, "queued", queued=time.time())
