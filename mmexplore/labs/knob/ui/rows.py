"""How much data does a trained method need? The same method on fewer and fewer rows, one run each."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.grids import BITS, at_setting
from mmexplore.labs.knob.ui.live import clipped
from mmexplore.report.content import Curves, Series
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.run_panel import PHASES

SIZES = (250, 500, 1000, 2000, 4000, 8000, 16000)


def at_rows(scene: KnobScene, rows: int) -> KnobScene:
    """The same scene with so many rows to train on."""
    return scene.put(**{"data.n": rows})


def over_rows(scene: KnobScene) -> None:
    """Runs over the number of rows, and what their codes tell of held-out rows where the knobs stand."""
    st.markdown(
        "**The same question for a trained method.** The method on the dial, trained on fewer rows; judged on held-out rows where the knobs stand."
    )
    if scene.data == OWN or "data.n" not in scene.paths():
        st.info(
            "These data have the rows they have. Choose the warped Gaussian or the noisy digits, of which any number can be drawn."
        )
        return
    found = {rows: runs.find(at_rows(scene, rows).task()) for rows in SIZES}
    _state(scene, found)
    _picture(scene, {rows: run for rows, run in found.items() if run.has("grid")})


@st.fragment(run_every=2.0)
def _following(scene: KnobScene) -> None:
    found = {rows: runs.find(at_rows(scene, rows).task()) for rows in SIZES}
    if not any(run.state.active for run in found.values()):
        st.rerun()
    with st.container(horizontal=True, gap="small"):
        for rows, run in found.items():
            words, icon, colour = PHASES[run.state.phase]
            share = f" {run.state.share:.0%}" if run.state.phase == "running" else ""
            st.badge(f"{rows:,} rows: {words}{share}", icon=icon, color=colour)  # type: ignore[arg-type]
    st.button("Stop all", icon=":material/stop:", key=STATE.key("sweep stop"), on_click=_stop, args=(scene,))


def _state(scene: KnobScene, found: dict[int, Run]) -> None:
    if any(run.state.active for run in found.values()):
        _following(scene)
        return
    missing = [rows for rows, run in found.items() if not run.has("grid")]
    if missing:
        st.button(
            f"Train on {', '.join(f'{rows:,}' for rows in missing)} rows",
            icon=":material/play_arrow:",
            key=STATE.key("sweep start"),
            on_click=_start,
            args=(scene, missing),
            help="One run each; they wait for one another in the queue, and every finished one is drawn.",
        )
    if told := st.session_state.pop(STATE.key("sweep refused"), None):
        st.error(plain(told), icon=":material/error:")


def _start(scene: KnobScene, missing: list[int]) -> None:
    try:
        for rows in missing:
            runs.start(at_rows(scene, rows).task())
    except MmexploreError as error:
        st.session_state[STATE.key("sweep refused")] = str(error)


def _stop(scene: KnobScene) -> None:
    for rows in SIZES:
        run = runs.find(at_rows(scene, rows).task())
        if run.state.active:
            runs.stop(run)


def _picture(scene: KnobScene, there: dict[int, Run]) -> None:
    if len(there) < 2:
        return
    k, unit = (1.0, "nat") if scene.unit == "nat" else (BITS, "bit")
    rows = np.array(sorted(there), dtype=float)
    told, believed, label, costs = ([] for _ in range(4))
    rho = None
    for n in rows:
        held = there[int(n)].arrays("grid")
        at = clipped(held, scene)
        told.append(float(at_setting(held, "relevance_nats", *at)))
        believed.append(float(at_setting(held, "relevance_bound_nats", *at)))
        label.append(float(at_setting(held, "label_nats", *at)[0]) if "label_nats" in held else np.nan)
        costs.append(float(at_setting(held, "rate_nats", *at)[0]))
        rho = held.get("correlations", rho)
    main = scene.declared().graphs.main
    series = [Series(f"I({main};Y), independent", k * np.array(told), hue=0)]
    if np.isfinite(believed).all() and scene.method == "dvib":
        series.append(Series("training believed", k * np.array(believed), hue=3))
    if np.isfinite(label).any():
        series.append(Series(f"I({main};label)", k * np.array(label), hue=4))
    series.append(Series("cost of the code", k * np.array(costs), hue=1))
    if rho is not None and "beta" in scene.declared().knobs:
        exact = float(np.ravel(gaussian_ib_of(rho, scene.beta).relevance)[0]) / BITS
        series.append(Series("exact, any number of rows", np.full(len(rows), k * exact), faint=True))
    figure(
        Curves(
            f"What {scene.declared().title} tells of held-out rows, by rows of training",
            rows,
            tuple(series),
            "rows of training",
            unit,
            log=True,
            note=f"β {scene.beta:g}, γ {scene.gamma:g}; seed {scene.seed}; one run a point.",
        ),
        "knob.sweep",
    )
