"""The miniature on the landing page: a dial that walks from a redundant world to a synergistic one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mmexplore.info.pid import pid
from mmexplore.labs.decompose.dialgrid import grid_scene
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui.grid import answer, scene_grid
from mmexplore.ui.dial import Grid, dial

_MIX = Scene(source="mix", gate="rdn", other="xor", mix=0.5, dial_x="mix", dial_y="noise")


def _told(grid: Grid) -> Grid:
    """The same grid with the ends of the story."""
    mix, noise = grid.axes
    mix = replace(mix, label="How sarcastic", low_words="tone repeats the words", high_words="sarcasm")
    noise = replace(noise, label="Misunderstandings", low_words="none", high_words="coin toss")
    return replace(grid, id=f"{grid.id} told", axes=(mix, noise))


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
        "**Try it: words + tone → what is meant?** At the left end of the first slider the tone repeats what the words say: either one is "
        "enough (redundancy). At its right end it is sarcasm, and only both together tell what is meant (synergy, XOR)."
    )
    dial(
        _told(grid),
        at,
        key=key,
        views=("bars", "diagram", "curve"),
        exact=answer(table, result, at),
        names=("words", "tone", "what is meant"),
        title=grid_scene(scene).title(),  # without the dial's own values: what stands still is not sent again
        compact=True,
        on_commit=lambda value: st.session_state.__setitem__("home.at", (round(value[0], 6), round(value[1], 6))),
    )
