"""The sidebar: what is decomposed, by which measure, what the dial moves, and the what-ifs that it does not move."""

from __future__ import annotations

import streamlit as st

from mmexplore import datasets
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui import STATE
from mmexplore.labs.decompose.ui.editor import draw_from_table
from mmexplore.ui.words import BINNING, SOURCES


def sidebar() -> None:
    """Every control that is not under the live dial."""
    scene = STATE.view
    STATE.control("source", format_func=SOURCES.__getitem__, width="stretch")
    _source(scene)
    st.divider()
    STATE.control("measure", format_func=lambda name: MEASURES[name].label)
    st.caption(MEASURES[scene.measure].summary)
    STATE.control("unit")
    st.divider()
    _dial_axes(scene)
    _static(scene)


def _source(scene: Scene) -> None:
    if scene.source in ("gate", "mix"):
        STATE.control("gate", format_func=_gate_title)
        for path in scene.own_paths():
            if path not in scene.axes():
                STATE.control(path)
        if scene.source == "mix":
            STATE.control("other", format_func=_gate_title)
        else:
            info = datasets.gate_info(scene.gate)
            st.caption(f"{info.sentence}\n\n*{info.story}*")
    elif scene.source == "real":
        STATE.control("real", format_func=lambda name: datasets.real_info(name).title)
        st.caption(datasets.real_info(scene.real).story)
        STATE.control("method", format_func=BINNING.__getitem__)
        STATE.control("bins1")
        STATE.control("bins2")
    else:
        st.caption("Edit the weights on the right: change a number and everything follows.")
    if scene.source != "draw" and not STATE.hides("source") and not STATE.hides("drawn"):
        st.button(
            "Edit this table by hand",
            disabled=STATE.locks("source") or STATE.locks("drawn"),
            icon=":material/edit:",
            on_click=draw_from_table,
            type="tertiary",
            help="Takes the table on show, what-ifs included, over into 'Draw your own'.",
        )


def _dial_axes(scene: Scene) -> None:
    """Which two parameters lie under the finger."""
    labels = {path: scene.at(path).label for path in scene.dials()}
    x, y = scene.axes()
    if not (STATE.hides("dial_x") and STATE.hides("dial_y")):
        st.markdown("**What the sliders move**")
    for name, axis, other in (("dial_x", x, y), ("dial_y", y, x)):
        # what the view holds ("auto", or what does not fit) stands for the axis that it leads to
        chosen = scene.get(name)
        options = [chosen if path == axis else path for path in labels if path != other]
        STATE.control(name, widget="select", options=options, format_func=(labels | {chosen: labels[axis]}).__getitem__)


def _static(scene: Scene) -> None:
    """The what-ifs that the dial does not move."""
    moving = scene.axes()
    paths = [path for path in scene.dials() if path not in (*moving, *scene.own_paths()) and not STATE.hides(path)]
    if not paths:
        return
    with st.expander("More what-ifs", key=STATE.key("still"), expanded=any(n not in moving for n in scene.changes())):
        for path in paths:
            STATE.control(path)


def _gate_title(name: str) -> str:
    return datasets.gate_info(name).listed
