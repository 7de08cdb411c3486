"""The symmetric bottleneck as it is trained: one network follows beta down, another up, beside the exact branches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import symmetric_ib_of
from mmexplore.labs.knob.sweep_task import KnobSweep
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.report.content import Curves, Series
from mmexplore.runs import Run
from mmexplore.ui.figure import figure
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.state import PageState

_BITS = 1.0 / math.log(2.0)
_ROWS = 4000
WAYS = ("down", "up")
_HUES = (4, 7)  # the colours the dial marks them with


def sweep_task(scene: KnobTheory) -> KnobSweep:
    """The run that belongs to the tab's pair: linear encoders, the data Gaussian themselves."""
    rho = math.sqrt(scene.sym_square)
    return KnobSweep(data=f"warped-gaussian?correlations={rho:.6f}&private=0&warp=0.0&n={_ROWS}", settings=13)


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


def points_of(frames: Sequence[dict[str, Any]]) -> dict[str, list[list[float]]]:
    """beta and bits a view of the frames of a sweep, for each way, rising in beta."""
    found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for frame in frames:
        if frame.get("rate_nats") is not None and frame.get("direction") in (0, 1):
            found[WAYS[int(frame["direction"])]].append([float(frame["beta"]), float(frame["rate_nats"]) / 2 * _BITS])
    return {way: sorted(points) for way, points in found.items()}


def trained_sweep(state: PageState[Any]) -> None:
    """The panel: start, watch, and what came out."""
    scene: KnobTheory = state.view
    task = sweep_task(scene)
    st.markdown(
        f"**Does a network do the same?** Two symmetric bottlenecks (DVSIB, linear encoders, one latent each) are trained on {_ROWS:,} rows of this very pair, "
        f"without reconstruction: one begins at β {task.high:g} and follows it down, the other begins at β {task.low:g} and follows it up, {task.settings} settings "
        f"each, every setting begun with the weights of the one before. What their codes cost is the mean over held-out rows."
    )
    run_panel(state, task, lambda run: _draw(scene, run), name="sweep", start="Train a network down and up")


def _draw(scene: KnobTheory, run: Run) -> None:
    points = points_of(run.frames())
    k, unit = (math.log(2.0), "nat") if getattr(scene, "unit", "bit") == "nat" else (1.0, "bit")
    task = sweep_task(scene)
    x = task.betas()
    exact = symmetric_ib_of([math.sqrt(scene.sym_square)], x)
    lines = []
    for name, words in (("open", "exact: telling state"), ("collapsed", "exact: silent state")):
        kappa = getattr(exact, name)[:, 0]
        lines.append(Series(words, k * -0.5 * np.log1p(-kappa) * _BITS, faint=True))
    for hue, way in zip(_HUES, WAYS, strict=True):
        held = {round(math.log(beta), 6): bits for beta, bits in points[way]}
        y = np.array([held.get(round(math.log(beta), 6), np.nan) for beta in x])
        lines.append(Series(f"network, way {way}", k * y, hue=hue))
    figure(
        Curves(
            "What each code costs, trained and exact",
            x,
            tuple(lines),
            "beta (large keeps more)",
            f"{unit} a view",
            log=True,
            note=f"DVSIB with InfoNCE, linear encoders, seed {task.seed}, {task.steps} updates a setting; {_ROWS:,} rows to train on, rates on held-out rows. "
            f"The telling state can rest from beta {float(exact.spinodal[0]):.3g} on and is the better one from {float(exact.transition[0]):.3g} on.",
        ),
        "knob.trained sweep",
    )
    told = sentence(points, float(exact.spinodal[0]))
    if told and run.state.phase == "finished":
        st.markdown(told)


def sentence(points: dict[str, list[list[float]]], spinodal: float) -> str:
    """Where the two networks told something, in words; nothing while a way has no settings."""
    if not points["down"] or not points["up"]:
        return ""
    parts = []
    for way, words in (("down", "fell silent between"), ("up", "began to tell between")):
        betas = [beta for beta, _ in points[way]]
        telling = [beta for beta, bits in points[way] if bits > 0.25]
        if not telling:
            parts.append(f"the network that followed beta {way} **never told anything**")
        elif min(telling) == min(betas):
            parts.append(f"the network that followed beta {way} told something at every setting")
        else:
            before = max(beta for beta in betas if beta < min(telling))
            first, last = (min(telling), before) if way == "down" else (before, min(telling))
            parts.append(f"the network that followed beta {way} **{words} {first:.3g} and {last:.3g}**")
    return f"Of the two, {parts[0]} (exact: {spinodal:.3g}), and {parts[1]}."
