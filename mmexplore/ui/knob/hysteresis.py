"""Collapse and hysteresis of a trained network: the knob turned down and up while it trains on, beside the exact branches."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore.datasets.pairs import REGISTRY as PAIRS
from mmexplore.info.bottleneck import spinodal, symmetric_ib_of
from mmexplore.knob_scene import KnobScene
from mmexplore.report.content import Curves, Series
from mmexplore.runs import Run
from mmexplore.tasks.knob_sweep import KnobSweep
from mmexplore.ui.figure import figure
from mmexplore.ui.knob import STATE
from mmexplore.ui.knob.grids import BITS
from mmexplore.ui.runs import run_panel

WAYS = ("down", "up")


def task_of(scene: KnobScene) -> KnobSweep:
    """The sweep over a single canonical pair of the correlation on the page."""
    rho = round(float(scene.sym_square) ** 0.5, 4)
    values: dict[str, Any] = {"correlations": f"{rho:g}", "private": 1, "warp": 0.0, "n": 4000}
    data = PAIRS["warped-gaussian"](**values)
    return KnobSweep(data=data.to_text(), seed=scene.seed)


def hysteresis(scene: KnobScene) -> None:
    """Start, watch and see the sweep."""
    st.markdown(
        "**Does a network do that?** One DVSIB comes down from a large β, each setting starting from the weights of the one before; another goes up "
        f"from a small one. One pair of ρ² = {scene.sym_square:g}, without reconstruction, linear encoders."
    )
    run_panel(STATE, task_of(scene), lambda run: _draw(scene, run), name="sweep", start="Turn it down and up")


def _draw(scene: KnobScene, run: Run) -> None:
    k, unit = (1.0, "nat") if scene.unit == "nat" else (BITS, "bit")
    told = points(run)
    if not any(len(beta) for beta, _ in told.values()):
        st.caption("The first setting is being trained.")
        return
    figure(picture(scene, told, k, unit), "knob.hysteresis")


def points(run: Run) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Beta and I(Zx;Zy) in nats of each direction, as far as the run has come, beta rising."""
    if run.has("sweep"):
        held = run.arrays("sweep")
        names = [str(name) for name in held["direction"]]
        beta = np.asarray(held["beta"], dtype=float)
        return {way: (beta, np.asarray(held["mutual_nats"][names.index(way)], dtype=float)) for way in WAYS}
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for frame in run.frames():
        if frame.get("mutual_nats") is not None and frame.get("direction") in (0, 1):
            found[WAYS[int(frame["direction"])]].append((float(frame["beta"]), float(frame["mutual_nats"])))
    return {way: tuple(np.array(sorted(pairs)).reshape(-1, 2).T) for way, pairs in found.items()}  # type: ignore[misc]


def picture(scene: KnobScene, told: dict[str, tuple[np.ndarray, np.ndarray]], k: float, unit: str) -> Curves:
    """Both ways and both branches over beta."""
    rho = round(float(scene.sym_square) ** 0.5, 4)
    every = np.unique(np.concatenate([beta for beta, _ in told.values()]))
    exact: Any = symmetric_ib_of([rho], every)
    open_ = np.where(np.isfinite(exact.open[:, 0]), np.ravel(exact.on("open").relevance) / BITS, np.nan)
    series = [
        Series("theory: open", k * open_, faint=True),
        Series("theory: collapsed", np.zeros(len(every)), faint=True),
    ]
    for hue, way in enumerate(WAYS):
        beta, values = told[way]
        on = np.full(len(every), np.nan)
        for b, v in zip(beta, values, strict=True):
            on[int(np.argmin(np.abs(every - b)))] = v
        series.append(Series(f"network, {way}", k * on, hue=hue))
    end = float(np.ravel(spinodal([rho]))[0])
    return Curves(
        "What the two codes tell each other, the knob turned down and up",
        every,
        tuple(series),
        "beta (large keeps more)",
        unit,
        log=True,
        note=f"Held-out rows. Coming down, the open branch ends at beta {end:.3f} (spinodal); going up, theory stays collapsed at every beta, and only "
        "chance leaves it. A network that is moved on before it has settled lags behind.",
    )
