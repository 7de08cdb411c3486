"""The page's own actions: take the what-ifs away, pin a view as A."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets import WhatIf
from mmexplore.ui.decompose import STATE


def own_actions() -> None:
    """Buttons beside undo, redo and reset."""
    scene = STATE.view
    st.button(
        "No what-ifs",
        icon=":material/filter_alt_off:",
        on_click=_clear,
        disabled=not scene.changes(),
        key=STATE.key("clear"),
        help="Noise, bias and correlation back to none; the table stays.",
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


def _clear() -> None:
    STATE.jump(**{p.name: p.default for p in WhatIf.parameters()})


def _pin() -> None:
    STATE.update(pin=STATE.view.as_pin())


def _unpin() -> None:
    STATE.update(pin="")
