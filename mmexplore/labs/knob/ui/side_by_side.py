"""Compare methods on the same data: one information plane, what each keeps, and the compression at which each loses the label."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.knob.comparison import baselines, plane, table
from mmexplore.labs.knob.dial import RunArrays
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.dials import Dials, shown
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.labs.knob.ui.live import dial_of
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import plain
from mmexplore.ui.run_panel import run_panel


def compare(scene: KnobScene, dials: Dials) -> None:
    """Everything that is computed on these data; what is missing can be started here."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id, arrays = own or ("", None)
    finished = {name: run for name in methods() if (run := runs.find(scene.task(own_id, method=name))).has("grid")}
    grids: dict[str, RunArrays] = {}
    for name, run in finished.items():
        try:
            grids[name] = dial_of(run)[1] if not run.task.own_data else run.arrays("grid")
        except MmexploreError as error:
            st.caption(plain(f"{method(name).title}: {error}."))
    missing = [name for name in methods() if name not in grids]
    if grids:
        both = plane(scene, grids)
        if both is not None:
            dials.beneath.append(shown(scene, both, "knob.every", f"Methods on {scene.data_title()}"))
            st.caption(
                "Held-out samples. A latent that sees both views (joint methods) may lie above the exact curve: it encodes Y itself. Deterministic "
                "methods have no rate and stand in the table alone."
            )
        _what_is_kept(grids, dials)
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


def _what_is_kept(grids: dict[str, RunArrays], dials: Dials) -> None:
    st.markdown("**What each keeps where the knobs stand**, on samples of its first latent")
    beside = baselines(grids)
    dials.beneath.append((st.container(), lambda now: _kept(now, grids, beside)))
    first = next(iter(grids.values()))
    rows = (
        f"Every row is read alike: probes fitted on the same {int(first['rows_fitted']):,} training samples, judged on the same "
        f"{int(first['rows_judged']):,} held-out ones. "
        if "rows_fitted" in first
        else ""
    )
    st.caption(
        f"{rows}A method without β is shown as it was trained. In an update γ = 0 and the γ above it learned from as many samples each as a method without γ. “Label lost at” is the largest β, "
        "at this γ, at which the logistic probe predicts the label no better than chance: the smaller it is, the more compression the label survives."
    )


def _kept(scene: KnobScene, grids: dict[str, RunArrays], beside: list[dict[str, Any]]) -> None:
    st.dataframe(table(scene, grids, beside), hide_index=True)


def _waiting(run: Run) -> None:
    st.caption("It joins the comparison when it is finished.")
