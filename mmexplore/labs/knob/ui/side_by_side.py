"""Compare methods on the same data: one information plane, what each keeps, and the compression at which each loses the label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.labs.knob.ui.grids import BITS, Held, Shown, axes_of
from mmexplore.labs.knob.ui.live import dial_of, draw_dial, facts
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.dial import Grid, Quantity, Stacks
from mmexplore.ui.failures import plain
from mmexplore.ui.run_panel import run_panel


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
        made = plane(scene, held)
        if made is not None:
            draw_dial(scene, made, "knob.every", f"Methods on {scene.data_title()}")
            st.caption(
                "Held-out rows. A latent that sees both views (joint methods) may lie above the exact curve: it reads Y itself. Methods without "
                "noise pay no rate and stand in the table alone."
            )
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


def plane(scene: KnobScene, held: dict[str, Held]) -> Shown | None:
    """The dial of all methods that pay a rate: what the first latent costs and tells of Y, over the knobs that act in any of them."""
    paying = {
        name: run
        for name, run in held.items()
        if method(name).stochastic and all(np.isfinite(run[f]).all() for f in ("rate_nats", "relevance_nats"))
    }
    if not paying:
        return None
    # one dial for all: a method without a knob is the same wherever that knob stands
    knobs = {knob: max((np.asarray(run[knob]) for run in paying.values()), key=len) for knob in ("beta", "gamma")}
    axes, turn = axes_of(knobs)
    fields: dict[str, np.ndarray] = {}
    drawn: list[dict[str, Any]] = []
    for name, run in paying.items():
        for key, values in (("x", np.asarray(run["rate_nats"])[..., 0]), ("y", np.asarray(run["relevance_nats"]))):
            whole = np.broadcast_to(values, (len(knobs["beta"]), len(knobs["gamma"])))
            fields[f"{key} {name}"] = turn(np.asarray(whole, dtype=float) * BITS)
        drawn.append(
            {
                "title": method(name).title,
                "x": f"x {name}",
                "y": f"y {name}",
                "hue": methods().index(name),
                "still": len(run["beta"]) == 1,
            }
        )
    rho = next((np.asarray(run["correlations"], dtype=float) for run in paying.values() if "correlations" in run), None)
    curves = []
    if rho is not None:
        exact = gaussian_ib_of(rho, np.geomspace(1.0001, 5000.0, 400))
        x, y = (np.round(np.ravel(v), 5).tolist() for v in (exact.rate, exact.relevance))
        curves = [{"label": "exact Gaussian IB", "x": x, "y": y}]
    still = {
        "methods": {
            "names": ["cost of the first latent", "told of Y"],
            "methods": drawn,
            "curves": curves,
        }
    }
    task = scene.task("own" if scene.data == OWN else "")
    identity = f"methods {task.replace(method='dvib').identity()} {scene.file} {' '.join(paying)}"
    grid = Grid(identity, axes, fields, tuple(Quantity(name, name, {name: 1.0}) for name in fields))
    return Shown(grid, Stacks({}, still))


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
