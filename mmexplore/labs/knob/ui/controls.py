"""The sidebar: which two views, which method, how it is trained."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets.views import VIEWS
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.needs import LEFT_OUT
from mmexplore.labs.knob.scene import OWN_TITLE
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import choose_columns
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import plain
from mmexplore.ui.left_out import left_out

_VARIANCES = {"fixed": "Fixed at 1", "learned": "Learned for each column", "full": "A learned covariance"}
_BOUNDS = {"infonce": "InfoNCE", "smile": "SMILE", "mine": "MINE"}
_NETWORKS = {"mlp": "MLP, two hidden layers", "linear": "Linear"}


def sidebar() -> None:
    """Every control that is not under the dial."""
    scene = STATE.view
    STATE.control("data", format_func=lambda name: OWN_TITLE if name == OWN else VIEWS[name].title)
    left_out(LEFT_OUT)
    if scene.data == OWN:
        choose_columns(scene)
    else:
        declared = VIEWS[scene.data]
        st.caption(plain(declared.sentence))
        with st.expander("The data", key=STATE.key("data settings")):
            for path in scene.paths():
                if path.startswith("data."):
                    STATE.control(path)
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
            STATE.control("low")
            STATE.control("high")
        STATE.control("steps")
        STATE.control("seed")
    st.divider()
    STATE.control("unit")
