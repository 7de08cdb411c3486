"""The process that looks after running runs: it has torch and the programs ready, and forks one worker a run.

A worker started from a page would run the page again (multiprocessing imports ``__main__``), and would need seconds to import
torch. Forked from here it starts in milliseconds, and the server process never imports torch. The program that is asked for is
imported first, the others while nobody asks: the first run does not wait for what it does not need. What is to be run stands in a
folder of small files, in order; wishes (stop, pause) stand in the runs' own folders; so a launcher needs no connection to
anybody, several servers may share one folder of runs, and one launcher a folder works while others stand by.

A launcher leaves at once when its server does. What trains goes on without it, and the next launcher takes it over (see
`mmexplore.runs.at_work`): one that stands by, or that of the server that is started next. What rests cannot end by itself, and
is ended with the last server.

    python -m mmexplore.runs.launcher FOLDER        ends when its standard input is closed
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import logging
import os
import select
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mmexplore.errors import BadData, MmexploreError
from mmexplore.runs import store
from mmexplore.runs.again import AGAIN
from mmexplore.runs.at_work import FOLDER, SERVERS, Entry, Process, entries, strike
from mmexplore.runs.contents import Contents, read_bytes, touch
from mmexplore.runs.folder import GONE, STOPPED, UNBEGUN, Phase, Run, note_status
from mmexplore.runs.limits import Turn, in_turn, longest, too_long
from mmexplore.runs.locks import anybody_present, is_locked, locked
from mmexplore.runs.own import OWN
from mmexplore.runs.owners import NOBODY, Owner, owner_of
from mmexplore.runs.task import TASKS
from mmexplore.runs.worker import DISK, child, module_of

_LOG = logging.getLogger(__name__)

_TICK = 0.04  # seconds between two looks at the wishes
_QUIET = 2.0  # seconds after the last run began, from which on programs are imported that nobody has asked for yet
_REGISTER = 2.0  # seconds between two looks for workers that another launcher has left behind
_KILL_AFTER = 0.6  # seconds a run has for its own end
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)  # faults of the machine
_MOST_PAUSED = 8  # paused runs keep their memory
_LAST = "it was paused when the last server left: run it again"


def at_once() -> int:
    """How many runs work at the same time: ``MMEXPLORE_RUNS_AT_ONCE``, else the number of cores, at least 2 and at most 8."""
    setting = os.environ.get("MMEXPLORE_RUNS_AT_ONCE", "")
    return max(1, int(setting)) if setting.isdigit() else min(8, max(2, os.cpu_count() or 2))


@dataclass
class _Worker:
    path: Path
    process: Process
    ours: bool  # forked here; others were taken over from a launcher that has left
    asked: object = None  # when the run was asked for: the folder may have been made anew before its process has ended
    paused: bool = False
    paused_at: float = 0.0
    killed_at: float = field(default=float("inf"))
    stopping: bool = False


class Launcher:
    """Takes runs from the queue, forks their workers, grants wishes and says how runs ended that could not say it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.queue = root / "queue"
        self.left: set[str] = set()  # entries that are not looked at any more
        self.workers: dict[int, _Worker] = {}
        self.programs = Programs()
        self.began = time.monotonic()  # the last run
        self.registered = -_REGISTER  # when it last looked into the register of those at work
        self.owners: dict[str, Owner] = {}  # of the entries of the queue
        self.worked: dict[Path, float] = {}  # seconds of the runs at work
        self.looked = time.monotonic()

    def take_over(self) -> None:
        """Look after what another launcher has left behind, and say of what was killed meanwhile that it was."""
        self.registered = time.monotonic()
        known = {worker.path for worker in self.workers.values()}
        for entry in entries(self.root):
            if entry.path in known:
                continue
            if not self._may(entry.path):
                strike(self.root, entry.path.name)
            elif not entry.alive:
                if (Contents(entry.path).status() or {}).get("phase") != "queued":  # else it was asked for anew
                    self._note_end(entry.path, GONE)
                strike(self.root, entry.path.name)
            else:
                self._adopt(entry)

    def _adopt(self, entry: Entry) -> None:
        process = Process(entry.pid)
        if not is_locked(self.root / FOLDER / entry.path.name):  # asked once more: now the number cannot be another's
            process.close()
            return
        self.workers[entry.pid] = _Worker(entry.path, process, ours=False, asked=_asked_at(entry.path))
        if not (entry.path / "pause").exists():
            process.signal(signal.SIGCONT)  # it may have been at rest with nobody to wake it

    def tick(self) -> None:
        """Look at everything once."""
        self._bury()
        if time.monotonic() - self.registered > _REGISTER:
            self.take_over()
        for worker in list(self.workers.values()):
            self._grant(worker)
        self._end_what_takes_too_long()
        for entry, turn in self._in_turn().items() if self._working() < at_once() else ():
            try:
                self._take(entry, free=turn.free)
            except Exception as error:  # one bad entry must not keep the others from running
                self._put_aside(entry, error)
        if time.monotonic() - self.began > _QUIET:
            self.programs.prepare_next()

    def _in_turn(self) -> dict[Path, Turn]:
        """The entries of the queue in the order in which their visitors take turns."""
        entries = [e for e in sorted(self.queue.iterdir()) if not e.name.startswith(".") and e.name not in self.left]
        self.owners = {e.name: self.owners[e.name] for e in entries if e.name in self.owners}
        for entry in entries:
            if entry.name not in self.owners:
                try:
                    self.owners[entry.name] = owner_of(self._asked(entry))
                except Exception:  # `_take` says what is wrong with it
                    self.owners[entry.name] = NOBODY
        at_work = Counter(owner_of(worker.path).hash for worker in self.workers.values()) if entries else Counter()
        return in_turn(((entry, self.owners[entry.name]) for entry in entries), at_work)

    def _end_what_takes_too_long(self) -> None:
        """Stop runs of visitors that have worked for longer than one may; pauses do not count."""
        now = time.monotonic()
        past, self.looked = now - self.looked, now
        for path in [path for path in self.worked if all(path != worker.path for worker in self.workers.values())]:
            if self.worked.pop(path) > longest():
                _say_too_long(path)
        for worker in self.workers.values():
            if worker.path not in self.worked:
                self.worked[worker.path] = Contents(worker.path).progress().get("active") or 0.0
            elif not worker.paused:
                self.worked[worker.path] += past
            if self.worked[worker.path] > longest() and not worker.stopping and owner_of(worker.path).limited:
                with contextlib.suppress(OSError):
                    touch(worker.path / "stop")

    def _take(self, entry: Path, *, free: bool) -> None:
        """Begin what an entry of the queue asks for, as soon as there is a place and it is free to begin."""
        path = self._asked(entry)
        if not path.is_dir() or Run(path).locked:
            entry.unlink(missing_ok=True)  # deleted, or at work already
        elif (path / "stop").exists():
            entry.unlink(missing_ok=True)
            note_status(path, "stopped", words=UNBEGUN, ended=time.time())
        elif free and self._working() < at_once():
            self._fork(path)
            entry.unlink(missing_ok=True)

    def _asked(self, entry: Path) -> Path:
        """The folder of the run that an entry names: one of the folder of runs, or of a visitor's own data in memory.

        Raises:
            BadData: it cannot be read, or names anything else.
        """
        try:
            path = Path(read_bytes(entry).decode("utf-8"))
            allowed = self._may(path)
        except FileNotFoundError:
            return entry / "gone"  # stopped or taken meanwhile
        except (UnicodeDecodeError, ValueError, OSError, RuntimeError) as error:
            raise BadData(f"the entry names no folder: {str(error)[:200]}") from None
        wanted = entry.name.partition("-")[2]
        if not wanted or path.name != wanted or not allowed:
            raise BadData(f"the entry names {str(path)[:200]!r}; allowed: the folder {wanted[:80]!r} of the runs")
        return path

    def _may(self, path: Path) -> bool:
        """Whether a folder lies where runs lie: in the folder of runs, or in memory, and is not a link."""
        base = path.parent.resolve()
        base = base.parent if base.name == AGAIN else base
        return not path.is_symlink() and (base == self.root.resolve() or store.is_memory(base))

    def _put_aside(self, entry: Path, error: Exception) -> None:
        """Take a bad entry out of the queue, and say so in the log and on the page of runs."""
        if isinstance(error, OSError) and error.errno in _PASSING:
            return  # it is tried again
        self.left.add(entry.name)
        _LOG.error("the entry %r of the queue was put aside: %s", entry.name[:200], error)
        with contextlib.suppress(OSError):
            (self.root / store.ASIDE).mkdir(exist_ok=True)
            entry.rename(self.root / store.ASIDE / entry.name)

    def end(self, *, resting: bool = False) -> None:
        """Stop every worker.

        Args:
            resting: only those that are paused.
        """
        workers = [worker for worker in self.workers.values() if worker.paused or not resting]
        for worker in workers:
            worker.stopping = True
            worker.process.signal(signal.SIGTERM)
            worker.process.signal(signal.SIGCONT)
        deadline = time.monotonic() + _KILL_AFTER
        while any(worker.process.pid in self.workers for worker in workers):
            if time.monotonic() > deadline:
                for worker in workers:
                    worker.process.signal(signal.SIGKILL)
            self._bury()
            time.sleep(_TICK)
        for worker in workers if resting else ():
            with contextlib.suppress(OSError):
                note_status(worker.path, "stopped", words=_LAST)

    def _working(self) -> int:
        return sum(not worker.paused for worker in self.workers.values())

    def _fork(self, path: Path) -> None:
        with contextlib.suppress(OSError, MmexploreError):  # the worker says what is wrong with the folder
            self.programs.prepare(module_of(Run(path).task))
        self.began = time.monotonic()
        asked = _asked_at(path)
        pid = os.fork()
        if pid == 0:
            try:
                child(path, self.root)
            finally:
                os._exit(1)
        self.workers[pid] = _Worker(path, Process(pid), ours=True, asked=asked)

    def _grant(self, worker: _Worker) -> None:
        now = time.monotonic()
        if not worker.stopping and ((worker.path / "stop").exists() or not worker.path.exists()):
            worker.stopping = True
            worker.killed_at = now + _KILL_AFTER
            worker.process.signal(signal.SIGTERM)
            self._wake(worker)
        elif now > worker.killed_at:
            worker.process.signal(signal.SIGKILL)
        elif not worker.stopping:
            wish = (worker.path / "pause").exists()
            if wish and not worker.paused:
                worker.process.signal(signal.SIGSTOP)
                worker.paused, worker.paused_at = True, now
                with contextlib.suppress(OSError):
                    touch(worker.path / "paused")
                paused = sorted((w for w in self.workers.values() if w.paused), key=lambda w: w.paused_at)
                for oldest in paused[:-_MOST_PAUSED]:
                    with contextlib.suppress(OSError):
                        touch(oldest.path / "stop")
            elif worker.paused and not wish and self._working() < at_once():
                self._wake(worker)

    def _wake(self, worker: _Worker) -> None:
        if worker.paused:
            worker.paused = False
            with contextlib.suppress(OSError):
                (worker.path / "paused").unlink(missing_ok=True)
            worker.process.signal(signal.SIGCONT)

    def _bury(self) -> None:
        """Take note of the ends: a worker that was killed could not write how it ended."""
        for pid, worker in list(self.workers.items()):
            status: int | None = None
            if worker.ours:
                try:
                    ended, status = os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    ended, status = pid, None
                if not ended:
                    continue
            elif not worker.process.ended(self.root / FOLDER / worker.path.name):
                continue
            del self.workers[pid]
            worker.process.close()
            if not is_locked(self.root / FOLDER / worker.path.name):  # else it is the entry of one that was begun anew
                strike(self.root, worker.path.name)
            if _asked_at(worker.path) == worker.asked:
                self._note_end(worker.path, STOPPED if worker.stopping else _how_it_ended(worker.path, status))

    def _note_end(self, path: Path, ending: tuple[Phase, str]) -> None:
        """Say how a run ended, where it could not say it itself."""
        with contextlib.suppress(OSError):
            (path / "paused").unlink(missing_ok=True)
            if path.is_dir() and (Contents(path).status() or {}).get("phase") not in ("finished", "stopped", "failed"):
                note_status(path, ending[0], words=ending[1], ended=time.time())


def _asked_at(path: Path) -> object:
    """When the run of a folder was asked for; None where nobody can say."""
    return (Contents(path).status() or {}).get("queued")


def _how_it_ended(path: Path, status: int | None) -> tuple[Phase, str]:
    """Phase and words from what the system says of a process that is no more; None: nothing."""
    if status is None:
        return GONE
    if os.WIFSIGNALED(status):
        return "killed", f"its process was killed (signal {os.WTERMSIG(status)}): run it again"
    return "failed", DISK if _full(path) else "its process ended without a word: see its log"


def _say_too_long(path: Path) -> None:
    with contextlib.suppress(OSError):
        if (Contents(path).status() or {}).get("phase") == "stopped" and owner_of(path).limited:
            note_status(path, "stopped", words=too_long())


def _full(path: Path) -> bool:
    return shutil.disk_usage(path).free < 1_000_000


def _parent_gone() -> bool:
    """Whether standard input, a pipe held by the process that started this one, was closed."""
    ready, _, _ = select.select([0], [], [], 0)
    return bool(ready) and os.read(0, 1) == b""


class Programs:
    """The programs of all kinds of runs, imported before the fork: one that is asked for at once, the others while nothing is asked for.

    No computation, which would start threads, and no CUDA: a process forked from one that has started CUDA cannot use it; asking the
    driver's library whether there is a GPU does not start it.
    """

    def __init__(self) -> None:
        self.waiting = [module_of(task) for _, task in TASKS.items()]

    def prepare(self, module: str) -> None:
        """Import a program, where that has not been tried before."""
        if module not in self.waiting:
            return
        self.waiting = [other for other in self.waiting if other != module]
        os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
        try:
            importlib.import_module(module)
        except Exception:  # one broken method must not keep the others from running; its own run will tell
            _LOG.exception("the program %s could not be imported", module)
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)

    def prepare_next(self) -> None:
        """Import one that nobody has asked for yet."""
        if self.waiting:
            self.prepare(self.waiting[0])


def main(root: Path) -> int:
    """Look after the runs of a folder until the parent has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server; this process sees its pipe close
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    (root / "queue").mkdir(parents=True, exist_ok=True)
    while not ended and not _parent_gone():
        with locked(root / "launcher.lock", wait=False) as mine:
            if mine:
                launcher = Launcher(root)
                while not ended and not _parent_gone():
                    try:
                        launcher.tick()
                    except Exception:  # whatever it is, the other runs go on
                        _LOG.exception("a look at the runs failed")
                        time.sleep(0.5)
                    time.sleep(_TICK)
                if ended or not anybody_present(root / SERVERS):
                    launcher.end(resting=not ended)
                break
        time.sleep(0.3)
    OWN.sweep()  # what a killed server held in memory goes at once, and with it the runs that work on it
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main(Path(sys.argv[1])))
