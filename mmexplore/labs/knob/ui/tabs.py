"""What one may ask beneath the dial; only the open tab is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmexplore.labs.knob.ui import STATE, follow
from mmexplore.labs.knob.ui.about import about
from mmexplore.labs.knob.ui.collapse import collapse
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.labs.knob.ui.how_much_data import how_much_data
from mmexplore.labs.knob.ui.sample_size import over_sizes
from mmexplore.labs.knob.ui.side_by_side import compare
from mmexplore.labs.knob.ui.take_along import take_along
from mmexplore.labs.knob.ui.theory import exact_plane
from mmexplore.labs.knob.ui.training import train_live
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import guarded

TABS: dict[str, Callable[[], None]] = {
    "Compare methods": lambda: compare(STATE.view),
    "Train live": lambda: train_live(STATE.view),
    "Exact plane": lambda: _exact(),
    "Collapse and hysteresis": lambda: collapse(STATE),
    "How much data do I need?": lambda: _samples(),
    "About": lambda: about(STATE.view),
    "Take it with you": lambda: take_along(STATE.view),
}


def _samples() -> None:
    how_much_data(STATE)
    st.divider()
    over_sizes(STATE.view)


def _exact() -> None:
    own = arrays_of(STATE.view)
    if STATE.view.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    exact_plane(STATE, own[1] if own else None)


@st.fragment
def below() -> None:
    """The tabs."""
    follow()
    tabs = st.tabs(tuple(TABS), key=STATE.key("below"), on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        with tab:
            if tab.open:
                with guarded(STATE, "tab"):
                    draw()
