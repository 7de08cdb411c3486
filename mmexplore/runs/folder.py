"""A run is a folder: what was asked for, how far it is, what it said.

    spec.json       kind, version, values                      written once, by whoever asked
    status.json     queued, running, finished, ...; who and when   whole or not at all
    progress.json   share, words                               at most ten times a second
    frames.jsonl    one line a frame
    arrays/*.npz    arrays of frames (frame-0003) and of the result
    result.json, warnings.json, log.txt, data.npz (a visitor's own arrays; such folders lie in memory)
    lock            held by the process that runs it, for as long as it lives
    room            some kB, given up for the last status where the disk is full
    stop, pause     wishes; paused: the wish was granted
    pin, seen       kept for good; when somebody last looked
    owner           who began it (see `mmexplore.runs.owners`)

Whether a process lives is asked of its lock and not of a process number, which another process may have by now.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np

from mmexplore.errors import BadData, MmexploreError
from mmexplore.runs.contents import LONGEST, SHORT, Contents, frame, open_regular, read_tail, regular_files, touch
from mmexplore.runs.locks import is_locked
from mmexplore.runs.recorder import read_arrays, write_json
from mmexplore.runs.task import Task, task_from_dict
from mmexplore.writing import FULL

Phase = Literal["absent", "queued", "running", "paused", "finished", "stopped", "failed", "killed", "unreadable"]

STOPPED: tuple[Phase, str] = ("stopped", "stopped before its end")
UNBEGUN = "stopped before it began"
LINKED = "its folder is a link to another place, which is not followed: delete it (only the link goes)"
NO_FOLDER = "a file lies where its folder should be: delete it"
GONE: tuple[Phase, str] = ("killed", "the process that ran this is gone: run it again")
ACTIVE = ("queued", "running", "paused")
ROOM = "room"
_ROOM_BYTES = 16_384


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

    Args:
        path: the folder.
        shipped: whether it came with the program (read only).
        place: where it will lie once it has finished, if that is elsewhere (see `mmexplore.runs.again`).
    """

    def __init__(self, path: Path, *, shipped: bool = False, place: Path | None = None) -> None:
        self._path = path
        self._place = place
        self.shipped = shipped

    @property
    def path(self) -> Path:
        """The folder; of a run that is to replace another one, once it has done so, the other's."""
        return self._path if self._place is None or self._path.is_dir() else self._place

    @property
    def name(self) -> str:
        """Kind and identity."""
        return self.path.name

    @property
    def exists(self) -> bool:
        """Whether there is a folder; a link to one is none."""
        try:
            return stat.S_ISDIR(os.lstat(self.path).st_mode)
        except OSError:
            return False

    @property
    def here(self) -> bool:
        """Whether anything lies there at all, be it a folder or not."""
        return os.path.lexists(self.path)

    def check_here(self) -> None:
        """Raise `BadData` where the run is gone: another visitor may have deleted it."""
        if not self.here:
            raise BadData(f"run {self.name[:80]} is no longer here: it was deleted, by another visitor or to make room")

    @property
    def task(self) -> Task:
        """What was asked for.

        Raises:
            MmexploreError: the folder has no readable description, or one of a method that is no longer there.
        """
        return task_from_dict(self._described())

    @property
    def state(self) -> State:
        """How it stands now; a damaged folder is `unreadable`, and the words name its files."""
        if not self.exists:
            if self.here:
                return State("unreadable", words=LINKED if self.path.is_symlink() else NO_FOLDER)
            return State("absent", words="not run yet")
        contents = Contents(self.path)
        status = contents.status()
        if status is None:
            at_work = self.locked
            return State("running" if at_work else "unreadable", words=_damaged(contents.damage), outdated=True)
        phase, words = self._phase(status)
        progress, warnings, described = contents.progress(), contents.warnings(), contents.spec()
        if phase in ("running", "paused"):
            words = str(progress.get("words") or "about to begin")
        elif phase != "queued" and not self.shipped:
            contents.damage += _CHECKED.damage(self.path, ended=phase == "finished")
        if contents.damage:
            if phase in ACTIVE:
                warnings = [*warnings, _damaged(contents.damage)]
            else:
                phase, words = "unreadable", _damaged(contents.damage)
        share = 1.0 if phase == "finished" else progress.get("share") or 0.0
        active, at = progress.get("active") or 0.0, progress.get("at") or 0.0
        left = None
        if phase == "running" and share >= 0.02:
            left = max(0.0, active * (1.0 - share) / share - max(0.0, time.time() - at))
        return State(
            phase,
            share,
            words,
            left,
            status.get("seconds") or active,
            status.get("started"),
            status.get("ended"),
            str(status.get("device") or ""),
            status.get("versions"),
            tuple(warnings),
            _outdated(described),
        )

    def _phase(self, status: dict[str, Any]) -> tuple[Phase, str]:
        """Phase and words of a status; one that says running is asked whether that is still so."""
        phase: Phase = status["phase"]
        if phase == "finished" and self._place is not None and self.path == self._path:
            return "running", ""  # it is about to take the other's place
        words = str(status.get("words") or "")
        if phase != "running":
            return phase, words
        # the second look: it may have ended between the first one and the question
        if not self.locked and (Contents(self.path).status() or status)["phase"] == "running":
            return STOPPED if (self.path / "stop").exists() else GONE
        return ("paused" if (self.path / "paused").exists() else "running"), words

    @property
    def locked(self) -> bool:
        """Whether a living process holds the run."""
        return is_locked(self.path / "lock")

    @property
    def size(self) -> int:
        """Bytes of the folder."""
        return _SIZES.of(self.path) if self.exists else 0

    @property
    def pinned(self) -> bool:
        """Whether it is kept for good."""
        return self.shipped or (self.exists and (self.path / "pin").exists())

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
                touch(self.path / "seen")

    def frames(self) -> list[dict[str, Any]]:
        """Every frame so far, oldest first: its step, its numbers, and the name of its arrays where it has some.

        A damaged line is left out.
        """
        return _LINES.read(self.path / "frames.jsonl") if self.exists else []

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Arrays of a frame or of the result.

        Raises:
            BadData: there are none of that name, or the file is damaged.
        """
        if not self.has(name):
            raise BadData(f"run {self.name} has no arrays {name[:60]!r}")
        try:
            return read_arrays(self.path / "arrays" / f"{Path(name).name}.npz")
        except Exception:  # a damaged archive fails in a dozen ways: zip, zlib, header, pickle, memory
            raise BadData(f"the arrays {name[:60]!r} of run {self.name} are damaged: run it again") from None

    def has(self, name: str) -> bool:
        """Whether there are arrays of that name."""
        folder = self.path / "arrays"
        file = folder / f"{Path(name[:200]).name}.npz"
        try:
            return self.exists and not folder.is_symlink() and not file.is_symlink() and file.is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def result(self) -> dict[str, Any]:
        """The final numbers; empty before the end."""
        return Contents(self.path).result() if self.exists else {}

    def log(self) -> str:
        """The last lines the process wrote."""
        return read_tail(self.path / "log.txt", 4000) if self.exists else ""

    def archive(self) -> bytes:
        """The whole folder as a zip file, without a visitor's own arrays and without locks and wishes."""
        packable = {"spec.json", "status.json", "frames.jsonl", "result.json", "warnings.json"}
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, size in sorted(regular_files(self.path)) if self.exists else ():
                inside = file.relative_to(self.path)
                whole = inside.name in packable and size <= LONGEST.get(inside.name, SHORT)
                if whole or (inside.parts[0] == "arrays" and not inside.name.startswith(".")):
                    with contextlib.suppress(OSError, ValueError):  # gone meanwhile, or not to be read
                        archive.write(file, f"{self.name}/{inside}")
        return packed.getvalue()

    def _described(self) -> Any:
        self.check_here()
        contents = Contents(self.path)
        described = contents.spec() if self.exists else None
        if described is None:
            why = contents.damage[0] if contents.damage else "spec.json is missing"
            raise BadData(f"run {self.name[:80]} has no readable spec.json ({why}): delete it")
        return described


def _outdated(described: dict[str, Any] | None) -> bool:
    try:
        return described is None or described.get("version") != task_from_dict(described).version
    except MmexploreError:
        return True


def _damaged(damage: list[str]) -> str:
    return f"the folder of this run is damaged ({'; '.join(damage)[:400]}): run it again, or delete it"


def note_status(path: Path, phase: Phase, **more: Any) -> None:
    """Write how a run stands; what is not named stays as it was. On a full disk the space kept for it is given up."""
    status = (Contents(path).status() or {}) | {"phase": phase} | more
    try:
        write_json(path / "status.json", status)
    except OSError as error:
        if error.errno not in FULL:
            raise
        (path / ROOM).unlink(missing_ok=True)
        write_json(path / "status.json", status)


def keep_room(path: Path) -> None:
    """Take the space that the last word of a run will need, so that it can be written on a full disk."""
    (path / ROOM).write_bytes(bytes(_ROOM_BYTES))


def give_room_back(path: Path) -> None:
    """The last word stands."""
    with contextlib.suppress(OSError):
        (path / ROOM).unlink(missing_ok=True)


class _Lines:
    """Frames of the files read last: only what was added since is read again."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, int], tuple[int, list[dict[str, Any]]]] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path) -> list[dict[str, Any]]:
        with self._lock:
            try:
                with os.fdopen(open_regular(path), "rb") as file:
                    key = (str(path), os.fstat(file.fileno()).st_ino)
                    offset, frames = self._known.pop(key, (0, []))
                    size = os.fstat(file.fileno()).st_size
                    if size < offset:
                        offset, frames = 0, []
                    file.seek(offset)
                    new = file.read() if size <= LONGEST["frames.jsonl"] else b""
            except OSError:
                return []
            end = new.rfind(b"\n") + 1  # the last line may be half written
            frames = frames + [made for line in new[:end].splitlines() if (made := frame(line)) is not None]
            self._known[key] = (offset + end, frames)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return list(frames)

    def forget(self, folder: Path) -> None:
        """Drop what was read from below a folder."""
        with self._lock:
            for key in [key for key in self._known if Path(key[0]).is_relative_to(folder)]:
                del self._known[key]


_LINES = _Lines()


class _Checked:
    """What is damaged in folders of runs that have ended; a folder is read again when one of its files has changed."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: OrderedDict[Path, tuple[object, list[str]]] = OrderedDict()
        self._lock = Lock()

    def damage(self, folder: Path, *, ended: bool) -> list[str]:
        mark = (
            ended,
            *(mark_of(f"{folder}/{name}") for name in ("result.json", "frames.jsonl", "arrays", "lock", "log.txt")),
        )
        with self._lock:
            known = self._known.get(folder)
        if known is not None and known[0] == mark:
            return known[1]
        contents = Contents(folder)
        contents.result()
        contents.frames_end_well(ended=ended)
        contents.folders_are_folders()
        with self._lock:
            self._known[folder] = (mark, contents.damage)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return contents.damage

    def forget(self, folder: Path) -> None:
        """Drop what is known of what lies below a folder."""
        with self._lock:
            for path in [path for path in self._known if path.is_relative_to(folder)]:
                del self._known[path]


class _Sizes:
    """Bytes of folders; one is counted again when a file of it, or of its arrays, has come, gone, been replaced or grown."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: OrderedDict[str, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path) -> int:
        mark = tuple(mark_of(f"{folder}{name}") for name in ("", "/arrays", "/frames.jsonl", "/log.txt"))
        with self._lock:
            known = self._known.get(str(folder))
        if known is not None and known[0] == mark:
            return known[1]
        size = sum(size for _, size in regular_files(folder))
        with self._lock:
            self._known[str(folder)] = (mark, size)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return size

    def forget(self, folder: Path) -> None:
        """Drop what was counted below a folder."""
        with self._lock:
            for path in [path for path in self._known if Path(path).is_relative_to(folder)]:
                del self._known[path]


def mark_of(path: str) -> tuple[int, ...] | None:
    """What differs once a file was replaced or written to, or something has come into a folder or gone; None where nothing lies there."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode


_CHECKED = _Checked()
_SIZES = _Sizes()


def forget(folder: Path) -> None:
    """Keep nothing in memory of the runs below a folder that was removed."""
    for known in (_LINES, _CHECKED, _SIZES):
        known.forget(folder)
