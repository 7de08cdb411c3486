"""Find, start, stop, pause and resume runs, and who executes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from mmexplore.errors import MmexploreError
from mmexplore.runs import store
from mmexplore.runs.engines import Engine, LocalEngine
from mmexplore.runs.folder import Run, note_status
from mmexplore.runs.task import Task
from mmexplore.runs.worker import execute

_chosen: Engine | None = None


def use(other: Engine | None) -> None:
    """Let another engine execute the runs (None: the processes of this machine again)."""
    global _chosen
    _chosen = other


def engine() -> Engine:
    """What executes runs."""
    return _chosen or _local(store.root())


@cache
def _local(root: Path) -> LocalEngine:
    return LocalEngine(root)  # one a folder: what it is asked for must lie in that folder


def find(task: Task) -> Run:
    """The run of a task, wherever it lies; it may not be there yet."""
    return store.place(task)


def start(task: Task, data: Mapping[str, np.ndarray] | None = None, *, again: bool = False) -> Run:
    """The run of a task, queued if it is not already queued, running or finished.

    Args:
        task: what to run.
        data: arrays of a visitor's own data, for a task whose `own_data` is true.
        again: begin anew even if it has finished.
    """
    if again or not find(task).exists:
        engine().check_room()
    run, new = store.prepare(task, data, again=again)
    if new or forgotten(run):
        engine().submit(run)
    return run


def forgotten(run: Run) -> bool:
    """Whether a run waits in no queue, since what queued it was cut off in the middle."""
    if run.state.phase != "queued" or engine().knows(run):
        return False
    try:
        return time.time() - (run.path / "status.json").stat().st_mtime > 5.0
    except OSError:
        return False


def stop(run: Run) -> None:
    """Ask it to stop: it has ended within a second.

    Raises:
        BadData: it is no longer here.
    """
    run.check_here()
    if forgotten(run):  # nobody would see the wish
        note_status(run.path, "stopped", words="stopped before it began", ended=time.time())
    else:
        engine().stop(run)
    store.changed()


def pause(run: Run) -> None:
    """Let it rest; its place is free for others.

    Raises:
        BadData: it is no longer here.
    """
    run.check_here()
    engine().pause(run)


def resume(run: Run) -> None:
    """Let it go on, as soon as there is a place.

    Raises:
        BadData: it is no longer here.
    """
    run.check_here()
    engine().resume(run)


def ahead(run: Run) -> int:
    """How many queued runs come before this one."""
    return engine().ahead(run)


def train(
    task: Task,
    *,
    again: bool = False,
    data: Mapping[str, np.ndarray] | None = None,
    watch: Callable[[float, str], None] | None = None,
) -> Run:
    """Run a task in this process and return its run; one that has finished before is returned as it is.

    Args:
        task: what to run.
        again: run it again even if it has finished.
        data: arrays of your own data, for a task whose `own_data` is true.
        watch: called now and then with the share done and words.

    Raises:
        MmexploreError: it failed; the sentence says why.
    """
    run, new = store.prepare(task, data, again=again)
    if new:
        execute(run.path, watch=watch)
    state = run.state
    if state.phase in ("failed", "killed", "unreadable"):
        raise MmexploreError(state.words)
    return run
