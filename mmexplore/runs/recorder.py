"""What a program writes while it runs: frames as they come, progress, arrays and numbers at the end.

A frame is one line of ``frames.jsonl``: a step, plain numbers, and the name of a file of arrays where it has some. Everything
else is written whole or not at all (a temporary file, then a rename), so that a reader never sees half a file.
"""

from __future__ import annotations

import json
import math
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.writing import write_whole

_EVERY = 0.1  # seconds between two writings of the progress
_MOST_UNPACKED = 4_000_000_000  # bytes of a file of arrays: ten times what a visitor's own data may have
_PAUSE = 5.0  # a gap longer than this between two reports was a pause


class Stopped(Exception):
    """Raised inside a program when its run is to stop; programs let it pass through."""


class Recorder:
    """Collects what a program reports; into a folder, or in memory for tests and scripts.

    Attributes:
        device: ``"cpu"`` or ``"cuda"``: where the program should compute.
        frames: what `frame` was given, newest last (in memory only).
        arrays: what `keep` was given (in memory only).
        results: what `result` was given.
        warnings: sentences of `warn`.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        device: str = "cpu",
        stop: Callable[[], bool] | None = None,
        data: Mapping[str, np.ndarray] | None = None,
        watch: Callable[[float, str], None] | None = None,
    ) -> None:
        self.device = device
        self.frames: list[dict[str, Any]] = []
        self.arrays: dict[str, dict[str, np.ndarray]] = {}
        self.results: dict[str, Any] = {}
        self.warnings: list[str] = []
        self._folder = folder
        self._stop = stop or (lambda: False)
        self._watch = watch
        self._data = data
        self._count = 0
        self._active = 0.0
        self._last = time.monotonic()
        self._written = -math.inf

    @classmethod
    def in_memory(cls, **options: Any) -> Recorder:
        """A recorder that only collects."""
        return cls(None, **options)

    def frame(self, step: int, numbers: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Report the state after `step` steps: numbers (nan and inf become null) and, where drawn, arrays.

        Raises:
            Stopped: the run is to stop.
        """
        line: dict[str, Any] = {"step": int(step)} | {str(k): plain(v) for k, v in numbers.items()}
        if self._folder is None:
            self.frames.append(line | ({"arrays": dict(arrays)} if arrays else {}))
        else:
            if arrays:
                line["arrays"] = f"frame-{self._count:04d}"
                write_arrays(self._folder / "arrays" / f"{line['arrays']}.npz", arrays)
            _append(self._folder / "frames.jsonl", json.dumps(line, allow_nan=False) + "\n")
        self._count += 1
        self._check()

    def progress(self, share: float, words: str) -> None:
        """Report the part of the work done, 0 to 1, and what is being done; cheap enough for every step.

        Raises:
            Stopped: the run is to stop.
        """
        now = time.monotonic()
        self._active += min(now - self._last, _PAUSE)
        self._last = now
        if now - self._written >= _EVERY:
            self._written = now
            share = min(max(float(share), 0.0), 1.0)
            if self._watch is not None:
                self._watch(share, words)
            if self._folder is not None:
                report = {"share": share, "words": words, "at": time.time(), "active": self._active}
                write_json(self._folder / "progress.json", report)
        self._check()

    def keep(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep result arrays under a name of letters, digits and dashes."""
        if not name.replace("-", "").replace("_", "").isalnum():
            raise BadData(f"arrays are named {name!r}; allowed: letters, digits, - and _")
        if self._folder is None:
            self.arrays[name] = {k: np.asarray(v) for k, v in arrays.items()}
        else:
            write_arrays(self._folder / "arrays" / f"{name}.npz", arrays)

    def result(self, values: Mapping[str, Any]) -> None:
        """Final numbers: plain JSON values (a second call adds to the first)."""
        self.results |= {str(k): plain(v) for k, v in values.items()}
        if self._folder is not None:
            write_json(self._folder / "result.json", self.results)

    def warn(self, sentence: str) -> None:
        """Something the reader of the result must know."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
            if self._folder is not None:
                write_json(self._folder / "warnings.json", self.warnings)

    def data(self) -> dict[str, np.ndarray]:
        """The visitor's own arrays.

        Raises:
            BadData: the run was given none, or they are gone.
        """
        if self._data is not None:
            return dict(self._data)
        if self._folder is not None and (self._folder / "data.npz").is_file():
            return read_arrays(self._folder / "data.npz")
        raise BadData("the data of this run are no longer there: open the page with your data and start it again")

    def _check(self) -> None:
        if self._stop():
            raise Stopped


def _append(path: Path, line: str) -> None:
    """Add a line, or nothing where there is no space for all of it."""
    with path.open("ab", buffering=0) as lines:
        at, rest = lines.tell(), line.encode()
        try:
            while rest:
                rest = rest[lines.write(rest) :]
        except OSError:
            lines.truncate(at)
            raise


def plain(value: Any) -> Any:
    """A JSON value: arrays to lists, NumPy and torch scalars to Python, nan and inf to None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all."""
    write_whole(path, lambda part: part.write_text(json.dumps(value, allow_nan=False), encoding="utf-8"))


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of numbers, booleans or text as a compressed ``.npz``, whole or not at all."""
    ready = {str(name): np.asarray(array) for name, array in arrays.items()}
    for name, array in ready.items():
        if array.dtype.hasobject:
            raise BadData(f"array {name!r} holds Python objects; allowed: numbers, booleans, text")
    path.parent.mkdir(exist_ok=True)  # no more than that: a run whose folder was removed does not bring it back

    def save(part: Path) -> None:
        with part.open("wb") as file:
            np.savez_compressed(file, **ready)  # type: ignore[arg-type]

    write_whole(path, save)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote; nothing is ever unpickled.

    Raises:
        OSError, ValueError and others: it is damaged, or unpacks to more than `_MOST_UNPACKED` bytes.
    """
    with zipfile.ZipFile(path) as packed:
        if sum(file.file_size for file in packed.infolist()) > _MOST_UNPACKED:
            raise ValueError(f"{path.name} unpacks to more than {_MOST_UNPACKED:,} bytes")
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
