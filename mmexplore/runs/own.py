"""Runs on a visitor's own data: in memory, one folder a session, gone with the session and with the server.

    /dev/shm/mmexplore-UID-SERVER/      of one server process; it holds the lock of `alive` in it as long as it lives
        SESSION/                        of one visitor's session
            KIND-IDENTITY/              a run

Two sessions that bring the same data have two runs: sessions never see each other's. A session ends when `let_go` says so (see
`mmexplore.serve.sessions`): its runs are stopped and its folder goes. What a killed server left is swept by the next process that
looks: servers at their start and from then on, launchers when their server has gone.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mmexplore.allowance import ALLOWANCE, Kept
from mmexplore.errors import Unsupported
from mmexplore.runs.contents import touch
from mmexplore.runs.folder import Run, forget
from mmexplore.runs.locks import is_locked, locked

MEMORY = Path("/dev/shm")
NONE = (
    "training on your own data needs a file system in memory (/dev/shm, on Linux), so that your data never touch "
    "the disk; this machine has none. The exact and closed-form answers work without it"
)
_YOUNG = 10.0  # seconds that a folder without a lock may be one whose server is just about to take it
_PATIENCE = 2.0  # seconds within which a run that writes into a folder has been stopped, so that the folder can go
_SWEEP = 10.0  # seconds from one sweep to the next, at least
_KEPT_WORDS = 20  # sentences on runs that went, a session


def _nobody() -> str:
    return ""


class Own:
    """The folder of this process with those of its visitors' sessions."""

    def __init__(self, memory: Path = MEMORY) -> None:
        self._memory = memory
        self._lock = threading.RLock()
        self._base: Path | None = None
        self._process = 0
        self._alive = contextlib.ExitStack()
        self._sessions: dict[str, Path] = {}
        self._gone: dict[str, dict[str, str]] = {}
        self._swept = -_SWEEP
        self.present: Callable[[], str] = _nobody  # tells whose session this thread works for; "" for none

    def folder(self) -> Path:
        """Where the runs of the present session lie; it may not exist yet.

        Raises:
            Unsupported: the machine offers no file system in memory.
        """
        session = self.present()
        with self._lock:
            server = self._server()
            if session not in self._sessions:
                self._sessions[session] = server / hashlib.sha256(session.encode()).hexdigest()[:24]
            return self._sessions[session]

    def sessions(self) -> list[str]:
        """Sessions that have or may have runs."""
        with self._lock:
            return [*self._sessions]

    def let_go(self, session: str) -> None:
        """A session has ended: stop its runs and remove its folder."""
        with self._lock:
            folder = self._sessions.pop(session, None)
            self._gone.pop(session, None)
        if folder is not None:
            _remove(folder)

    def close(self) -> None:
        """Remove everything of this process: it ends."""
        with self._lock:
            base, self._base = self._base, None
            self._sessions.clear()
            if base is not None and self._process == os.getpid():  # not in a process forked from it
                _remove(base)
                self._alive.close()

    def sweep(self, *, due: bool = False) -> list[str]:
        """Remove what killed processes of this user have left; names of what went.

        Args:
            due: only if the last time was a while ago.
        """
        if due and time.monotonic() - self._swept < _SWEEP:
            return []
        self._swept = time.monotonic()
        gone = []
        for old in self._memory.glob(f"mmexplore-{os.getuid()}-*") if hasattr(os, "getuid") else ():
            with contextlib.suppress(OSError):
                if old == self._base or not is_memory(old / "session", self._memory) or is_locked(old / "alive"):
                    continue
                if not (old / "alive").exists() and time.time() - old.stat().st_mtime < _YOUNG:
                    continue
                _remove(old)
                gone.append(old.name)
        return gone

    def kept(self) -> list[Kept]:
        """The runs of all sessions, as things that may go."""
        with self._lock:
            folders = list(self._sessions.items())
        found: list[Kept] = []
        for session, folder in folders:
            with contextlib.suppress(OSError):
                found += [OwnRun(self, session, path) for path in folder.iterdir() if path.is_dir()]
        return found

    def make_room(self, size: int) -> None:
        """See `mmexplore.allowance`."""
        ALLOWANCE.make_room(size, self.present())

    def say_gone(self, session: str, name: str, sentence: str) -> None:
        """Keep a sentence for whoever looks for a run that went."""
        with self._lock:
            mine = self._gone.setdefault(session, {})
            mine[name] = sentence
            while len(mine) > _KEPT_WORDS:
                mine.pop(next(iter(mine)))

    def why_gone(self, name: str) -> str:
        """Why a run of the present session is no longer there; "" where nothing is known of it."""
        with self._lock:
            return self._gone.get(self.present(), {}).get(name, "")

    def _server(self) -> Path:
        """The folder of this process, made at the first need."""
        if self._base is not None and self._base.is_dir():
            return self._base
        self._sessions.clear()
        if not (sys.platform == "linux" and os.access(self._memory, os.W_OK)):
            raise Unsupported(NONE)
        self.sweep(due=True)
        self._process = os.getpid()
        self._base = Path(tempfile.mkdtemp(prefix=f"mmexplore-{os.getuid()}-", dir=self._memory))
        self._alive.enter_context(locked(self._base / "alive"))  # held as long as this process lives
        atexit.register(self.close)
        return self._base


class OwnRun:
    """A run on a visitor's own data as something that may go."""

    def __init__(self, own: Own, session: str, path: Path) -> None:
        self._own = own
        self._run = Run(path)
        self.session = session

    @property
    def used(self) -> float:
        """When somebody last looked."""
        return self._run.seen

    def size(self) -> int:
        """Bytes of its folder."""
        return self._run.size

    def go(self, sentence: str) -> bool:
        """Remove it, unless it is queued or being run."""
        if self._run.state.active or self._run.locked:
            return False
        _remove(self._run.path)
        self._own.say_gone(
            self.session,
            self._run.name,
            f"The training on your own data that was here is gone: {sentence}. Start it again, or take its results along next time",
        )
        return True


def is_memory(base: Path, memory: Path = MEMORY) -> bool:
    """Whether a folder holds the runs of one session's own data, of this or another server of this user."""
    server = base.parent
    try:
        mine = server.lstat()
    except OSError:
        return False
    return (
        server.parent == memory and server.name.startswith(f"mmexplore-{os.getuid()}-") and mine.st_uid == os.getuid()
    )


def _remove(folder: Path) -> None:
    """Remove a folder of runs; those that are being run are told to stop, and may write into it for a moment."""
    until = time.monotonic() + _PATIENCE
    for lock in (*folder.glob("*/lock"), *folder.glob("*/*/lock"), *folder.glob("lock")):
        if is_locked(lock):
            with contextlib.suppress(OSError):
                touch(lock.with_name("stop"))
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder) or time.monotonic() > until:
            break
        time.sleep(0.05)
    forget(folder)


OWN = Own()
ALLOWANCE.more.append(OWN.kept)
