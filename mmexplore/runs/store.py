"""Where runs lie: those that came with the program, those made here, and those of a visitor's own data, in memory.

``MMEXPLORE_RUNS`` names the folder (default: the user's cache folder), ``MMEXPLORE_RUNS_MB`` its size (default 2000): what was
not looked at for the longest time goes first; pinned and active runs stay.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import platformdirs

from mmexplore.bundled import ASSETS
from mmexplore.errors import BadData, Unsupported
from mmexplore.runs.folder import Run, is_locked, locked
from mmexplore.runs.recorder import write_arrays
from mmexplore.runs.task import Task
from mmexplore.runs.worker import describe

SHIPPED = ASSETS / "runs"
MEMORY = Path("/dev/shm")
MOST_OWN_BYTES = 400_000_000


def root() -> Path:
    """The folder of the runs made here."""
    setting = os.environ.get("MMEXPLORE_RUNS", "")
    return Path(setting).expanduser() if setting else Path(platformdirs.user_cache_dir("mmexplore")) / "runs"


def most_bytes() -> int:
    """How much the runs may take together."""
    setting = os.environ.get("MMEXPLORE_RUNS_MB", "")
    return int(setting) * 1_000_000 if setting.isdigit() else 2_000_000_000


def place(task: Task) -> Run:
    """Where the run of a task lies or would lie: made here, else shipped, else not there yet."""
    base = memory() if task.own_data else root()
    run = Run(base / task.name())
    if not run.exists and (SHIPPED / task.name()).is_dir():
        return Run(SHIPPED / task.name(), shipped=True)
    return run


def all_runs() -> list[Run]:
    """Every run made here, the newest first, then those shipped; none of a visitor's own data."""
    made = [Run(path) for path in _folders(root())]
    names = {run.name for run in made}
    shipped = [Run(path, shipped=True) for path in _folders(SHIPPED) if path.name not in names]
    return sorted(made, key=lambda run: (-run.asked, run.name)) + sorted(shipped, key=lambda run: run.name)


def by_name(name: str) -> Run:
    """A run by its name.

    Raises:
        BadData: there is none.
    """
    for run in all_runs():
        if run.name == name:
            return run
    raise BadData(f"there is no run {name[:80]!r}; `python -m mmexplore runs` lists them")


def prepare(task: Task, data: Mapping[str, np.ndarray] | None = None, *, again: bool = False) -> tuple[Run, bool]:
    """The run of a task with a folder that describes it; whether it is new and therefore to be submitted.

    One that is queued, running or (unless asked for again) finished is watched; one that ended badly is begun again.
    """
    run = place(task)
    if run.shipped and not again:
        return run, False
    base = memory() if task.own_data else root()
    run = Run(base / task.name())
    base.mkdir(parents=True, exist_ok=True)
    with locked(base / "folders.lock"):
        state = run.state
        if state.active or (state.phase == "finished" and not again):
            return run, False
        _remove(run)
        if task.own_data:
            if data is None:
                raise BadData("the data of this run are no longer there: choose your file again")
            size = sum(np.asarray(array).nbytes for array in data.values())
            if size > MOST_OWN_BYTES:
                raise BadData(f"the chosen columns take {size / 1e6:,.0f} MB; allowed: {MOST_OWN_BYTES / 1e6:,.0f} MB")
            run.path.mkdir(mode=0o700)
            write_arrays(run.path / "data.npz", data)
        else:
            evict()
        describe(run.path, task)
    return run, True


def delete(run: Run) -> None:
    """Remove a run that is not being run.

    Raises:
        Unsupported: it came with the program, or it is still being run.
    """
    if run.shipped:
        raise Unsupported(f"run {run.name} came with the program; only runs made here can be deleted")
    with locked(run.path / "lock", wait=False) as ended:
        if not ended:
            raise Unsupported(f"run {run.name} is still being run; stop it first")
        _remove(run)


def pin(run: Run, keep: bool) -> None:
    """Keep a run for good, or no longer."""
    if run.shipped:
        return
    if keep:
        (run.path / "pin").touch()
    else:
        (run.path / "pin").unlink(missing_ok=True)


def evict(most: int | None = None) -> list[str]:
    """Remove what was not looked at for the longest time until the rest fits; the names of what went."""
    most = most_bytes() if most is None else most
    runs = sorted((Run(path) for path in _folders(root())), key=lambda run: -run.seen)
    taken, gone = 0, []
    for run in runs:
        size = run.size
        if taken + size > most and not run.pinned and not run.state.active:
            _remove(run)
            gone.append(run.name)
        else:
            taken += size
    return gone


@cache
def memory() -> Path:
    """A folder in memory for the runs of visitors' own data; it goes with this process.

    Raises:
        Unsupported: the machine offers no file system in memory.
    """
    if not (sys.platform == "linux" and os.access(MEMORY, os.W_OK)):
        raise Unsupported(
            "training on your own data needs a file system in memory (/dev/shm, on Linux), so that your data never touch "
            "the disk; this machine has none. The exact and closed-form answers work without it"
        )
    for old in MEMORY.glob(f"mmexplore-{os.getuid()}-*"):  # left by servers that were killed
        if not is_locked(old / "alive"):
            shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"mmexplore-{os.getuid()}-", dir=MEMORY))
    alive = contextlib.ExitStack()  # holds the lock as long as this process lives
    alive.enter_context(locked(made / "alive"))
    alive.callback(shutil.rmtree, made, ignore_errors=True)
    atexit.register(alive.close)
    return made


def _folders(base: Path) -> Iterator[Path]:
    return (path for path in (base.iterdir() if base.is_dir() else ()) if (path / "spec.json").is_file())


def _remove(run: Run) -> None:
    shutil.rmtree(run.path, ignore_errors=True)
