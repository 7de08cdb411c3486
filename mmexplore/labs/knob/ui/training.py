"""Train live: information of the latents, their rates and the terms of the loss, while a run works and afterwards."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.labs.knob.figures import (
    column,
    information_curves,
    loss_curve,
    separate_curves,
    separate_excess,
    separate_table,
    term_curves,
)
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import GAMMAS, nearest_gamma
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import guarded, plain
from mmexplore.ui.figure import figure
from mmexplore.ui.following import DRAW, follow
from mmexplore.ui.pictures import side_by_side
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.tabs import fold

_MIDDLE = GAMMAS[4]  # where frames are taken, in methods in which gamma acts


def train_live(scene: KnobScene) -> None:
    """The curves of the present run; they follow while it works, whoever started it."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id = own[0] if own else ""
    run = runs.find(scene.task(own_id))
    st.caption(
        "Start, pause, stop and continue stand above the dial. Every curve is on held-out samples, at the middle β of the dial (and γ = 1/16 where γ "
        "acts), except the loss and its terms."
    )
    if run.state.active:
        follow(lambda: _following(scene, own_id), every=DRAW)
    else:
        _curves(scene, run)
    checked = fold(STATE, "check", "Check it: a network of its own for each of nine betas")
    if checked is not None:
        with checked:
            _separate(scene, own_id, own[1] if own else None)


def _following(scene: KnobScene, own_id: str) -> None:
    run = runs.find(scene.task(own_id))
    if not run.state.active:
        st.rerun()
    with guarded(STATE, "training"):
        _curves(scene, run)


def _curves(scene: KnobScene, run: Run) -> None:
    frames = run.frames()
    if len(frames) < 2:
        st.info(
            "Nothing to draw yet: press *Train it* above the dial."
            if not run.exists
            else "The first curves come in a moment.",
            icon=":material/show_chart:",
        )
        return
    shown = [
        information_curves(frames, scene.unit, scene.declared()),
        term_curves(frames, scene.unit),
        loss_curve(frames),
    ]
    side_by_side(shown, "knob.curves")
    excess = column(frames, "excess_nats")
    if np.isfinite(excess).any() and scene.declared().is_bottleneck(_MIDDLE):
        last = excess[np.isfinite(excess)][-1]
        st.caption(f"Excess Lagrangian over exact theory at the middle of the dial, at the last frame: {last:.3f} nat.")


def _separate(scene: KnobScene, own_id: str, arrays: Mapping[str, np.ndarray] | None) -> None:
    """One network against nine."""
    if "beta" not in scene.declared().knobs:
        st.caption("β does not act in this method: there is nothing to check.")
        return
    acts = "gamma" in scene.declared().knobs
    where = (
        f" All nine are trained at γ {nearest_gamma(scene.gamma):.3g}, the setting nearest the dial's." if acts else ""
    )
    st.caption(
        "The dial is one network that is conditioned on the knobs. Nine networks trained for one beta each, with the same number of training steps, "
        f"show what that costs. In a step each of them learns from 128 samples, the dial's network from about 512 spread over all betas.{where}"
    )
    run_panel(
        STATE,
        scene.separate_task(own_id),
        lambda run: _against(scene, run, runs.find(scene.task(own_id))),
        name="separate",
        start="Train nine networks",
        data=arrays,
    )


def _against(scene: KnobScene, many: Run, one: Run) -> None:
    if not many.has("grid"):
        st.caption("Under way.")
        return
    grid, conditioned = many.arrays("grid"), one.arrays("grid") if one.has("grid") else None
    figure(separate_curves(grid, conditioned, scene.unit), "knob.against nine")
    exact = scene.declared().is_bottleneck(float(grid["gamma"][0]))
    if conditioned is not None:
        table = separate_table(grid, conditioned, scene.beta, scene.unit, exact=exact)
        st.caption(table.caption)
        st.dataframe(
            {name: [row[i] for row in table.rows] for i, name in enumerate(table.columns)},
            hide_index=True,
            width="stretch",
        )
    if exact and (excess := separate_excess(grid, conditioned)):
        st.caption(f"Mean excess Lagrangian over exact theory, all nine betas: {plain(excess)}.")
