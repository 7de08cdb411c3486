"""Train live: loss terms, rates, and what the latents tell by an independent estimator, while a run works and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.labs.knob.ui.grids import BITS
from mmexplore.report.content import Curves, Series
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import guarded, plain
from mmexplore.ui.figure import figure
from mmexplore.ui.run_panel import run_panel

_TOLD = (
    ("relevance_nats", "independent: I(Z;Y)", 0),
    ("relevance_bound_nats", "training believed", 3),
    ("mutual_nats", "independent: I(Zx;Zy)", 2),
    ("label_nats", "about the label", 4),
    ("rate_nats", "cost: the rate", 1),
)


def train_live(scene: KnobScene) -> None:
    """The curves of the present run; they follow while it works, whoever started it."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id = own[0] if own else ""
    run = runs.find(scene.task(own_id))
    st.caption(
        "Start, pause, stop and continue stand above the dial. Every curve is on held-out rows, at the middle β of the dial (and γ = 1/16 where γ acts), except the loss and its terms."
    )
    if run.state.active:
        _following(scene, own_id)
    else:
        _curves(scene, run)
    with st.expander(
        "Check it: a network of its own for each of nine betas", key=STATE.key("separate"), on_change="rerun"
    ) as box:
        if box.open:
            _separate(scene, own_id, own[1] if own else None)


@st.fragment(run_every=0.7)
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
    k, unit = (1.0, "nat") if scene.unit == "nat" else (BITS, "bit")
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=760):
            figure(told_curves(frames, k, unit), "knob.told")
        with st.container(width=760):
            _loss(frames, k, unit)
    excess = column(frames, "excess_nats")
    if np.isfinite(excess).any():
        last = excess[np.isfinite(excess)][-1]
        st.caption(f"Excess Lagrangian over exact theory at the middle of the dial, at the last look: {last:.3f} nat.")


def _loss(frames: list[dict[str, Any]], k: float, unit: str) -> None:
    """The loss and its terms."""
    terms = sorted({name for frame in frames for name in frame if name.startswith("train.")})
    if terms:
        series = [Series(name.removeprefix("train."), k * column(frames, name), hue=i) for i, name in enumerate(terms)]
        figure(
            Curves(
                "Terms of the loss",
                steps(frames),
                tuple(series),
                "steps",
                unit,
                note="Mean over the sampled settings of the knobs since the last look. I_E is paid, I_D and I(Zx;Zy) are earned. "
                "The first values are left out where they would flatten all others.",
            ),
            "knob.terms",
        )
    figure(
        Curves(
            "Loss divided by beta",
            steps(frames),
            (Series("loss", tamed(column(frames, "loss")), hue=0),),
            "steps",
            "nat",
        ),
        "knob.loss",
    )


def told_curves(frames: list[dict[str, Any]], k: float, unit: str) -> Curves:
    """What is told and what it costs, over steps."""
    series = []
    for name, words, hue in _TOLD:
        values = column(frames, name)
        if np.isfinite(values).any():
            series.append(Series(words, k * values, hue=hue))
    return Curves(
        "What the codes tell, and what they cost",
        steps(frames),
        tuple(series),
        "steps",
        unit,
        note="Independent: an estimator that had no part in training, on held-out rows. What training believed is a bound, and usually too low.",
    )


def steps(frames: list[dict[str, Any]]) -> np.ndarray:
    """Steps of the frames."""
    return np.array([float(frame["step"]) for frame in frames])


def column(frames: list[dict[str, Any]], name: str) -> np.ndarray:
    """One number of every frame; nan where it has none."""
    return np.array([np.nan if frame.get(name) is None else float(frame[name]) for frame in frames], dtype=float)


def tamed(values: np.ndarray) -> np.ndarray:
    """The same without first values that are far off what comes later."""
    later = values[len(values) // 2 :]
    later = later[np.isfinite(later)]
    if not later.size:
        return values
    middle, reach = float(np.median(later)), 4 * float(np.ptp(later)) + 2 * abs(float(np.median(later))) + 1.0
    kept = values.copy()
    for k, value in enumerate(values):
        if abs(value - middle) <= reach:
            break
        kept[k] = np.nan
    return kept


# -- one network against many ---------------------------------------------------------------------------------------------


def _separate(scene: KnobScene, own_id: str, arrays: Mapping[str, np.ndarray] | None) -> None:
    if "beta" not in scene.declared().knobs:
        st.caption("This method has no beta to dial: there is nothing to check.")
        return
    st.caption(
        "The dial is one network that is told the knobs. Nine networks trained for one beta each, with the same number of steps, show what that costs."
    )
    run_panel(
        STATE,
        scene.task(own_id, networks="separate"),
        lambda run: _against(scene, run, runs.find(scene.task(own_id))),
        name="separate",
        start="Train nine networks",
        data=arrays,
    )


def _against(scene: KnobScene, many: Run, one: Run) -> None:
    if not many.has("grid"):
        st.caption("Under way.")
        return
    held = many.arrays("grid")
    ours = one.arrays("grid") if one.has("grid") else None
    k, unit = (1.0, "nat") if scene.unit == "nat" else (BITS, "bit")
    lines, beta = [], np.asarray(held["beta"], dtype=float)
    for name, words in (("relevance_nats", "told of Y"), ("rate_nats", "rate")):
        for run, label in ((held, "nine networks"), (ours, "one network")):
            if run is None:
                continue
            values = np.asarray(run[name], dtype=float)
            values = values[..., 0] if values.ndim == 3 else values
            g = int(np.argmin(np.abs(np.asarray(run["gamma"]) - 1.0)))
            on = np.interp(np.log(beta), np.log(np.asarray(run["beta"], dtype=float)), values[:, g])
            lines.append(Series(f"{words}, {label}", k * on, hue=0 if words != "rate" else 1, faint=run is ours))
    if lines:
        figure(
            Curves(
                "One network that is told beta, against nine",
                beta,
                tuple(lines),
                "beta (large keeps more)",
                unit,
                log=True,
            ),
            "knob.separate",
        )
    told = []
    for run, label in ((held, "nine networks"), (ours, "one network")):
        if run is not None and "excess_nats" in run and np.isfinite(run["excess_nats"]).any():
            told.append(f"{label} {float(np.nanmean(run['excess_nats'])):.3f} nat")
    if told:
        st.caption(f"Mean excess Lagrangian over exact theory: {plain(', '.join(told))}.")
