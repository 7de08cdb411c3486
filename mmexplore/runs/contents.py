"""What the files of a run's folder may hold: ONE place that reads them, checks shapes and types, and says what is damaged.

A folder may be half written, from another version, from a full disk or from another hand. Nothing here raises for what a file holds:
a reader gives the value, or None beside a sentence. Only regular files of the folder itself are read, never what a link leads to, and
only so many bytes of them.

    spec.json       a mapping                                                       (its values are checked by the task)
    status.json     phase, words, seconds, started, ended, device, versions
    progress.json   share 0 to 1, words, at, active
    warnings.json   a list of sentences
    result.json     a mapping of plain JSON values; nan and inf become None
    frames.jsonl    lines of mappings with a whole "step"
    owner           the hash of who began it, and whether the limits of a visitor hold
"""

from __future__ import annotations

import errno
import math
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mmexplore.errors import BadData, MmexploreError
from mmexplore.plaintext import read_json
from mmexplore.writing import because

# phase -> whether it can stand in status.json
PHASES = ("queued", "running", "finished", "stopped", "failed", "killed")
LONGEST = {"result.json": 10_000_000, "frames.jsonl": 100_000_000}  # bytes
SHORT = 1_000_000  # bytes of any other file, and of a line of frames.jsonl
ENDS = 65_536  # bytes looked at, at either end, to see whether frames.jsonl is whole
_STEPS = 2**53
_LATEST = 4_102_444_800.0  # seconds since 1970: the year 2100
_ODD = re.compile(rb"NaN|Infinity|[eE]\+?\d{3}|\d{300}")  # numbers that may be no finite ones
_HASH = re.compile(r"[0-9a-f]{64}")
_ARRAYS = re.compile(r"[\w-]{1,200}")


def open_regular(path: Path) -> int:
    """A file descriptor of a regular file, not blocking and not following a link.

    Raises:
        OSError: it is missing, cannot be read, or is something else: a folder, a link, a pipe.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "no regular file")
    return handle


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        BadData: it cannot be read, or is longer than a file of that name may be.
        FileNotFoundError: it is missing.
    """
    most = LONGEST.get(path.name, SHORT)
    try:
        handle = open_regular(path)
        try:
            if (size := os.fstat(handle).st_size) > most:
                raise BadData(f"{path.name} has {size:,} bytes; allowed: {most:,}")
            return os.read(handle, size)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadData(f"{path.name} cannot be read: {because(error)}") from None


def touch(path: Path) -> None:
    """Make an empty file, or note that it was touched now; a link is not followed.

    Raises:
        OSError: that is not possible here.
    """
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags, 0o666)
    try:
        os.utime(handle)
    finally:
        os.close(handle)


def read_tail(path: Path, most: int) -> str:
    """The last bytes of a regular file as text; empty where it cannot be read."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - most))
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


class Contents:
    """The files of one folder, read and checked.

    Attributes:
        damage: a sentence for every file that was read and is not what it should be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damage: list[str] = []

    def spec(self) -> dict[str, Any] | None:
        """What was asked for; None where that is missing or damaged."""
        return self._read("spec.json", _mapping, needed=True)

    def status(self) -> dict[str, Any] | None:
        """How the run stands; None where that is missing or damaged."""
        return self._read("status.json", _status, needed=True)

    def progress(self) -> dict[str, Any]:
        """The last report; empty where there is none."""
        return self._read("progress.json", _progress) or {}

    def warnings(self) -> list[str]:
        """Sentences of the program."""
        return self._read("warnings.json", _sentences) or []

    def result(self) -> dict[str, Any]:
        """The final numbers; empty where there are none."""
        return self._read("result.json", _result) or {}

    def owner(self) -> dict[str, Any] | None:
        """Who began it; None where that was nobody, or the file is damaged."""
        return self._read("owner", _owner)

    def frames_end_well(self, *, ended: bool = True) -> None:
        """Look whether frames.jsonl begins and ends with a frame, without reading all of it.

        Args:
            ended: whether its program came to its end; the last line of one that was killed may be half written.
        """
        try:
            handle = open_regular(self.folder / "frames.jsonl")
        except FileNotFoundError:
            return
        except OSError as error:
            self.damage.append(f"frames.jsonl cannot be read: {because(error)}")
            return
        with os.fdopen(handle, "rb") as file:
            size = os.fstat(handle).st_size
            head = file.read(ENDS)
            file.seek(max(0, size - ENDS))
            tail = file.read(ENDS)
        if size > LONGEST["frames.jsonl"]:
            self.damage.append(f"frames.jsonl has {size:,} bytes; allowed: {LONGEST['frames.jsonl']:,}")
            return
        first, last = head.partition(b"\n"), tail.removesuffix(b"\n").rpartition(b"\n")
        whole = [first[0]] if first[1] or ended else []
        whole += [last[2]] if ended else []
        if size and ((ended and not tail.endswith(b"\n")) or any(frame(line) is None for line in whole)):
            self.damage.append("frames.jsonl holds lines that are no frames; they are left out")

    def folders_are_folders(self) -> None:
        """Look whether arrays is a folder of its own, and the files that are only there or not are files."""
        for name, right in (("arrays", stat.S_ISDIR), ("lock", stat.S_ISREG), ("log.txt", stat.S_ISREG)):
            try:
                mode = (self.folder / name).lstat().st_mode
            except OSError:
                continue
            if not right(mode):
                self.damage.append(f"{name} is no {'folder' if right is stat.S_ISDIR else 'file'} of this run")

    def _read(self, name: str, check: Callable[[Any, bytes], Any], *, needed: bool = False) -> Any:
        try:
            text = read_bytes(self.folder / name)
            return check(read_json(text, name), text)
        except FileNotFoundError:
            if needed:
                self.damage.append(f"{name} is missing")
        except MmexploreError as error:
            self.damage.append(str(error))
        except TypeError as error:
            self.damage.append(f"{name} is not what it should be: {error}")
        return None


def frame(line: bytes) -> dict[str, Any] | None:
    """One line of frames.jsonl; None where it is no frame."""
    if len(line) > SHORT:
        return None
    try:
        made = read_json(line, "frame")
    except BadData:
        return None
    if not isinstance(made, dict) or not _whole(made.get("step")):
        return None
    if not isinstance(made.get("arrays", ""), str) or not _ARRAYS.fullmatch(made.get("arrays", "-")):
        return None
    return plain_numbers(made) if _ODD.search(line) else made


def plain_numbers(value: Any) -> Any:
    """The same with None for every number that is not finite or too long to compute with."""
    if isinstance(value, dict):
        return {key: plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_numbers(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and value.bit_length() > 900:
        return None
    return value


def regular_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every regular file below a folder with its bytes; links are not followed, and what goes meanwhile is left out."""
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        yield Path(entry.path), entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _STEPS


def _mapping(value: Any, _: bytes) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no mapping")
    return value


def _result(value: Any, text: bytes) -> dict[str, Any]:
    made: dict[str, Any] = _mapping(plain_numbers(value) if _ODD.search(text) else value, text)
    return made


def _status(value: Any, text: bytes) -> dict[str, Any]:
    status = _mapping(value, text)
    if status.get("phase") not in PHASES:
        raise TypeError(f"its phase is none of {', '.join(PHASES)}")
    for name in ("words", "device"):
        _text(status, name)
    for name, most in (("seconds", _LATEST), ("started", _LATEST), ("ended", _LATEST)):
        _number(status, name, most)
    versions = status.get("versions")
    if versions is not None and not (
        isinstance(versions, Mapping) and all(isinstance(version, str) for version in versions.values())
    ):
        raise TypeError("its versions are no mapping of texts")
    return status


def _progress(value: Any, text: bytes) -> dict[str, Any]:
    progress = _mapping(value, text)
    _text(progress, "words")
    for name, most in (("share", 1.0), ("at", _LATEST), ("active", _LATEST)):
        _number(progress, name, most)
    return progress


def _owner(value: Any, text: bytes) -> dict[str, Any]:
    owner = _mapping(value, text)
    if not isinstance(owner.get("owner"), str) or not _HASH.fullmatch(owner["owner"]):
        raise TypeError("its owner is no hash")
    if not isinstance(owner.get("limited"), bool):
        raise TypeError("it does not say whether limits hold")
    return owner


def _sentences(value: Any, _: bytes) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(sentence, str) for sentence in value):
        raise TypeError("no list of sentences")
    return value


def _text(values: dict[str, Any], name: str) -> None:
    if not isinstance(values.get(name, ""), str):
        raise TypeError(f"its {name} are no text")


def _number(values: dict[str, Any], name: str, most: float) -> None:
    value = values.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= most:
        raise TypeError(f"its {name} is no number from 0 to {most:g}")
