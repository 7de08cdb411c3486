"""The sweep, the bounds, and the table of what each loss keeps."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from mmexplore.labs.losses.figures import bounds_trials, sweep_curves, sweep_truth
from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, objectives
from mmexplore.labs.losses.reading import read_bounds, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import KeptTable, kept_pid, kept_table, read_kept, table_words
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.pictures import flow, wide
from mmexplore.runs import Run
from mmexplore.ui.failures import plain
from mmexplore.ui.run_panel import run_panel

_ORDERS = {
    "family": "Family",
    "shared": "Shared kept",
    "unique1": "Unique 1 kept",
    "unique2": "Unique 2 kept",
    "synergy": "Synergy kept",
    "seconds": "Time",
}
_READ = {"z12": "Both codes", "z1": "Code of view 1", "z2": "Code of view 2"}


def _nothing(words: str) -> None:
    st.caption(words)


def sweep(scene: FactorClScene) -> None:
    """Accuracy over the share of the label that is unique."""
    st.markdown(
        "From a label that is all shared (left) to one that is all unique (right): who still finds it? Every point is a training of its own; "
        "ratios and seeds of a method are one computation, and lines appear as methods train."
    )
    run_panel(
        STATE,
        scene.task("sweep"),
        lambda run: _swept(scene, run),
        name="sweep",
        start="Run the sweep",
        idle=lambda: _nothing(f"{len(scene.chosen())} methods; nothing has been trained for this sweep yet."),
    )


def _swept(scene: FactorClScene, run: Run) -> None:
    seen = read_sweep(run)
    curves = None if seen is None else sweep_curves(seen)
    if seen is None or curves is None:
        st.caption("Nothing was measured yet.")
        return
    flow([curves, sweep_truth(seen)], "learn.sweep")


def bounds(scene: FactorClScene) -> None:
    """NCE below, NCE-CLUB above, and the truth between."""
    st.markdown(
        "FactorCL rests on two bounds of mutual information: **NCE** from below, which can never exceed log\u2082 of the batch, and "
        "**NCE-CLUB** from above, which is a bound only as far as its critic is the best one. Here the truth is known, so one sees how far to trust them."
    )
    run_panel(
        STATE,
        scene.task("bounds"),
        _bounded,
        name="bounds",
        start="Train the critics",
        idle=lambda: _nothing("Nothing has been trained for these pairs yet."),
    )


def _bounded(run: Run) -> None:
    seen = read_bounds(run)
    if seen is None:
        st.caption("Nothing was measured yet.")
        return
    flow([bounds_trials(seen), bounds_trials(seen, conditional=True)], "learn.bounds")
    ordered = [bool(np.mean(seen.nce[t]) <= seen.truth[t] <= np.mean(seen.club[t])) for t in range(len(seen.truth))]
    wrong = [f"{seen.truth[t]:.2f} bit" for t in range(len(ordered)) if not ordered[t]]
    capped = [t for t in range(len(seen.truth)) if seen.truth[t] > seen.ceiling]
    told = (
        "The order NCE \u2264 I \u2264 NCE-CLUB holds for every pair."
        if not wrong
        else (
            f"The order does not hold at {', '.join(wrong)}: the critic is not good enough there"
            f"{' yet' if run.state.active else ''}, and NCE-CLUB is then no upper bound."
        )
    )
    if capped:
        told += f" {len(capped)} of {len(seen.truth)} truths lie above log\u2082 of the batch ({seen.ceiling:.2f} bit): no NCE can reach them."
    st.caption(told)


# -- the table ------------------------------------------------------------------------------------------------------------


def table(scene: FactorClScene) -> None:
    """Every objective on one generator of four known bits."""
    st.markdown(
        "Two views hold four bits: one **shared**, one **unique** to each view, and one that only their exclusive or tells (**synergy**). Every loss of this product "
        "is trained on them, and the same probes ask its code for each bit. What a loss keeps is measured, not claimed."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            STATE.spec.parameter("order").label,
            tuple(_ORDERS),
            format_func=_ORDERS.__getitem__,
            required=True,
            **STATE.bind("order", scene.order),
        )
        st.segmented_control(
            STATE.spec.parameter("readout").label,
            tuple(_READ),
            format_func=_READ.__getitem__,
            required=True,
            **STATE.bind("readout", scene.readout),
        )
    run_panel(
        STATE,
        scene.task("kept"),
        lambda run: _kept(scene, run),
        name="kept",
        start="Measure all of them",
        idle=lambda: _claims(scene),
    )


def _kept(scene: FactorClScene, run: Run) -> None:
    seen = read_kept(run)
    if seen is None:
        _claims(scene)
        return
    wide(kept_table(seen, scene.order, scene.readout), "learn.kept")
    for sentence in table_words(seen):
        st.markdown(f"- {plain(sentence)}")
    pid = kept_pid(seen)
    if pid is not None:
        wide(pid, "learn.kept pid", 1000)
    told = run.result()
    if told:
        st.caption(
            f"Codes of unit power get N(0, {told.get('probe_noise')}\u00b2) before they are read, so that traces do not count as kept. "
            f"{len(seen.done)} rows, {seen.kept.shape[1]} seeds, each with views, weights and batches of its own."
        )


def _claims(scene: FactorClScene) -> None:
    """Before anything is measured: what theory says."""
    chosen = (*objectives(",".join(BASELINES)), *scene.kept_task().chosen())
    nothing = np.full((len(chosen), 1, len(ATOMS_KEPT), len(_READ)), math.nan)
    empty = KeptTable(
        tuple(o.text() for o in chosen),
        tuple(o.heading() for o in chosen),
        ATOMS_KEPT,
        ("z1", "z2", "z12"),
        nothing,
        nothing,
        nothing,
        np.full((len(chosen), 1, len(ATOMS_KEPT), 4), math.nan),
        np.full(len(chosen), math.nan),
        np.zeros(len(chosen), dtype=bool),
    )
    st.caption(
        "Not measured for these dials yet: the marks are what theory says. Rows fill in one by one while it runs."
    )
    wide(kept_table(empty, "family", scene.readout), "learn.kept")
