"""The headline of a page, and beside it the actions every page with a view has: undo, redo, reset, pin, copy link, and what a page adds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.ui.copylink import copy_link
from mmexplore.ui.icon_button import icon_button
from mmexplore.ui.pins import pin_button
from mmexplore.ui.readout import part
from mmexplore.ui.state import PageState

# The place beside the headline that is being drawn: each run of a page has a thread, and so a context, of its own.
_BESIDE: ContextVar[DeltaGenerator | None] = ContextVar("beside the headline", default=None)


def headline(question: str) -> None:
    """The page's question; the actions stand at the end of its line where there is room, else below it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="headline"):
        st.title(question, anchor=False, width="content")
        _BESIDE.set(st.container(width="content", key="actions"))


def action_row(
    state: PageState[Any],
    more: Callable[[], None] | None = None,
    *,
    pins: bool = True,
    shows: Callable[[], Hashable] | None = None,
) -> None:
    """Buttons that act on the whole view, as a part of the page that runs alone.

    Args:
        state: of the page.
        more: draws a page's own buttons after them.
        pins: whether a view can be pinned.
        shows: what `more` shows of the view that a dial may change; such a page names it to `mmexplore.ui.readout.moved`.
    """

    def shown() -> Hashable:
        return state.possible() if shows is None else (state.possible(), shows())

    beside = _BESIDE.get()
    with beside if beside is not None else contextlib.nullcontext():
        part(state, "actions", lambda: _row(state, more, pins), shows=shown)


def _row(state: PageState[Any], more: Callable[[], None] | None, pins: bool) -> None:
    undo, redo, reset, _ = state.possible()
    with st.container(horizontal=True, vertical_alignment="center", gap=None):
        icon_button(state, "undo", "Undo", "undo", state.undo, "Undo the last change.", enabled=undo)
        icon_button(state, "redo", "Redo", "redo", state.redo, "Redo what was undone.", enabled=redo)
        back = "Everything back to the start. Undo brings it back."
        icon_button(state, "reset", "Reset", "restart_alt", state.reset, back, enabled=reset)
        if pins:
            pin_button(state)
        if more is not None:
            more()
        copy_link(key=state.key("link"))
