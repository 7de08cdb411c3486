"""What executes runs, as pages and commands see it: submit, stop, pause, resume. Here: processes of this machine.

`Engine` is all that a page knows; another one (a cluster's scheduler, say) takes its place with `use`, as long as it writes the
runs' folders.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Protocol

from mmexplore.errors import BadData, Unsupported
from mmexplore.runs import limits
from mmexplore.runs.again import remove
from mmexplore.runs.at_work import SERVERS, Process, entries
from mmexplore.runs.contents import read_bytes, touch
from mmexplore.runs.folder import UNBEGUN, Run, note_status
from mmexplore.runs.limits import Turn, in_turn
from mmexplore.runs.listing import look
from mmexplore.runs.locks import present
from mmexplore.runs.owners import NOBODY, Owner, Who, asking, is_mine, owner_of
from mmexplore.writing import cannot_write, into_runs, write_whole

MOST_WAITING = 300
_SHORT_LIFE = 3.0  # seconds: a launcher that ends sooner than that, several times, is not started again at once
_REST = 10.0


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

    def held_back(self, run: Run) -> bool:
        """Whether it waits for another run of the same visitor, who may have so many at work."""
        ...

    def knows(self, run: Run) -> bool:
        """Whether it waits in the queue."""
        ...

    def at_work(self) -> list[Run]:
        """The runs that processes have in hand now, also those begun for other servers; some may be paused."""
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
        self._begun = -math.inf  # when it was started last
        self._not_before = -math.inf  # when it may be started again
        self._short_lives = 0
        self._present = contextlib.ExitStack()
        self._here = False
        self._lock = threading.Lock()
        self._owners: dict[str, Owner] = {}  # of the entries of the queue

    def ready(self) -> None:
        """Start the launcher where none of ours lives."""
        with self._lock:
            if self._launcher is not None and self._launcher.poll() is None:
                return
            if time.monotonic() < self._not_before:
                return
            self._short_lives = self._short_lives + 1 if time.monotonic() - self._begun < _SHORT_LIFE else 0
            self._begun = time.monotonic()
            self._not_before = self._begun + (_REST if self._short_lives > 2 else 0.0)
            with into_runs(self._root):
                self._queue.mkdir(parents=True, exist_ok=True)
                log = (self._root / "launcher.log").open("ab")
                if not self._here:
                    self._present.enter_context(present(self._root / SERVERS))
                    self._here = True
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
        entry = self._queue / f"{time.time_ns()}-{run.name}"
        with into_runs(self._root):
            self._queue.mkdir(parents=True, exist_ok=True)
            write_whole(entry, lambda part: part.write_text(str(run.path), encoding="utf-8"))
        self.ready()

    def stop(self, run: Run) -> None:
        """Ask it to stop; one that waits has stopped then.

        Raises:
            Unsupported: nobody could be asked, since the folder of the runs cannot be written.
        """
        try:
            touch(run.path / "stop")
        except OSError as error:
            if not self._told(run):
                raise Unsupported(cannot_write(self._root, error)) from None
            return
        for entry in [file for file in self._files() if file.name.partition("-")[2] == run.name]:
            with into_runs(self._root):
                try:
                    entry.unlink()
                except FileNotFoundError:  # it begins just now, and sees the wish
                    continue
                note_status(run.path, "stopped", words=UNBEGUN, ended=time.time())

    def _told(self, run: Run) -> bool:
        """Whether the process itself could be told to stop, without a word in its folder."""
        worker = next((entry for entry in entries(self._root) if entry.path == run.path and entry.alive), None)
        if worker is not None:
            process = Process(worker.pid)
            process.signal(signal.SIGTERM)
            process.signal(signal.SIGCONT)
            process.close()
        return worker is not None

    def pause(self, run: Run) -> None:
        """Let it rest."""
        with into_runs(self._root):
            touch(run.path / "pause")

    def resume(self, run: Run) -> None:
        """Let it go on."""
        remove(run.path / "pause")

    def ahead(self, run: Run) -> int:
        """How many queued runs come before this one."""
        turns = self._turns()
        mine = turns.get(run.name)
        if mine is None or not mine.free:  # what waits for its own visitor's other runs is passed by everybody
            return 0
        free = [name for name, turn in turns.items() if turn.free]
        return free.index(run.name)

    def held_back(self, run: Run) -> bool:
        """Whether it waits for another run of the same visitor."""
        turn = self._turns().get(run.name)
        return turn is not None and not turn.free

    def knows(self, run: Run) -> bool:
        """Whether it waits in the queue."""
        return run.name in self._names()

    def at_work(self) -> list[Run]:
        """The runs that processes have in hand now."""
        return [Run(entry.path) for entry in entries(self._root) if entry.alive]

    def check_room(self) -> None:
        """Raise `Unsupported` where the queue takes no more, of anybody or of the visitor who asks."""
        who = asking()
        if who.limited:
            self._check_visitor(who)
        if len(self._names()) >= MOST_WAITING:
            raise Unsupported(
                f"{MOST_WAITING} runs are waiting already: stop some on the Runs page, or try again later"
            )

    def _check_visitor(self, who: Who) -> None:
        queued = {name for name, owner in self._waiting() if is_mine(owner, who)}
        active = {e.name for e in look().entries if e.active and is_mine(e.at_work, who)} | queued
        most = limits.running() + limits.waiting()
        if len(active) >= most:
            raise Unsupported(
                f"{len(active)} of your runs are running, paused or waiting; a visitor may have {limits.running()} at work and "
                f"{limits.waiting()} waiting: let one of them finish, or stop one on the Runs page"
            )

    def _turns(self) -> dict[str, Turn]:
        """The queue in the order in which it begins, as the launcher takes it."""
        waiting = self._waiting()
        names = {name for name, _ in waiting}
        at_work = Counter(entry.at_work.hash for entry in look().entries if entry.active and entry.name not in names)
        return in_turn(waiting, at_work)

    def _waiting(self) -> list[tuple[str, Owner]]:
        """Names in the queue with their owners, as they were asked for."""
        known = self._owners
        owners = {e.name: known[e.name] if e.name in known else _owner(e) for e in self._files()}
        self._owners = owners
        return [(name.partition("-")[2], owner) for name, owner in owners.items()]

    def _names(self) -> list[str]:
        return [file.name.partition("-")[2] for file in self._files()]

    def _files(self) -> list[Path]:
        return sorted(self._queue.glob("[0-9]*")) if self._queue.is_dir() else []

    def close(self) -> None:
        """Let the launcher know that nobody will ask for more; what runs is finished."""
        with self._lock:
            self._present.close()
            self._here = False
            if self._launcher is not None and self._launcher.stdin is not None:
                with contextlib.suppress(OSError):
                    self._launcher.stdin.close()
                self._launcher = None


def _owner(entry: Path) -> Owner:
    """Whose the run is that an entry of the queue names."""
    try:
        folder = Path(read_bytes(entry).decode("utf-8"))
    except (OSError, BadData, ValueError):
        return NOBODY
    return owner_of(folder) if folder.name == entry.name.partition("-")[2] else NOBODY
