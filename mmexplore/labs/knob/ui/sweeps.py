"""The symmetric bottleneck as it is trained: one network follows beta down, another up, beside the exact branches."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck.symmetric import spinodal
from mmexplore.labs.knob.figures import sweep_curves
from mmexplore.labs.knob.sweep_results import SAMPLES, effort, points_of, sentence, sweep_task
from mmexplore.labs.knob.sweep_task import INFORMATION_STILL, RATE_STILL
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.runs import Run
from mmexplore.ui.figure import figure
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.state import PageState


def trained_points(scene: KnobTheory) -> dict[str, list[list[float]]] | None:
    """beta and bits a view of every setting a finished run has, for each way; None while there is none."""
    try:
        run = runs.find(sweep_task(scene))
        if run.state.phase != "finished":
            return None
        frames = run.frames()
    except MmexploreError:
        return None
    return points_of(frames)


def trained_sweep(state: PageState[Any]) -> None:
    """The panel: start, watch, and what came out."""
    scene: KnobTheory = state.view
    task = sweep_task(scene)
    st.markdown(
        f"**Does a network do the same?** Two symmetric bottlenecks (DVSIB, linear encoders, one latent each) are trained on {SAMPLES:,} samples of this very pair, "
        f"without reconstruction: one begins at β {task.high:g} and follows it down, the other begins at β {task.low:g} and follows it up, {task.settings} settings "
        f"each, every setting begun with the weights of the one before and trained in blocks of {task.steps:,} updates until one moves neither rates nor "
        f"information (by more than {RATE_STILL:g} and {INFORMATION_STILL:g} nat), or for {task.blocks} blocks. "
        "Their rates are means over held-out samples. Near its end the informative state drains slowly, so there the most updates are needed."
    )
    run_panel(state, task, lambda run: _draw(scene, run), name="sweep", start="Train a network down and up")


def _draw(scene: KnobTheory, run: Run) -> None:
    points = points_of(run.frames())
    figure(sweep_curves(scene, points, getattr(scene, "unit", "bit")), "knob.trained sweep")
    text = sentence(points, float(spinodal(math.sqrt(scene.sym_square))))
    if text and run.state.phase == "finished":
        st.markdown(text)
        if words := effort(run.frames()):
            st.caption(words)
