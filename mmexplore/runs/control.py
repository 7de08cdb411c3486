"""Find, start, stop, pause and resume runs, and who executes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from mmexplore.errors import MmexploreError
from mmexplore.runs import limits, owners, store
from mmexplore.runs.engines import Engine, LocalEngine
from mmexplore.runs.folder import ACTIVE, UNBEGUN, Run, note_status
from mmexplore.runs.task import Task
from mmexplore.runs.worker import execute
from mmexplore.writing import into_runs

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

    Raises:
        Unsupported: the queue takes no more, of anybody or of this visitor; it would take too long; or the result is another visitor's.
    """
    found = find(task)
    if again and not found.shipped and found.state.phase == "finished":
        owners.check(found.path, found.name, "run again")
    if again or not found.exists or found.state.phase not in (*ACTIVE, "finished"):
        limits.check_length(task)
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
        Unsupported: another visitor began it.
    """
    run.check_here()
    owners.check(run.path, run.name, "stopped")
    if forgotten(run):  # nobody would see the wish
        with into_runs(run.path.parent):
            note_status(run.path, "stopped", words=UNBEGUN, ended=time.time())
    else:
        engine().stop(run)
    store.changed()


def pause(run: Run) -> None:
    """Let it rest; its place is free for others.

    Raises:
        BadData: it is no longer here.
        Unsupported: another visitor began it.
    """
    run.check_here()
    owners.check(run.path, run.name, "paused")
    engine().pause(run)


def resume(run: Run) -> None:
    """Let it go on, as soon as there is a place.

    Raises:
        BadData: it is no longer here.
        Unsupported: another visitor began it.
    """
    run.check_here()
    owners.check(run.path, run.name, "resumed")
    engine().resume(run)


def at_work() -> list[Run]:
    """The runs that are trained now, whoever asked for them and whichever server began them; none that rest."""
    return [run for run in engine().at_work() if run.state.phase == "running"]


def ahead(run: Run) -> int:
    """How many queued runs come before this one."""
    return engine().ahead(run)


def held_back(run: Run) -> bool:
    """Whether a queued run waits for another one of the same visitor."""
    return engine().held_back(run)


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
        with into_runs(run.path.parent):
            execute(run.path, watch=watch)
    state = run.state
    if state.phase in ("failed", "killed", "unreadable"):
        raise MmexploreError(state.words)
    return run
