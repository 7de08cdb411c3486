"""Compare methods on the same data: one information plane, what each keeps, and the compression at which each loses the label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.knob_scene import OWN, KnobScene
from mmexplore.report.content import Curves, Series
from mmexplore.runs import Run
from mmexplore.tasks.bottleneck import method, methods
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.knob import STATE
from mmexplore.ui.knob.file import arrays_of
from mmexplore.ui.knob.grids import BITS, Held
from mmexplore.ui.knob.live import dial_of, facts
from mmexplore.ui.runs import run_panel

_POINTS = 80


def compare(scene: KnobScene) -> None:
    """Everything that is computed on these data; what is missing can be started here."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id, arrays = own or ("", None)
    there = {name: run for name in methods() if (run := runs.find(scene.task(own_id, method=name))).has("grid")}
    held: dict[str, Held] = {}
    for name, run in there.items():
        try:
            held[name] = dial_of(run)[1] if not run.task.own_data else run.arrays("grid")
        except MmexploreError as error:
            st.caption(plain(f"{method(name).title}: {error}."))
    missing = [name for name in methods() if name not in held]
    if held:
        # side by side where there is room for the drawing at its full size, else one below the other
        with st.container(horizontal=True, gap="medium"):
            with st.container(width=760):
                figure(plane(scene, held), "knob.compare.plane")
            with st.container(width=760):
                _what_is_kept(scene, held, there)
    else:
        st.info("No method has been trained on these data yet.")
    if missing:
        chosen = st.selectbox(
            "Add a method",
            missing,
            format_func=lambda name: method(name).title,
            key=STATE.key("compare add"),
        )
        run_panel(
            STATE,
            scene.task(own_id, method=chosen),
            _waiting,
            name="compare",
            start=f"Train {method(chosen).title}",
            data=arrays,
        )


def _what_is_kept(scene: KnobScene, held: dict[str, Held], there: dict[str, Run]) -> None:
    st.markdown("**What each keeps where the knobs stand**, on sampled codes of its first latent")
    st.dataframe(table(scene, held, there), hide_index=True)
    st.caption(
        "A method without β is shown as it was trained. “Label lost at” is the largest β at which the label is read no better than by "
        "chance: the smaller it is, the more compression the label survives."
    )


def _waiting(run: Run) -> None:
    st.caption("It joins the comparison when it is finished.")


def plane(scene: KnobScene, held: dict[str, Held]) -> Curves:
    """All paths over one axis of cost: what the first latent tells of Y at every rate."""
    k, unit = (1.0, "nat") if scene.unit == "nat" else (BITS, "bit")
    paths: list[tuple[str, np.ndarray, np.ndarray]] = []
    for name, run in held.items():
        if "rate_nats" not in run or not method(name).stochastic:
            continue
        g = int(np.argmin(np.abs(np.asarray(run["gamma"], dtype=float) - scene.gamma)))
        rate = k * np.asarray(run["rate_nats"], dtype=float)[:, g, 0]
        told = k * np.asarray(run["relevance_nats"], dtype=float)[:, g]
        good = np.isfinite(rate) & np.isfinite(told)
        if good.sum() > 1:
            order = np.argsort(rate[good])
            paths.append((name, rate[good][order], told[good][order]))
    far = max([1e-3, *(float(rate[-1]) for _, rate, _ in paths)])
    x = np.linspace(0.0, far, _POINTS)
    series = []
    rho = next((np.asarray(run["correlations"], dtype=float) for run in held.values() if "correlations" in run), None)
    if rho is not None:
        exact = gaussian_ib_of(rho, np.geomspace(1.0001, 5000.0, 400))
        scale = k / BITS
        series.append(
            Series(
                "exact Gaussian IB",
                np.interp(x, scale * np.ravel(exact.rate), scale * np.ravel(exact.relevance)),
                faint=True,
            )
        )
    for name, rate, told in paths:
        on = np.interp(x, rate, told)
        on[(x > rate[-1]) | (x < rate[0])] = np.nan
        series.append(Series(method(name).title, on, hue=methods().index(name)))
    return Curves(
        "Every method in one information plane",
        x,
        tuple(series),
        f"cost of the first latent ({unit})",
        f"told of Y ({unit})",
        note="Over beta, at the gamma on the dial. A latent that sees both views (joint methods) may lie above the exact curve: it reads Y itself.",
    )


def table(scene: KnobScene, held: dict[str, Held], there: dict[str, Run]) -> pd.DataFrame:
    """One row a method."""
    rows: list[dict[str, Any]] = []
    for name, run in held.items():
        lost = there[name].result().get("label_lost_beta")
        numbers = facts(scene.replace(method=name), run)
        main = method(name).graphs.main
        general = {
            words.replace(f", off {main}", "").replace(f"({main};", "(Z;"): value for words, value in numbers.items()
        }
        rows.append(
            {"method": method(name).title, **{w: round(v, 3) for w, v in general.items()}, "label lost at β": lost}
        )
    return pd.DataFrame(rows)
