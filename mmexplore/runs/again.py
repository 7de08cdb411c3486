"""A result that is run again: the new one is made beside the old one, and takes its place when it has finished.

Until then everybody sees the old result; where the new run is stopped, fails or is killed, nothing is lost. The new one lies in
the folder `again` beside the folders of the runs, under the same name.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mmexplore.errors import Unsupported
from mmexplore.runs.contents import Contents, touch
from mmexplore.runs.folder import Run
from mmexplore.runs.locks import locked
from mmexplore.writing import because

AGAIN = "again"
LOCK = "folders.lock"  # of the folder of all runs: held while one of them is made or replaced


def beside(place: Path) -> Run:
    """The run that is to take the place of the one in a folder; it may not exist.

    Args:
        place: the folder of the old result.
    """
    return Run(place.parent / AGAIN / place.name, place=place)


def take_place(path: Path) -> None:
    """Put a finished run where the one lies that it was to replace; pinned stays pinned. Others are left where they are.

    Args:
        path: folder of the new run.

    Raises:
        OSError: it could not be moved; the old result is still there.
    """
    if path.parent.name != AGAIN:
        return
    base = path.parent.parent
    place, old = base / path.name, path.with_name(f".{path.name}.old")
    with locked(base / LOCK):
        if (Contents(path).status() or {}).get("phase") != "finished":
            return  # somebody was faster
        if (place / "pin").exists():
            touch(path / "pin")
        if os.path.lexists(place):
            remove(old)
            place.rename(old)
        path.rename(place)
        remove(old)


def remove(path: Path) -> None:
    """Remove a folder, or whatever lies where it should be; of a link only the link.

    Raises:
        Unsupported: something of it could not be removed.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        remove(path)  # somebody removes it as well
    except OSError as error:
        raise Unsupported(f"run {path.name[:80]} cannot be deleted: {because(error)}") from None
