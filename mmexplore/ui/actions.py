"""The headline of a page, and beside it the actions every page with a view has: undo, redo, reset, pin, copy link, and what a page adds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.ui.copylink import copy_link
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
        st.button(
            "Undo",
            icon=":material/undo:",
            type="tertiary",
            on_click=state.undo,
            disabled=not undo,
            key=state.key("undo"),
            help="Undo the last change.",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            type="tertiary",
            on_click=state.redo,
            disabled=not redo,
            key=state.key("redo"),
            help="Redo what was undone.",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=state.reset,
            disabled=not reset,
            key=state.key("reset"),
            help="Everything back to the start. Undo brings it back.",
        )
        if pins:
            pin_button(state)
        if more is not None:
            more()
        copy_link(key=state.key("link"))
