"""Whose a run is: who began it may stop, pause, pin, replace and delete it, others may watch it.

A visitor is known by a secret of the browser (see `mmexplore.ui.visitors`). The file ``owner`` of a run's folder holds a hash of it, salted by
a file that only the owner of the folder of runs can read: nobody can be recognised by it, and nobody can make one. Runs without such a file
(made on the command line, by the library, or before owners were noted) may be handled by everybody. Who holds the teacher's key, a file
beside the salt, may handle all, and so may the command line, which has the folder itself.

The verbs of `mmexplore.runs` ask here, whatever a page shows: who is asking is what `use` was told, and the command line where it was not.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mmexplore.errors import BadData, Unsupported
from mmexplore.runs.contents import Contents, read_bytes
from mmexplore.runs.recorder import write_json

OWNER = "owner"
COOKIE = "mmexplore_visitor"  # under which a browser holds its secret
_SALT = "owners.salt"
_KEY = "teacher.key"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,64}")


@dataclass(frozen=True)
class Owner:
    """What the file ``owner`` of a run says.

    Attributes:
        hash: of the visitor's secret; "" where the run belongs to nobody.
        limited: whether the limits of a visitor hold for the run.
        damaged: whether the file is there and cannot be read.
    """

    hash: str = ""
    limited: bool = False
    damaged: bool = False


@dataclass(frozen=True)
class Who:
    """Who is asking.

    Attributes:
        hash: of the visitor's secret; "" for the command line and the library.
        teacher: whether the teacher's key was given.
    """

    hash: str = ""
    teacher: bool = False

    @property
    def limited(self) -> bool:
        """Whether the limits of a visitor hold."""
        return bool(self.hash) and not self.teacher


NOBODY = Owner()
COMMAND_LINE = Who()
_ask: Callable[[], Who] = lambda: COMMAND_LINE  # noqa: E731


def new_secret() -> str:
    """A secret by which a browser is known again."""
    return secrets.token_urlsafe(24)


def is_secret(text: str) -> bool:
    """Whether a text could be such a secret: long enough not to be guessed, and of plain letters."""
    return _SECRET.fullmatch(text) is not None


def use(ask: Callable[[], Who]) -> None:
    """Say how to find out who is asking."""
    global _ask
    _ask = ask


def asking() -> Who:
    """Who is asking just now."""
    return _ask()


def visitor(root: Path, secret: str, *, teacher: bool = False) -> Who:
    """The visitor with a secret, as the folder of runs knows it."""
    return Who(hmac.new(_salt(root), secret.encode("utf-8", "replace"), hashlib.sha256).hexdigest(), teacher)


def owner_of(folder: Path) -> Owner:
    """Whose the run of a folder is."""
    if folder.is_symlink() or not folder.is_dir():
        return NOBODY  # the link or file itself; what a link leads to is not read
    contents = Contents(folder)
    noted = contents.owner()
    if noted is None:
        return Owner(damaged=True) if contents.damage else NOBODY
    return Owner(noted["owner"], noted["limited"])


def note_owner(folder: Path, who: Who) -> None:
    """Write down who began the run of a folder; nothing where it was the command line."""
    if who.hash:
        write_json(folder / OWNER, {"owner": who.hash, "limited": who.limited})


def is_mine(owner: Owner, who: Who) -> bool:
    """Whether a visitor began a run."""
    return bool(owner.hash) and hmac.compare_digest(owner.hash, who.hash)


def why_not(folder: Path, who: Who | None = None) -> str:
    """Why the one who asks may only watch the run of a folder, in a sentence; "" where it may be handled."""
    who = asking() if who is None else who
    if who.teacher or not who.hash:
        return ""
    owner = owner_of(folder)
    if owner.damaged:
        return "Who began this run can no longer be read: it can be handled with the teacher's key, or on the command line."
    if not owner.hash or is_mine(owner, who):
        return ""
    return "Another visitor began this run: you can watch it, and who began it can stop, pin, replace and delete it."


def check(folder: Path, name: str, verb: str) -> None:
    """Raise `Unsupported` where the one who asks may only watch the run of a folder.

    Args:
        folder: of the run.
        name: of the run.
        verb: what is asked for: ``"stopped"``, ``"deleted"``.
    """
    if reason := why_not(folder):
        raise Unsupported(f"run {name[:80]} cannot be {verb} by you. {reason}")


def teacher_key(root: Path) -> str:
    """The key that lets a visitor handle all runs; "" where none can be kept in the folder."""
    return _kept(root / _KEY) or ""


def is_key(root: Path, text: str) -> bool:
    """Whether a text is the teacher's key; the time this takes tells nothing about it."""
    key = teacher_key(root)
    return bool(key) and hmac.compare_digest(key.encode(), text.encode("utf-8", "replace"))


@cache
def _salt(root: Path) -> bytes:
    return (_kept(root / _SALT) or secrets.token_urlsafe(32)).encode()  # where it cannot be kept: for this process


def _kept(path: Path) -> str | None:
    """A secret that is kept in a file which its owner alone can read; made where there is none, or a damaged one."""
    for _ in range(2):
        with contextlib.suppress(BadData, FileNotFoundError, UnicodeDecodeError):
            text = read_bytes(path).decode("ascii").strip()
            if _SECRET.fullmatch(text) and not path.lstat().st_mode & 0o077:
                return text
        with contextlib.suppress(OSError):
            _put(path, secrets.token_urlsafe(24))
    return None


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, text.encode())
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    try:
        if not os.path.lexists(path):
            os.link(part, path)  # another process may be faster: then its secret stands
        else:
            part.replace(path)  # it was damaged, or open to others
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
