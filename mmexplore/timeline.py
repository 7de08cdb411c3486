"""Undo and redo of a page's view: a line of frozen specs with a present."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S")

MAX_PAST = 100


@dataclass
class Timeline(Generic[S]):
    """What was seen (`past`), is seen (`present`) and was undone (`future`).

    `revision` rises whenever the present changed other than by the user's own hand on a widget (undo, reset, a link): what
    keeps a state of its own in the browser takes over the new value then, and only then.
    """

    present: S
    past: list[S] = field(default_factory=list)
    future: list[S] = field(default_factory=list)
    revision: int = 0

    def commit(self, view: S) -> bool:
        """Make `view` the present; False if it already is."""
        if view == self.present:
            return False
        self.past.append(self.present)
        del self.past[:-MAX_PAST]
        self.future.clear()
        self.present = view
        return True

    def jump(self, view: S) -> bool:
        """Commit a view that no widget shows yet."""
        changed = self.commit(view)
        self.revision += changed
        return changed

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self.past:
            self.future.append(self.present)
            self.present = self.past.pop()
            self.revision += 1

    def redo(self) -> None:
        """Take back one undo, if there was one."""
        if self.future:
            self.past.append(self.present)
            self.present = self.future.pop()
            self.revision += 1
