"""The sweep: accuracy over the share of the label that comes from view-specific factors."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.losses.figures import sweep_curves, sweep_truth
from mmexplore.labs.losses.reading import read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.lab import PROBE_TITLES
from mmexplore.labs.losses.ui.table import LAYER_TITLES
from mmexplore.runs import Run
from mmexplore.ui.pictures import side_by_side
from mmexplore.ui.run_panel import run_panel


def sweep(scene: FactorClScene) -> None:
    """Accuracy over the view-specific share of the label, at one of the two layers."""
    st.markdown(
        "From a label of shared factors alone (left) to one of view-specific factors alone (right): which method still finds it? Every point is a training of "
        "its own; ratios and seeds of a method are one computation, and curves appear as methods train."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        STATE.control("score", format_func=PROBE_TITLES.__getitem__)
        STATE.control("layer", format_func=LAYER_TITLES.__getitem__)
    run_panel(
        STATE,
        scene.task("sweep"),
        lambda run: _drawn(scene, run),
        name="sweep",
        start="Run the sweep",
        idle=lambda: _nothing_yet(scene),
    )


def _drawn(scene: FactorClScene, run: Run) -> None:
    seen = read_sweep(run)
    curves = None if seen is None else sweep_curves(seen, scene.score, scene.layer)
    if seen is None or curves is None:
        st.caption("Nothing was measured yet.")
        return
    side_by_side([curves, sweep_truth(seen)], "learn.sweep")


def _nothing_yet(scene: FactorClScene) -> None:
    st.caption(f"{len(scene.chosen())} methods; nothing has been trained for this sweep yet.")
