"""A run is a folder: what was asked for, how far it is, what it said.

    spec.json       kind, version, values                      written once, by whoever asked
    status.json     queued, running, finished, ...; who and when   whole or not at all
    progress.json   share, words                               at most ten times a second
    frames.jsonl    one line a frame
    arrays/*.npz    arrays of frames (frame-0003) and of the result
    result.json, warnings.json, log.txt, data.npz (a visitor's own arrays; such folders lie in memory)
    lock            held by the process that runs it, for as long as it lives
    stop, pause     wishes; paused: the wish was granted
    pin, seen       kept for good; when somebody last looked

Whether a process lives is asked of its lock and not of a process number, which another process may have by now.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np

from mmexplore.errors import BadData, MmexploreError, Unsupported
from mmexplore.runs.recorder import read_arrays, write_json
from mmexplore.runs.task import Task, task_from_dict

Phase = Literal["absent", "queued", "running", "paused", "finished", "stopped", "failed", "killed", "unreadable"]

try:
    import fcntl
except ImportError:  # Windows: the rest of the library works without runs
    fcntl = None  # type: ignore[assignment]

STOPPED: tuple[Phase, str] = ("stopped", "stopped before its end")
GONE: tuple[Phase, str] = ("killed", "the process that ran this is gone: run it again")
ACTIVE = ("queued", "running", "paused")
_PATIENCE = 0.5  # seconds one tries to get a lock: whoever asks whether it is held holds it for a moment


@dataclass(frozen=True)
class State:
    """How a run stands.

    Attributes:
        phase: absent, queued, running, paused, finished, stopped, failed, killed or unreadable.
        share: part of the work done, 0 to 1.
        words: what is being done, or what happened, in a sentence.
        seconds_left: estimate from the share done; None while nothing can be said.
        seconds: how long it has worked (pauses left out).
        started, ended: seconds since 1970, or None.
        device, versions: where it ran, and with what.
        warnings: sentences of the program.
        outdated: whether the method has a newer version than the run.
    """

    phase: Phase
    share: float = 0.0
    words: str = ""
    seconds_left: float | None = None
    seconds: float = 0.0
    started: float | None = None
    ended: float | None = None
    device: str = ""
    versions: Mapping[str, str] | None = None
    warnings: tuple[str, ...] = ()
    outdated: bool = False

    @property
    def active(self) -> bool:
        """Whether something may still happen."""
        return self.phase in ACTIVE


class Run:
    """One run, read from its folder; it may not exist yet.

    Attributes:
        path: the folder.
        shipped: whether it came with the program (read only).
    """

    def __init__(self, path: Path, *, shipped: bool = False) -> None:
        self.path = path
        self.shipped = shipped

    @property
    def name(self) -> str:
        """Kind and identity."""
        return self.path.name

    @property
    def exists(self) -> bool:
        """Whether there is a folder."""
        return self.path.is_dir()

    @property
    def task(self) -> Task:
        """What was asked for.

        Raises:
            MmexploreError: the folder has no readable description, or one of a method that is no longer there.
        """
        return task_from_dict(self._described())

    @property
    def state(self) -> State:
        """How it stands now."""
        if not self.exists:
            return State("absent", words="not run yet")
        status = _json(self.path / "status.json")
        if not isinstance(status, dict) or not isinstance(status.get("phase"), str):
            return State("unreadable", words="the folder of this run is damaged: run it again, or delete it")
        phase: Phase = status["phase"]
        progress = _json(self.path / "progress.json")
        progress = progress if isinstance(progress, dict) else {}
        words = str(status.get("words") or "")
        if phase == "running":
            words = str(progress.get("words") or "about to begin")
            if (self.path / "paused").exists():
                phase = "paused"
            # the second look: it may have ended between the first one and the question
            if not self.locked and (_json(self.path / "status.json") or status).get("phase") == "running":
                phase, words = STOPPED if (self.path / "stop").exists() else GONE
        share = 1.0 if phase == "finished" else _number(progress.get("share"))
        active, at = _number(progress.get("active")), _number(progress.get("at"))
        left = None
        if phase == "running" and share >= 0.02:
            left = max(0.0, active * (1.0 - share) / share - max(0.0, time.time() - at))
        return State(
            phase,
            share,
            words,
            left,
            _number(status.get("seconds")) or active,
            status.get("started"),
            status.get("ended"),
            str(status.get("device") or ""),
            status.get("versions") if isinstance(status.get("versions"), dict) else None,
            tuple(map(str, _json(self.path / "warnings.json") or ())),
            self._outdated(),
        )

    @property
    def locked(self) -> bool:
        """Whether a living process holds the run."""
        return is_locked(self.path / "lock")

    @property
    def size(self) -> int:
        """Bytes of the folder."""
        return sum(file.stat().st_size for file in _files(self.path))

    @property
    def pinned(self) -> bool:
        """Whether it is kept for good."""
        return self.shipped or (self.path / "pin").exists()

    @property
    def asked(self) -> float:
        """When it was asked for, in seconds since 1970."""
        try:
            return (self.path / "spec.json").stat().st_mtime
        except OSError:
            return 0.0

    @property
    def seen(self) -> float:
        """When somebody last looked, in seconds since 1970."""
        for name in ("seen", "status.json", ""):
            with contextlib.suppress(OSError):
                return (self.path / name).stat().st_mtime
        return 0.0

    def look(self) -> None:
        """Note that somebody looks: what is looked at is evicted last."""
        if not self.shipped and self.exists:
            with contextlib.suppress(OSError):
                (self.path / "seen").touch()

    def frames(self) -> list[dict[str, Any]]:
        """Every frame so far, oldest first: its step, its numbers, and the name of its arrays where it has some.

        A damaged line is left out.
        """
        return _LINES.read(self.path / "frames.jsonl")

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Arrays of a frame or of the result.

        Raises:
            BadData: there are none of that name, or the file is damaged.
        """
        file = self.path / "arrays" / f"{Path(name).name}.npz"
        try:
            return read_arrays(file)
        except FileNotFoundError:
            raise BadData(f"run {self.name} has no arrays {name[:60]!r}") from None
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            raise BadData(f"the arrays {name[:60]!r} of run {self.name} are damaged: run it again") from None

    def has(self, name: str) -> bool:
        """Whether there are arrays of that name."""
        return (self.path / "arrays" / f"{Path(name).name}.npz").is_file()

    def result(self) -> dict[str, Any]:
        """The final numbers; empty before the end."""
        result = _json(self.path / "result.json")
        return result if isinstance(result, dict) else {}

    def log(self) -> str:
        """The last lines the process wrote."""
        with contextlib.suppress(OSError):
            return (self.path / "log.txt").read_text(encoding="utf-8", errors="replace")[-4000:]
        return ""

    def archive(self) -> bytes:
        """The whole folder as a zip file, without a visitor's own arrays and without locks and wishes."""
        packable = {"spec.json", "status.json", "frames.jsonl", "result.json", "warnings.json"}
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(_files(self.path)):
                inside = file.relative_to(self.path)
                if inside.name in packable or (inside.parts[0] == "arrays" and not inside.name.startswith(".")):
                    archive.write(file, f"{self.name}/{inside}")
        return packed.getvalue()

    def _described(self) -> Any:
        described = _json(self.path / "spec.json")
        if described is None:
            raise BadData(f"run {self.name} has no readable spec.json: delete it")
        return described

    def _outdated(self) -> bool:
        described = _json(self.path / "spec.json")
        try:
            return bool(described["version"] != task_from_dict(described).version)
        except (MmexploreError, TypeError, KeyError):
            return True


def note_status(path: Path, phase: Phase, **more: Any) -> None:
    """Write how a run stands; what is not named stays as it was."""
    status = _json(path / "status.json")
    write_json(path / "status.json", (status if isinstance(status, dict) else {}) | {"phase": phase} | more)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file; gives whether it was got (always, if one waits)."""
    if fcntl is None:
        raise Unsupported("runs need Linux or macOS; the exact answers work everywhere")
    deadline = math.inf if wait else time.monotonic() + _PATIENCE
    with path.open("a") as file:
        got = False
        while not got:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
            except OSError:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)
        try:
            yield got
        finally:
            if got:
                fcntl.flock(file, fcntl.LOCK_UN)


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock of a file."""
    if fcntl is None:
        return False
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


class _Lines:
    """Frames of the files read last: only what was added since is read again."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, int], tuple[int, list[dict[str, Any]]]] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path) -> list[dict[str, Any]]:
        with self._lock:
            try:
                with path.open("rb") as file:
                    key = (str(path), os.fstat(file.fileno()).st_ino)
                    offset, frames = self._known.pop(key, (0, []))
                    if os.fstat(file.fileno()).st_size < offset:
                        offset, frames = 0, []
                    file.seek(offset)
                    new = file.read()
            except OSError:
                return []
            end = new.rfind(b"\n") + 1  # the last line may be half written
            frames = frames + [frame for line in new[:end].splitlines() if (frame := _frame(line)) is not None]
            self._known[key] = (offset + end, frames)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return list(frames)


_LINES = _Lines()


def _frame(line: bytes) -> dict[str, Any] | None:
    try:
        frame = json.loads(line)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) and isinstance(frame.get("step"), int) else None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _files(path: Path) -> Iterator[Path]:
    return (file for file in path.rglob("*") if file.is_file())
