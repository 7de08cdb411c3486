"""Which processes execute runs now: a register in the folder of runs, so that a launcher can leave and the next one can take over.

A worker enters itself when it begins and strikes itself out when it ends. Its entry is a small file that it keeps locked for as long as
it lives: an unlocked entry belongs to a process that was killed. Who finds a locked one may send it signals: the number in it is that of
the process that holds the lock.

    at-work/NAME    {"path": the run's folder, "pid": its process}
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmexplore.errors import MmexploreError
from mmexplore.plaintext import read_json
from mmexplore.runs.contents import read_bytes
from mmexplore.runs.locks import is_locked, locked
from mmexplore.runs.recorder import write_json

FOLDER = "at-work"
SERVERS = "servers.lock"  # held by every server that uses the folder of runs


class Process:
    """A process that may be signalled, also one that is no child of ours; never another one that has its number by now.

    Args:
        pid: its number, known to be right at this moment.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle: int | None = os.pidfd_open(pid)  # type: ignore[attr-defined,unused-ignore] # Linux alone
        except (AttributeError, OSError):
            self._handle = None

    def signal(self, number: int) -> None:
        """Send a signal; nothing happens where it has ended."""
        with contextlib.suppress(ProcessLookupError):
            if self._handle is None:
                os.kill(self.pid, number)
            else:
                signal.pidfd_send_signal(self._handle, number)  # type: ignore[attr-defined,unused-ignore]

    def ended(self, entry: Path) -> bool:
        """Whether it has ended; `entry`: its own in the register."""
        if self._handle is None:
            return not is_locked(entry)
        return bool(select.select([self._handle], [], [], 0)[0])

    def close(self) -> None:
        """It is not signalled any more."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@dataclass(frozen=True)
class Entry:
    """One worker as the register has it.

    Attributes:
        path: folder of its run.
        pid: of its process.
        alive: whether it lives.
    """

    path: Path
    pid: int
    alive: bool


@contextlib.contextmanager
def entered(root: Path, path: Path) -> Iterator[None]:
    """Stand in the register for as long as this lasts.

    Args:
        root: folder of all runs.
        path: folder of the run that this process executes.
    """
    folder = root / FOLDER
    entry, part = folder / path.name, folder / f".{path.name}.{os.getpid()}"
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # on a full disk it works all the same, and ends with its launcher's server
            folder.mkdir(exist_ok=True)
            write_json(part, {"path": str(path), "pid": os.getpid()})
            held.enter_context(locked(part))
            part.replace(entry)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                entry.unlink(missing_ok=True)


def entries(root: Path) -> list[Entry]:
    """Everything in the register; what is damaged is struck out."""
    found = []
    try:
        files = sorted((root / FOLDER).glob("[!.]*"))
    except OSError:
        return []
    for file in files:
        alive = is_locked(file)
        try:
            value: Any = read_json(read_bytes(file), file.name)
            path, pid = Path(value["path"]), int(value["pid"])
            if path.name != file.name or pid < 2:
                raise ValueError(file.name)
        except FileNotFoundError:
            continue  # it has ended meanwhile
        except (MmexploreError, TypeError, ValueError, LookupError, OverflowError):
            strike(root, file.name)
            continue
        found.append(Entry(path, pid, alive))
    return found


def strike(root: Path, name: str) -> None:
    """Take an entry out."""
    with contextlib.suppress(OSError):
        (root / FOLDER / name).unlink(missing_ok=True)
