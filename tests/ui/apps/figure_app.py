"""A page with three figures for the browser tests: bars, a curve that grows, a cloud whose points can be selected."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore.plot.kinds import Bar, Bars, Cloud, Curves, Scatter, Series
from mmexplore.ui.figure import figure

st.set_page_config(layout="wide")
name = "<b>x</b>%{x}&lt;\ud800\x00" if "hostile" in st.query_params else "R, redundancy"

if st.button("Another step"):
    st.session_state.steps = st.session_state.get("steps", 3) + 1
steps = st.session_state.get("steps", 3)
k = np.arange(float(steps))

st.session_state.setdefault("told", 0)


def told() -> None:
    """Count what is told of selections."""
    st.session_state.told += 1


bars = (Bar(name, 0.25, "R", 0.2, 0.3, 0.0, 0.1), Bar("S, synergy", 0.5, "S"), Bar("nothing", float("nan")))
figure(
    Bars(f"Atoms of {name}" if name[0] == "<" else "Atoms", bars, "bit", note=name, source="600 rows, seed 3"), "bars"
)
figure(
    Curves("Loss", k, (Series("one", 1 / (k + 1), hue=0), Series("two", 2 / (k + 1), hue=1)), "step", "loss (nat)"),
    "loss",
)
grid = np.stack(np.meshgrid(np.arange(5.0), np.arange(4.0)), axis=-1).reshape(-1, 2)
cloud = Cloud("samples", grid[:, 0], grid[:, 1], (grid[:, 0] > 2).astype(int), rows=100 + np.arange(20))
chosen = figure(Scatter("Cloud", (cloud,), ("left", "right")), "cloud", on_select=told)
st.text(f"chosen: {chosen}")
st.text(f"told: {st.session_state.told}")
