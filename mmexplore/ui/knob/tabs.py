"""What one may ask beneath the dial; only the open tab is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmexplore.scenes.knob.scene import OWN
from mmexplore.ui.failures import guarded
from mmexplore.ui.knob import STATE, rerun_if_behind
from mmexplore.ui.knob.about import about
from mmexplore.ui.knob.collapse import collapse
from mmexplore.ui.knob.compare import compare
from mmexplore.ui.knob.export import take_along
from mmexplore.ui.knob.file import arrays_of
from mmexplore.ui.knob.howmuch import howmuch
from mmexplore.ui.knob.rows import over_rows
from mmexplore.ui.knob.theory import exact_plane
from mmexplore.ui.knob.training import train_live

TABS: dict[str, Callable[[], None]] = {
    "Compare methods": lambda: compare(STATE.view),
    "Train live": lambda: train_live(STATE.view),
    "Exact plane": lambda: _exact(),
    "Collapse and hysteresis": lambda: collapse(STATE),
    "How much data do I need?": lambda: _rows(),
    "About": lambda: about(STATE.view),
    "Take it with you": lambda: take_along(STATE.view),
}


def _rows() -> None:
    howmuch(STATE)
    st.divider()
    over_rows(STATE.view)


def _exact() -> None:
    own = arrays_of(STATE.view)
    if STATE.view.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    exact_plane(STATE, own[1] if own else None)


@st.fragment
def below() -> None:
    """The tabs."""
    rerun_if_behind()
    tabs = st.tabs(tuple(TABS), key=STATE.key("below"), on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        with tab:
            if tab.open:
                with guarded(STATE, "tab"):
                    draw()
