"""Files on their way in: in memory only, and no more of them at a time than visitors' own data may take together.

Streamlit 1.67 lets Starlette put what is longer than a megabyte into a temporary file, and takes as many uploads at a time as come.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from streamlit.runtime import Runtime

from mmexplore.allowance import ALLOWANCE, Kept
from mmexplore.errors import BadData

Message = MutableMapping[str, Any]
_ADDRESS = "/_stcore/upload_file/"
_LONGEST = 201_000_000  # bytes of a request that does not say how long it is
_in_flight = 0


class Arrived:
    """Files that have come in and were not read yet, as something that takes memory and cannot go."""

    session = ""

    @property
    def used(self) -> float:
        """They are in use."""
        return time.time()

    def size(self) -> int:
        """Bytes of those that are on their way, too."""
        manager = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
        stored = getattr(manager, "_total_bytes", 0)
        return _in_flight + (stored if isinstance(stored, int) else 0)

    def go(self, sentence: str) -> bool:
        """They stay."""
        return False


def install() -> None:
    """Keep uploads out of temporary files, and count them."""
    importlib.import_module("starlette.formparsers").MultiPartParser.spool_max_size = 2 * _LONGEST
    if _listed not in ALLOWANCE.more:
        ALLOWANCE.more.append(_listed)


def is_upload(scope: Message) -> bool:
    """Whether a request brings a file."""
    return scope["type"] == "http" and scope["method"] == "PUT" and _ADDRESS in scope["path"]


def room_for(headers: Mapping[bytes, str]) -> tuple[int, str]:
    """How many bytes a request may bring, and why it is refused ("" where it is not).

    Args:
        headers: of the request, names in lower case.
    """
    said = headers.get(b"content-length", "")
    length = min(int(said), _LONGEST) if said.isdigit() and len(said) < 12 else _LONGEST
    try:
        ALLOWANCE.make_room(length, "")
    except BadData as error:
        return length, f"{error}\n"
    return length, ""


async def counted(length: int, answered: Callable[[], Awaitable[None]]) -> None:
    """Count a request's bytes while it is answered."""
    global _in_flight
    _in_flight += length
    try:
        await answered()
    finally:
        _in_flight -= length


def _listed() -> list[Kept]:
    return [_ARRIVED]


_ARRIVED = Arrived()
