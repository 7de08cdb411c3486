"""Disks that cannot be written: a small file system in memory where this user may mount one, else a system that refuses."""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_WRITING = set("wax+")
_BYTES = 1_500_000


class Disk:
    """A folder that can be made full or read-only, and well again.

    Attributes:
        real: whether it is a file system of its own, so that other processes see its faults too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)
        self.real = self._mount("-t", "tmpfs", "-o", f"size={_BYTES}", "tmpfs")
        self._refusal: pytest.MonkeyPatch | None = None

    def fill(self) -> None:
        """Take all the space there is."""
        if not self.real:
            self._refuse(errno.ENOSPC)
            return
        with (self.path / "filler").open("ab", buffering=0) as file, contextlib.suppress(OSError):
            for size in (4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def freeze(self) -> None:
        """Let nothing be written."""
        if not self.real:
            self._refuse(errno.EROFS)
            return
        deadline = 50
        while not self._mount("-o", "remount,ro") and deadline:  # a file is open for writing
            deadline -= 1

    def heal(self) -> None:
        """Make it well again."""
        if self._refusal is not None:
            self._refusal.undo()
            self._refusal = None
        if self.real:
            self._mount("-o", "remount,rw")
            (self.path / "filler").unlink(missing_ok=True)

    def gone(self) -> None:
        """Take it away."""
        self.heal()
        if self.real:
            subprocess.run(["umount", "--lazy", str(self.path)], check=True)

    def _mount(self, *options: str) -> bool:
        try:
            return subprocess.run(["mount", *options, str(self.path)], capture_output=True).returncode == 0
        except OSError:
            return False

    def _refuse(self, number: int) -> None:
        def inside(path: Any) -> bool:
            return isinstance(path, str | os.PathLike) and Path(os.fspath(path)).is_relative_to(self.path)

        def refusing(call: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
            def called(path: Any, *args: Any, **more: Any) -> Any:
                if inside(path) and writes(*args, **more):
                    raise OSError(number, os.strerror(number), str(path))
                return call(path, *args, **more)

            return called

        def mode(mode: str = "r", *_: Any, **__: Any) -> bool:
            return bool(_WRITING & set(mode))

        def flags(flags: int = 0, *_: Any, **__: Any) -> bool:
            return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

        def always(*_: Any, **__: Any) -> bool:
            return True

        self._refusal = pytest.MonkeyPatch()
        for module in (io, builtins):
            self._refusal.setattr(module, "open", refusing(module.open, mode))
        self._refusal.setattr(os, "open", refusing(os.open, flags))
        for name in ("mkdir", "rename", "replace", *(("unlink", "rmdir", "utime") if number == errno.EROFS else ())):
            self._refusal.setattr(os, name, refusing(getattr(os, name), always))
        if number == errno.EROFS:
            self._refusal.setattr(shutil, "rmtree", refusing(shutil.rmtree, always))


@contextlib.contextmanager
def disk(path: Path) -> Iterator[Disk]:
    """A disk mounted on a folder, for as long as this lasts."""
    made = Disk(path)
    try:
        yield made
    finally:
        made.gone()
