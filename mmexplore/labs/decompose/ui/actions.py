"""The page's own actions: take the what-ifs away, pin a view as A."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets import WhatIf
from mmexplore.labs.decompose.ui import STATE
from mmexplore.ui.pins import pin_button


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
    pin_button(STATE)


def _clear() -> None:
    STATE.jump(**{p.name: p.default for p in WhatIf.parameters()})
