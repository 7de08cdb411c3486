"""What a visitor's files hold, page by page: in their session, counted with everybody else's (`mmexplore.allowance`)."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from mmexplore.allowance import ALLOWANCE
from mmexplore.runs.own import OWN
from mmexplore.ui.state import PageState


class Held:
    """The files of one page in one visitor's session, and what was made of them.

    Attributes:
        files: what was read, by the SHA-256 of the bytes; the latest last.
        contents: the bytes, so that they can be read otherwise.
        readings: the same files read otherwise.
        derived: what was made of the file on show, with what it was made from; None for nothing.
        gone: a sentence where they had to go; "" else.
    """

    def __init__(self, session: str) -> None:
        self.session = session
        self.used = time.time()
        self.files: dict[str, Any] = {}
        self.contents: dict[str, bytes] = {}
        self.readings: dict[str, Any] = {}
        self.derived: tuple[Any, Any] | None = None
        self.gone = ""
        self._size = 0

    def size(self) -> int:
        """Bytes of all of it, as counted last."""
        return self._size

    def count(self) -> None:
        """Count anew: something has come or gone."""
        derived = getattr(self.derived[1], "arrays", {}) if self.derived is not None else {}
        self._size = (
            sum(map(len, self.contents.values()))
            + sum(map(bytes_of, (*self.files.values(), *self.readings.values())))
            + sum(array.nbytes for array in derived.values())
        )

    def go(self, sentence: str) -> bool:
        """Drop all of it."""
        self.clear()
        self.gone = f"Your file is no longer here: {sentence}. Drop it again to go on"
        return True

    def clear(self) -> None:
        """Forget all of it."""
        for part in (self.files, self.contents, self.readings):
            part.clear()
        self.derived = None
        self._size = 0


def held(state: PageState[Any]) -> Held:
    """The files of the present visitor on a page; they are in use now."""
    key = state.key("held")
    if key not in st.session_state:
        st.session_state[key] = Held(OWN.present())
        ALLOWANCE.add(st.session_state[key])
    mine: Held = st.session_state[key]
    mine.files = st.session_state.setdefault(state.key("files"), mine.files)
    mine.contents = st.session_state.setdefault(state.key("contents"), mine.contents)
    mine.used = time.time()
    return mine


def bytes_of(thing: Any) -> int:
    """Bytes of a data set, a matrix, or one with its name."""
    if isinstance(thing, tuple):
        return sum(map(bytes_of, thing))
    frame = getattr(thing, "frame", None)
    return int(frame.memory_usage().sum()) if frame is not None else int(getattr(thing, "nbytes", 0))
