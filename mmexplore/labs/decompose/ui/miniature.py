"""The miniature on the landing page: a dial that walks from a redundant world to a synergistic one."""

from __future__ import annotations

import streamlit as st

from mmexplore.info.pid import pid
from mmexplore.labs.decompose.dialgrid import grid_scene
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui.grid import answer, scene_grid
from mmexplore.ui.dial import dial

_MIX = Scene(source="mix", gate="rdn", other="xor", mix=0.5, dial_x="mix", dial_y="noise")


@st.fragment
def miniature() -> None:
    """Draw it."""
    grid, _tables, _ = scene_grid(_MIX)
    key = "home.dial"
    at = st.session_state.get("home.at", (_MIX.mix, _MIX.noise))
    scene = _MIX.put(mix=at[0], noise=at[1])
    table = scene.table()
    result = pid(table)
    st.markdown(
        "**Try it.** With the first slider at its left end both modalities show the same bit (redundancy); "
        "at its right end the target is their exclusive or (synergy)."
    )
    dial(
        grid,
        at,
        key=key,
        views=("bars", "diagram", "curve"),
        exact=answer(table, result, at),
        names=scene.names(),
        title=grid_scene(scene).title(),  # without the dial's own values: what stands still is not sent again
        compact=True,
        on_commit=lambda value: st.session_state.__setitem__("home.at", (round(value[0], 6), round(value[1], 6))),
    )
