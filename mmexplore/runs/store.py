"""Where runs lie: those that came with the program, those made here, and those of a visitor's own data, in memory.

``MMEXPLORE_RUNS`` names the folder (default: the user's cache folder), ``MMEXPLORE_RUNS_MB`` its size (default 2000): what was
not looked at for the longest time goes first; pinned and active runs stay.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import platformdirs

from mmexplore.bundled import ASSETS
from mmexplore.errors import BadData, Unsupported
from mmexplore.runs.again import AGAIN, LOCK, beside, remove, take_place
from mmexplore.runs.contents import touch
from mmexplore.runs.folder import Run
from mmexplore.runs.locks import locked
from mmexplore.runs.own import MEMORY as MEMORY
from mmexplore.runs.own import OWN
from mmexplore.runs.own import is_memory as is_memory
from mmexplore.runs.owners import asking, check, note_owner, why_not
from mmexplore.runs.recorder import write_arrays
from mmexplore.runs.task import Task
from mmexplore.runs.worker import describe
from mmexplore.writing import because, into_runs

_NAME = re.compile(r"[a-z][a-z0-9_-]*-[0-9a-f]{16}")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")  # anything else could not be shown
ASIDE = "put-aside"  # bad entries of the queue
_FIRST = ("spec.json", "status.json", "frames.jsonl", "seen")  # one of these is there as soon as a folder is described
_MAKING = 2.0  # seconds between the making of a folder and its description, at most
SHIPPED = ASSETS / "runs"
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


_changes = 0


def changes() -> int:
    """A number that differs once this process has done something to a run."""
    return _changes


def changed() -> None:
    """Note that something was done to a run: the next look at the list is a new one."""
    global _changes
    _changes += 1


def by_name(name: str) -> Run:
    """A run by its name.

    Raises:
        BadData: there is none.
    """
    for run in all_runs():
        if run.name == name:
            return run
    raise BadData(f"there is no run {name[:80]!r}; `python -m mmexplore runs` lists them")


def replacing(run: Run) -> Run | None:
    """The run that is to replace this one once it has finished; None where nobody has asked for one.

    It may also have ended badly: it stays until it is asked for again, so that one can see why.
    """
    base = root() if run.shipped else run.path.parent
    if base.name == AGAIN or not os.path.isdir(f"{base}/{AGAIN}/{run.name}"):  # noqa: PTH112 (asked for every run, every second)
        return None
    made = beside(base / run.name)
    if made.state.phase == "running" and not made.locked:  # cut off just before it could take its place
        with contextlib.suppress(OSError):
            take_place(made.path)
        return None
    return made


def prepare(task: Task, data: Mapping[str, np.ndarray] | None = None, *, again: bool = False) -> tuple[Run, bool]:
    """The run of a task with a folder that describes it; whether it is new and therefore to be submitted.

    One that is queued, running or (unless asked for again) finished is watched; one that ended badly is begun again. A result, and
    whatever is pinned or another visitor's, stays where it is until the new one has finished (see `mmexplore.runs.again`).
    """
    run = place(task)
    if not again and (run.shipped or (run.state.phase == "finished" and replacing(run) is None)):
        return run, False  # without a look at whether anything could be written
    base = memory() if task.own_data else root()
    old = Run(base / task.name())
    new = beside(old.path)
    with into_runs(base):
        base.mkdir(parents=True, exist_ok=True)
        replacing(old)  # one that was cut off just before it could take its place does so now
        with locked(base / LOCK):
            state = old.state
            if new.path != old.path and new.state.active:
                return new, False
            if state.active or (state.phase == "finished" and not again):
                return old, False
            keeps = run.shipped or state.phase == "finished" or old.pinned or why_not(old.path)
            made = new if keeps else old
            folder = base / AGAIN / old.name if made is new else old.path
            remove(folder)
            folder.parent.mkdir(exist_ok=True)
            try:
                _fill(folder, task, data)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            changed()
    return made, True


def _fill(folder: Path, task: Task, data: Mapping[str, np.ndarray] | None) -> None:
    if task.own_data:
        if data is None:
            raise BadData("the data of this run are no longer there: choose your file again")
        size = sum(np.asarray(array).nbytes for array in data.values())
        if size > MOST_OWN_BYTES:
            raise BadData(f"the chosen columns take {size / 1e6:,.0f} MB; allowed: {MOST_OWN_BYTES / 1e6:,.0f} MB")
        OWN.make_room(size)
        folder.mkdir(mode=0o700)
        write_arrays(folder / "data.npz", data)
    else:
        evict()
        folder.mkdir(exist_ok=True)
    note_owner(folder, asking())
    describe(folder, task)


def delete(run: Run) -> None:
    """Remove a run that is not being run, and what was to replace it.

    Raises:
        BadData: it is no longer here.
        Unsupported: it came with the program, it is another visitor's, it is still being run, or something of it could not be removed.
    """
    if run.shipped:
        raise Unsupported(f"run {run.name} came with the program; only runs made here can be deleted")
    run.check_here()
    check(run.path, run.name, "deleted")
    new = replacing(run)
    if new is not None and new.state.active:
        raise Unsupported(f"run {run.name} is being run again; stop that first")
    if run.locked:
        raise Unsupported(f"run {run.name} is still being run; stop it first")
    with contextlib.ExitStack() as held:
        if run.exists:
            with contextlib.suppress(OSError):  # no lock can be held where none can be made
                if not held.enter_context(locked(run.path / "lock", wait=False)):
                    raise Unsupported(f"run {run.name} is still being run; stop it first")
        remove(run.path)
    changed()
    if new is not None:
        remove(new.path)


def pin(run: Run, keep: bool) -> None:
    """Keep a run for good, or no longer.

    Raises:
        BadData: it is no longer here.
        Unsupported: its folder cannot be written, or it is another visitor's.
    """
    if run.shipped:
        return
    run.check_here()
    check(run.path, run.name, "pinned or unpinned")
    if not run.exists:
        raise Unsupported(f"run {run.name} cannot be pinned: {run.state.words}")
    try:
        if keep:
            touch(run.path / "pin")
        else:
            remove(run.path / "pin")
        changed()
    except FileNotFoundError:
        run.check_here()
    except OSError as error:
        raise Unsupported(f"run {run.name} cannot be pinned: {because(error)}") from None


def put_aside() -> list[str]:
    """Names of the runs whose entries in the queue could not be read and were put aside by the launcher."""
    try:
        names = sorted(path.name for path in (root() / ASIDE).iterdir())
    except OSError:
        return []
    return [name.partition("-")[2] or name for name in names if _SAFE.fullmatch(name)]


def clear_aside() -> None:
    """Forget the entries that were put aside.

    Raises:
        Unsupported: they cannot be removed.
    """
    remove(root() / ASIDE)


def evict(most: int | None = None) -> list[str]:
    """Remove what was not looked at for the longest time until the rest fits; the names of what went."""
    most = most_bytes() if most is None else most
    runs = sorted((Run(path) for path in _folders(root())), key=lambda run: -run.seen)
    taken, gone = 0, []
    for run in runs:
        size = run.size
        if taken + size > most and not run.pinned and not run.state.active and not beside(run.path).state.active:
            with contextlib.suppress(Unsupported):
                remove(run.path)
            gone.append(run.name)
        else:
            taken += size
    return gone


def memory() -> Path:
    """The folder in memory for the runs of the present session's own data; it goes with the session.

    Raises:
        Unsupported: the machine offers no file system in memory.
    """
    return OWN.folder()


def why_gone(task: Task) -> str:
    """Why the run of a visitor's own data is no longer there, as a sentence; "" where nothing is known of it."""
    return OWN.why_gone(task.name()) if task.own_data else ""


def _folders(base: Path) -> Iterator[Path]:
    """What lies where runs lie: folders that describe one, and whatever else has the name of a run."""
    try:
        paths = sorted(base.iterdir())
    except OSError:
        return
    yield from filter(is_run, paths)


def is_run(path: Path) -> bool:
    """Whether what lies there is listed: a folder that describes a run, or whatever else has the name of one."""
    described = any(os.path.lexists(f"{path}/{name}") for name in _FIRST)
    if _NAME.fullmatch(path.name):
        return described or _of_age(path)
    return described and _SAFE.fullmatch(path.name) is not None


def has(name: str) -> bool:
    """Whether a run of that name was made here."""
    return _SAFE.fullmatch(name) is not None and is_run(root() / name)


def may_become_a_run(path: Path) -> bool:
    """Whether it has the name of a run and is too new to say more."""
    return _NAME.fullmatch(path.name) is not None


def _of_age(path: Path) -> bool:
    """Whether a folder has been there for longer than it takes to describe a run in it."""
    try:
        return time.time() - path.lstat().st_mtime > _MAKING
    except OSError:
        return False
