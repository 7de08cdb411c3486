"""What does each loss keep? The table of all objectives on one generator of known bits."""

from __future__ import annotations

import streamlit as st

from mmexplore import runs
from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, objectives
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import (
    Stability,
    empty_table,
    pid_figure,
    read_stability,
    read_table,
    stability_figure,
    stability_words,
    table_figure,
    table_verdict,
    table_words,
)
from mmexplore.labs.losses.ui import STATE
from mmexplore.runs import Run
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.run_panel import run_panel

_ORDERS = {
    "family": "Family",
    "shared": "Shared kept",
    "unique1": "Unique 1 kept",
    "unique2": "Unique 2 kept",
    "synergy": "Synergy kept",
    "seconds": "Time",
}
FOUR_BITS = (
    "Two views hold four bits: one **shared**, one **unique** to each view, and one that is their XOR (**synergy**). Every loss "
    "is trained on them, with one width, one number of training steps and one set of probes, and read at two layers."
)
_READ = {"z12": "Both views", "z1": "View 1", "z2": "View 2"}
LAYER_TITLES = {"representation": "Representation", "loss": "The loss"}


def table(scene: FactorClScene) -> None:
    """Every objective on one generator of four known bits."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        STATE.control("order", format_func=_ORDERS.__getitem__, width=190)
        STATE.control("readout", format_func=_READ.__getitem__)
        STATE.control("layer", format_func=LAYER_TITLES.__getitem__)
    over = read_stability(runs.find(scene.task("stability")))
    run_panel(
        STATE,
        scene.task("kept"),
        lambda run: _measured(scene, run, over),
        name="kept",
        start="Measure all of them",
        idle=lambda: _claims(scene),
        keeps=True,
    )
    st.subheader("Which entries are stable?", anchor=False)
    run_panel(
        STATE,
        scene.task("stability"),
        lambda run: _stable(scene, run),
        name="stability",
        start="Measure at all widths and rates",
        idle=_not_yet,
    )


def _measured(scene: FactorClScene, run: Run, over: Stability | None) -> None:
    seen = read_table(run)
    if seen is None:
        _claims(scene)
        return
    st.markdown(f"**{table_verdict(seen, scene.layer)}**")
    figure(table_figure(seen, scene.order, scene.readout, scene.layer, over), "learn.kept")
    _listed(table_words(seen, scene.layer))
    st.caption(FOUR_BITS)
    pid = pid_figure(seen)
    if pid is not None:
        figure(pid, "learn.kept pid")
    result = run.result()
    if result:
        kept = scene.kept
        drawn = (
            "as they are drawn"
            if kept.latents == "sampled"
            else "at their means, which show more than a drawn latent holds"
        )
        st.caption(
            f"{len(seen.done)} rows, {seen.kept.shape[1]} seeds, each with views, weights and batches of its own; {2 * kept.embedding} numbers for both views and "
            f"{kept.steps:,} training steps for every loss. At the loss FactorCL is read from all five heads of a view, {10 * kept.embedding} numbers. Latents of VAE, DVSIB and DVCCA are read {drawn}. Embeddings of unit power get noise "
            f"N(0, {result.get('probe_noise')}\u00b2) before the probes are fitted, so that traces do not count as kept."
        )


def _not_yet() -> None:
    st.caption("The whole table again at other widths and learning rates. Not measured for this generator yet.")


def _stable(scene: FactorClScene, run: Run) -> None:
    seen = read_stability(run)
    heat = None if seen is None else stability_figure(seen, scene.layer)
    if seen is None or heat is None:
        st.caption("Nothing was measured yet.")
        return
    figure(heat, "learn.stability")
    _listed(stability_words(seen, scene.layer))


def _listed(sentences: list[str]) -> None:
    if sentences:
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))


def _claims(scene: FactorClScene) -> None:
    """Before anything is measured: what theory says."""
    chosen = (*objectives(",".join(BASELINES)), *scene.kept.chosen())
    st.caption(
        f"Not measured for this setting yet: the marks are what theory says. Rows fill in one by one while it runs. {FOUR_BITS}"
    )
    figure(table_figure(empty_table(chosen, ATOMS_KEPT), "family", scene.readout, scene.layer), "learn.kept")
