"""What does each loss keep? The table of all objectives on one generator of known bits."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, objectives
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import MeasuredTable, pid_figure, read_table, table_figure, table_words
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.pictures import wide
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
_READ = {"z12": "Both embeddings", "z1": "Embedding of view 1", "z2": "Embedding of view 2"}


def table(scene: FactorClScene) -> None:
    """Every objective on one generator of four known bits."""
    st.markdown(
        "Two views hold four bits: one **shared**, one **unique** to each view, and one that is their exclusive or (**synergy**). Every loss "
        "here is trained on them, and the same probes read each bit from its embedding. What a loss keeps is measured, not claimed."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        STATE.control("order", format_func=_ORDERS.__getitem__)
        STATE.control("readout", format_func=_READ.__getitem__)
    run_panel(
        STATE,
        scene.task("kept"),
        lambda run: _measured(scene, run),
        name="kept",
        start="Measure all of them",
        idle=lambda: _claims(scene),
    )


def _measured(scene: FactorClScene, run: Run) -> None:
    seen = read_table(run)
    if seen is None:
        _claims(scene)
        return
    wide(table_figure(seen, scene.order, scene.readout), "learn.kept")
    for sentence in table_words(seen):
        st.markdown(f"- {plain(sentence)}")
    pid = pid_figure(seen)
    if pid is not None:
        wide(pid, "learn.kept pid", 1000)
    result = run.result()
    if result:
        st.caption(
            f"Embeddings of unit power get noise N(0, {result.get('probe_noise')}\u00b2) before the probes are fitted, so that traces do not count as kept. "
            f"{len(seen.done)} rows, {seen.kept.shape[1]} seeds, each with views, weights and batches of its own."
        )


def _claims(scene: FactorClScene) -> None:
    """Before anything is measured: what theory says."""
    chosen = (*objectives(",".join(BASELINES)), *scene.kept.chosen())
    nothing = np.full((len(chosen), 1, len(ATOMS_KEPT), len(_READ)), math.nan)
    empty = MeasuredTable(
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
        "Not measured for this setting yet: the marks are what theory says. Rows fill in one by one while it runs."
    )
    wide(table_figure(empty, "family", scene.readout), "learn.kept")
