"""A page with the dial of a trained method on closed forms, for the browser tests and the benchmark: DVSIB on 8 x 8 pictures, 41 x 11 settings."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore.labs.knob.dial import dial_of_arrays
from mmexplore.labs.knob.methods import method
from mmexplore.labs.knob.task import Knob
from mmexplore.ui.dial import KNOB_VIEWS, dial
from tests.labs.knob.made_runs import grid_of

st.set_page_config(layout="wide")
ask = st.query_params.to_dict()
name = ask.get("method", "dvsib")
made = dial_of_arrays(
    f"app {sorted(ask.items())}", grid_of(Knob(method=name), image=(0, 0) if "table" in ask else (8, 8)), method(name)
)
start = {"beta": 8.0, "gamma": 1.0}
at = dial(
    made.grid,
    [start[knob] for knob in made.acting],
    key="knob.app",
    views=tuple(ask["views"].split(",")) if "views" in ask else KNOB_VIEWS,
    stacks=made.stacks,
    names=("X", "Y", "the label"),
    title="Closed forms",
)
st.text("committed " + ", ".join(f"{np.float64(v):.4f}" for v in at))
