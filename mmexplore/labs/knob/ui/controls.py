"""The sidebar: which two views, which method, how it is trained."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore.datasets.views import VIEWS as PAIRS
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import OWN_TITLE, KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import choose_columns
from mmexplore.spec import Parameter
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import plain

_VARIANCES = {"fixed": "Fixed at 1", "learned": "Learned for each column", "full": "A learned covariance"}
_BOUNDS = {"infonce": "InfoNCE", "smile": "SMILE", "mine": "MINE"}
_NETWORKS = {"mlp": "Two hidden layers", "linear": "Linear"}


def sidebar() -> None:
    """Every control that is not under the dial."""
    scene = STATE.view
    STATE.control("data", format_func=lambda name: OWN_TITLE if name == OWN else PAIRS[name].title)
    if scene.data == OWN:
        choose_columns(scene)
    else:
        declared = PAIRS[scene.data]
        st.caption(plain(declared.sentence))
        with st.expander("The data", key=STATE.key("data settings")):
            for parameter in scene.own_parameters():
                _own(scene, parameter)
            if declared.source:
                st.caption(plain(declared.source))
    st.divider()
    # the table of methods says the same with pictures; a list is quicker where one knows the name
    STATE.control("method", options=methods(), format_func=lambda name: method(name).title)
    with st.expander("How it is trained", key=STATE.key("training")):
        STATE.control("latent")
        STATE.control("variance", format_func=_VARIANCES.__getitem__)
        if scene.declared().mutual and not scene.declared().alignment:
            STATE.control("mi", format_func=_BOUNDS.__getitem__)
        STATE.control("network", format_func=_NETWORKS.__getitem__)
        if "beta" in scene.declared().knobs:
            _number("low")
            _number("high")
        _number("steps")
        _number("seed")
    st.divider()
    STATE.control("unit")


def _number(name: str) -> None:
    parameter = STATE.spec.parameter(name)
    kind = parameter.type
    st.number_input(
        parameter.label,
        min_value=kind(parameter.low or 0),
        max_value=kind(parameter.high or 0),
        step=kind(parameter.step or 1),
        help=parameter.help or None,
        **STATE.bind(name, getattr(STATE.view, name)),
    )


def _own(scene: KnobScene, parameter: Parameter) -> None:
    """The widget of one parameter of the data."""
    name, value = f"data_{parameter.name}", scene.own(parameter.name)
    words: dict[str, Any] = {"label": parameter.label, "help": parameter.help or None}
    tie = STATE.bind(name, value)
    if parameter.type is str:
        st.text_input(**words, max_chars=parameter.max_length, **tie)
    elif parameter.type is bool:
        st.toggle(**words, **tie)
    elif parameter.type is int and (parameter.high or 0) > 100:
        st.number_input(
            **words,
            min_value=int(parameter.low or 0),
            max_value=int(parameter.high or 0),
            step=int(parameter.step or 1),
            **tie,
        )
    else:
        kind = parameter.type
        st.slider(
            **words,
            min_value=kind(parameter.low),
            max_value=kind(parameter.high),
            step=kind(parameter.step or 1),
            format=f"%g{parameter.unit}" if parameter.unit else None,
            **tie,
        )
