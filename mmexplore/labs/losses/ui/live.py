"""The main block: actions, and the seven views."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmexplore.labs.losses.scene import TABS, FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.about import about
from mmexplore.labs.losses.ui.bounds import bounds
from mmexplore.labs.losses.ui.export import take
from mmexplore.labs.losses.ui.lab import factors, methods, panel_shows
from mmexplore.labs.losses.ui.sweep import sweep
from mmexplore.labs.losses.ui.table import table
from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded
from mmexplore.ui.readout import part

_DRAW: dict[str, Callable[[FactorClScene], None]] = {
    "methods": methods,
    "factors": factors,
    "sweep": sweep,
    "bounds": bounds,
    "table": table,
    "about": about,
    "take": take,
}


_ANOTHER = STATE.key("another view")  # the actions and the side bar hang on the view as well


def live_block() -> None:
    """Actions and views; runs alone when a run ends or what it shows of one has changed, see `panel_shows`."""
    action_row(STATE)
    part(STATE, "live", _live, shows=panel_shows)


def _live() -> None:
    if st.session_state.pop(_ANOTHER, False):
        st.rerun()
    scene = STATE.view
    if STATE.hides("view") or STATE.locks("view"):  # a link that narrows the page to one view
        with guarded(STATE):
            _DRAW[scene.view](scene)
        return
    tabs = st.tabs(tuple(TABS.values()), key=STATE.show("tabs", TABS[scene.view]), on_change=_turned)
    for tab, view in zip(tabs, TABS, strict=True):
        with tab:
            if view == scene.view:
                with guarded(STATE):
                    _DRAW[view](scene)


def _turned() -> None:
    title = st.session_state[STATE.key("tabs")]
    view = next((name for name, words in TABS.items() if words == title), "methods")
    if view != STATE.view.view:
        STATE.jump(view=view)
        st.session_state[_ANOTHER] = True
