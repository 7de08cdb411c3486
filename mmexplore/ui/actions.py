"""The row of actions every page with a view has: undo, redo, reset, pin, copy link, and what a page adds of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore.ui.copylink import copy_link
from mmexplore.ui.pins import pin_button
from mmexplore.ui.state import PageState


def action_row(state: PageState[Any], more: Callable[[], None] | None = None, *, pins: bool = True) -> None:
    """Buttons that act on the whole view; `more` draws a page's own after them; `pins`: whether a view can be pinned."""
    timeline = state.timeline
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Undo", icon=":material/undo:", on_click=state.undo, disabled=not timeline.past, key=state.key("undo")
        )
        st.button(
            "Redo", icon=":material/redo:", on_click=state.redo, disabled=not timeline.future, key=state.key("redo")
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=state.reset,
            disabled=state.view == state.spec(),
            key=state.key("reset"),
            help="Everything back to the start. Undo brings it back.",
        )
        if pins:
            pin_button(state)
        if more is not None:
            more()
        copy_link(key=state.key("link"))
