"""The page's own action: take the what-ifs away."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets import WhatIf
from mmexplore.labs.decompose.ui import STATE


def own_actions() -> None:
    """A button beside undo, redo and reset."""
    scene = STATE.view
    st.button(
        "No what-ifs",
        icon=":material/filter_alt_off:",
        type="tertiary",
        on_click=_clear,
        disabled=not scene.changes(),
        key=STATE.key("clear"),
        help="Noise, bias and correlation back to none; the table stays.",
    )


def _clear() -> None:
    STATE.jump(**{p.name: p.default for p in WhatIf.parameters() if not STATE.locks(p.name)})
