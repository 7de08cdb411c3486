"""How much of visitors' own data one process keeps together, and what goes when there is no more room: the oldest idle first.

Files, matrices and runs on own data are *kept* things: each knows its size, its session, when it was last used, and how to go with a
sentence for whoever brought it. Nobody's things go while they are in use: where only such are left, what is new is refused.

``MMEXPLORE_OWN_MB`` is the limit, in millions of bytes (default 2000).
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from mmexplore.errors import BadData

IDLE = 60.0  # seconds without use after which something of another visitor may go
_USUAL = 2000


class Kept(Protocol):
    """Something of a visitor's own that takes memory."""

    @property
    def session(self) -> str:
        """Whose it is."""

    @property
    def used(self) -> float:
        """When it was last used, in seconds since 1970."""

    def size(self) -> int:
        """Bytes it takes now."""

    def go(self, sentence: str) -> bool:
        """Drop it, and keep the sentence for its visitor; False where it cannot go (it is being worked on)."""


def most_own_bytes() -> int:
    """How much visitors' own data may take together."""
    setting = os.environ.get("MMEXPLORE_OWN_MB", "")
    return (int(setting) if setting.isdigit() and len(setting) < 12 else _USUAL) * 1_000_000


class Allowance:
    """Everything of visitors' own that this process keeps.

    Things added are known for as long as somebody else keeps them; `more` are functions that list others.
    """

    def __init__(self) -> None:
        self._things: weakref.WeakSet[Kept] = weakref.WeakSet()
        self._lock = threading.RLock()
        self.more: list[Callable[[], list[Kept]]] = []

    def add(self, kept: Kept) -> None:
        """Count something from now on."""
        with self._lock:
            self._things.add(kept)

    def all(self) -> list[Kept]:
        """Everything that is counted."""
        with self._lock:
            return [*self._things, *(thing for listed in self.more for thing in listed())]

    def taken(self) -> int:
        """Bytes of everything."""
        return sum(thing.size() for thing in self.all())

    def make_room(self, size: int, session: str, *, spare: Kept | None = None) -> None:
        """Let things go, the oldest idle first, until `size` more bytes fit.

        Args:
            size: bytes that are to be added; 0 only brings down what has grown.
            session: who adds them; what they have in use themselves on other pages goes last.
            spare: what is never to go: where the new thing will be.

        Raises:
            BadData: it does not fit, since others are using theirs.
        """
        most = most_own_bytes()
        if size > most:
            raise BadData(
                f"this takes {size / 1e6:,.0f} MB; allowed on this server for all visitors' own data: {most / 1e6:,.0f} MB. "
                "Take fewer rows or columns, or start the server with a larger MMEXPLORE_OWN_MB"
            )
        with self._lock:
            things = [(thing, thing.size()) for thing in self.all()]
            over = sum(taken for _, taken in things) + size - most
            if over <= 0:
                return
            now = time.time()
            idle = [
                (thing, taken) for thing, taken in things if taken and thing is not spare and now - thing.used > IDLE
            ]
            mine = [
                (thing, taken)
                for thing, taken in things
                if taken and thing is not spare and thing.session == session and now - thing.used <= IDLE
            ]
            by_use = sorted(idle, key=lambda one: one[0].used), sorted(mine, key=lambda one: one[0].used)
            for thing, taken in (*by_use[0], *(by_use[1] if size else ())):
                if over <= 0:
                    break
                minutes = max(1, round((now - thing.used) / 60))
                unused = f"it had not been used for {minutes} minute{'s' * (minutes != 1)}"
                if thing.go(f"it was removed from this server's memory to make room for other data: {unused}"):
                    over -= taken
        if over > 0 and size:
            raise BadData(
                f"there is no room for {size / 1e6:,.1f} MB more of visitors' own data on this server just now (all together: "
                f"{most / 1e6:,.0f} MB, and others are using theirs). Try again in a few minutes, or take fewer rows or columns"
            )


ALLOWANCE = Allowance()
