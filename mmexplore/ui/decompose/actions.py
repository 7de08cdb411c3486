"""The row of actions: undo, redo, reset, pin, copy link."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets import WhatIf
from mmexplore.ui.copylink import copy_link
from mmexplore.ui.decompose import STATE


def action_row() -> None:
    """Buttons that act on the whole view."""
    timeline, scene = STATE.timeline, STATE.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Undo", icon=":material/undo:", on_click=STATE.undo, disabled=not timeline.past, key=STATE.key("undo")
        )
        st.button(
            "Redo", icon=":material/redo:", on_click=STATE.redo, disabled=not timeline.future, key=STATE.key("redo")
        )
        st.button(
            "No what-ifs",
            icon=":material/filter_alt_off:",
            on_click=_clear,
            disabled=not scene.changes(),
            key=STATE.key("clear"),
            help="Noise, bias and correlation back to none; the table stays.",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=STATE.reset,
            disabled=scene == STATE.spec(),
            key=STATE.key("reset"),
            help="Everything back to the start. Undo brings it back.",
        )
        if scene.pin:
            st.button("Unpin A", icon=":material/keep_off:", on_click=_unpin, key=STATE.key("unpin"))
        else:
            st.button(
                "Pin as A",
                icon=":material/keep:",
                on_click=_pin,
                key=STATE.key("pin"),
                help="Keeps this view as A; what you change next is B, drawn beside it.",
            )
        copy_link(key=STATE.key("link"))


def _clear() -> None:
    STATE.jump(**{p.name: p.default for p in WhatIf.parameters()})


def _pin() -> None:
    STATE.update(pin=STATE.view.as_pin())


def _unpin() -> None:
    STATE.update(pin="")
