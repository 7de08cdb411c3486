"""The sidebar: a named corner or a covariance of one's own, the target, what the dial moves and what it does not."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets.gaussian_systems import CORNERS
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui import STATE
from mmexplore.labs.gaussian.ui.data import choose_data
from mmexplore.labs.gaussian.ui.file import choose_file
from mmexplore.ui.presets import preset_chips

_SOURCES = {"system": "Channels", "data": "Data", "file": "Matrix"}
_TARGETS = {"plane": "Both coordinates", "first": "First alone"}


def sidebar() -> None:
    """Every control that is not under the live dial."""
    scene = STATE.view
    STATE.control("source", format_func=_SOURCES.__getitem__, width="stretch")
    if scene.source == "system":
        _corners(scene)
        st.divider()
        STATE.control("target", format_func=_TARGETS.__getitem__, width="stretch")
        STATE.control("columns")
    elif scene.source == "data":
        choose_data(scene)
    else:
        choose_file(scene)
    st.divider()
    STATE.control("unit")
    if scene.source == "system":
        _dial_axes(scene)
        _static(scene)


def _corners(scene: GaussianScene) -> None:
    now = scene.corner()
    titles = {name: corner.title for name, corner in CORNERS.items()}
    words = CORNERS[now].sentence if now else "A system of your own; click a corner to go there."
    preset_chips(STATE, "Corner", titles, now, words, lambda name: STATE.jump(corner=name))


def _dial_axes(scene: GaussianScene) -> None:
    """Which two parameters lie under the finger."""
    names = {p.name: p.label for p in scene.dials()}
    x, y = scene.axes()
    st.markdown("**What the sliders move**")
    for name, chosen, other in (("dial_x", x, y), ("dial_y", y, x)):
        STATE.control(
            name,
            shown=chosen.name,
            options=[n for n in names if n != other.name],
            format_func=names.__getitem__,
        )


def _static(scene: GaussianScene) -> None:
    """The parameters of the system that the dial does not move."""
    moving = {p.name for p in scene.axes()}
    with st.expander("The rest of the system", key=STATE.key("rest")):
        for parameter in scene.dials():
            if parameter.name not in moving:
                STATE.control(parameter.name)
