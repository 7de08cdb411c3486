"""What one may ask beneath the dial; only the open tab is computed."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.about import about
from mmexplore.labs.knob.ui.collapse import collapse
from mmexplore.labs.knob.ui.dials import Dials
from mmexplore.labs.knob.ui.file import arrays_of, file_of
from mmexplore.labs.knob.ui.how_much_data import how_much_data
from mmexplore.labs.knob.ui.sample_size import over_sizes
from mmexplore.labs.knob.ui.side_by_side import compare
from mmexplore.labs.knob.ui.take_along import take_along
from mmexplore.labs.knob.ui.theory import exact_plane
from mmexplore.labs.knob.ui.training import train_live
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import guarded
from mmexplore.ui.readout import part
from mmexplore.ui.tabs import is_open, open_tab, tab_row

_DRAW: dict[str, Callable[[Dials], None]] = {
    "compare": lambda dials: compare(STATE.view, dials),
    "train": lambda dials: train_live(STATE.view),
    "exact": lambda dials: _exact(),
    "collapse": lambda dials: collapse(STATE),
    "samples": lambda dials: _samples(),
    "about": lambda dials: about(STATE.view),
    "export": lambda dials: take_along(STATE.view),
}
FOLLOW = ("samples", "export")  # tabs that show the setting of the knobs as a whole
CHECKED = "train"  # shows it once its check is open


def _samples() -> None:
    how_much_data(STATE)
    st.divider()
    over_sizes(STATE.view)


def _exact() -> None:
    own = arrays_of(STATE.view)
    if STATE.view.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    exact_plane(STATE, own[1] if own else None, file_of(STATE.view))


def below(dials: Dials) -> None:
    """The tabs, and the read-out of the dials on the page."""
    part(STATE, "below", lambda: _tabs(dials), shows=_knobs)


def _knobs() -> Hashable:
    """Where the knobs stand, if the open tab shows it and is no part of the read-out."""
    view, tab = STATE.view, open_tab(STATE)
    follows = tab in FOLLOW or (tab == CHECKED and is_open(STATE, "check"))
    return (view.beta, view.gamma) if follows else None


def _tabs(dials: Dials) -> None:
    dials.beneath.clear()
    name, tab = tab_row(STATE)
    with tab, guarded(STATE, "tab"):
        _DRAW[name](dials)
    dials.readout()
