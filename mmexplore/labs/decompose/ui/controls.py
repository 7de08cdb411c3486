"""The sidebar: what is decomposed, by which measure, what the dial moves, and the what-ifs that stand still."""

from __future__ import annotations

import streamlit as st

from mmexplore import datasets
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui import STATE
from mmexplore.labs.decompose.ui.editor import draw_from_table
from mmexplore.spec import Parameter
from mmexplore.ui.words import BINNING, SOURCES


def sidebar() -> None:
    """Every control that is not under the live dial."""
    scene = STATE.view
    st.segmented_control(
        "Start from",
        tuple(SOURCES),
        format_func=SOURCES.__getitem__,
        required=True,
        width="stretch",
        **STATE.bind("source", scene.source),
    )
    _source(scene)
    st.divider()
    STATE.control("measure", format_func=lambda name: MEASURES[name].label)
    st.caption(MEASURES[scene.measure].summary)
    STATE.control("unit")
    st.divider()
    _dial_axes(scene)
    _still(scene)


def _source(scene: Scene) -> None:
    if scene.source in ("gate", "mix"):
        STATE.control("gate", format_func=_gate_title)
        for parameter in scene.own_parameters():
            if scene.source == "mix" or parameter not in scene.axes():
                _own_slider(scene, parameter)
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
    if scene.source != "draw":
        st.button(
            "Edit this table by hand",
            icon=":material/edit:",
            on_click=draw_from_table,
            type="tertiary",
            help="Takes the table on show, what-ifs included, over into 'Draw your own'.",
        )


def _dial_axes(scene: Scene) -> None:
    """Which two parameters lie under the finger."""
    names = {p.name: p.label for p in scene.dials()}
    x, y = scene.axes()
    st.markdown("**What the sliders move**")
    for name, chosen, other in (("dial_x", x, y), ("dial_y", y, x)):
        options = [n for n in names if n != other.name]
        st.selectbox(
            STATE.spec.parameter(name).label,
            options,
            format_func=names.__getitem__,
            help=STATE.spec.parameter(name).help,
            **STATE.bind(name, chosen.name),
        )


def _still(scene: Scene) -> None:
    """The what-ifs that the dial does not move."""
    moving = {p.name for p in scene.axes()}
    with st.expander("More what-ifs", key=STATE.key("still"), expanded=any(n not in moving for n in scene.changes())):
        for parameter in scene.dials():
            if parameter.name not in moving and hasattr(scene, parameter.name):
                STATE.control(parameter.name)


def _own_slider(scene: Scene, parameter: Parameter) -> None:
    key = STATE.key(f"own {scene.gate} {parameter.name}")
    value = scene.get(parameter.name)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.slider(
        parameter.label,
        parameter.type(parameter.low),
        parameter.type(parameter.high),
        step=parameter.type(parameter.step),
        help=parameter.help,
        key=key,
        on_change=_own_moved,
        args=(key, parameter.name),
    )


def _own_moved(key: str, name: str) -> None:
    STATE.update(**{name: st.session_state[key]})


def _gate_title(name: str) -> str:
    return datasets.gate_info(name).title
