"""Files written whole or not at all, and why one could not be written, in a sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mmexplore.errors import BadData, Unsupported

FULL = (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place and rename it there, so that no reader sees half of it and a failure leaves what was there.

    Args:
        path: its place.
        write: writes it to the path it is given.

    Raises:
        OSError: it could not be written.
    """
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        write(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_for_reader(path: Path | str, write: Callable[[Path], Any]) -> None:
    """Write a file that somebody has asked for by its name. What is no regular file (``/dev/stdout``) is written into as it is.

    Raises:
        BadData: it cannot be written; the sentence says why.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            write(path)
        else:
            write_whole(path.resolve(), write)
    except OSError as error:
        raise BadData(f"{str(path)[:200]!r} cannot be written: {because(error)}") from None


@contextmanager
def into_runs(folder: Path) -> Iterator[None]:
    """Where the folder of runs is written: what the system says becomes a sentence with what to do.

    Args:
        folder: of the runs.

    Raises:
        Unsupported: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise Unsupported(cannot_write(folder, error)) from None


def cannot_write(folder: Path, error: OSError) -> str:
    """Why the folder of runs cannot be written, and what to do."""
    if error.errno in FULL:
        return f"the disk of {folder} is full: free some space, or delete runs on the Runs page, then try again"
    return f"the folder of the runs, {folder}, cannot be written ({because(error)}): set MMEXPLORE_RUNS to one that can"


def because(error: OSError) -> str:
    """What the system says, in words."""
    if error.errno == errno.ELOOP:
        return "it is a link, which is not followed"
    return "the disk is full" if error.errno in FULL else (error.strerror or type(error).__name__).lower()


def write_npz(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as a compressed ``.npz``, whatever the path ends in."""
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
