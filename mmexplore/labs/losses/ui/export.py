"""Export: numbers, figures, the script and the run itself."""

from __future__ import annotations

import json

import streamlit as st

from mmexplore import runs
from mmexplore.labs.losses.figures import (
    accuracy_curves,
    accuracy_dots,
    bounds_trials,
    critic_bounds,
    factor_heat,
    nulls_dots,
    r2_dots,
    shown_figures,
    sweep_curves,
    sweep_truth,
)
from mmexplore.labs.losses.reading import read_bounds, read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.script import as_csv, rows, script
from mmexplore.labs.losses.table import pid_figure, read_stability, read_table, stability_figure, table_figure
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.file import file_of, own, waiting
from mmexplore.plot import Figure
from mmexplore.plot.document import document
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.downloads import download_row, run_archive, views_archive
from mmexplore.version import __version__

_RUNS = {
    "lab": "Train side by side, factors",
    "sweep": "The sweep",
    "bounds": "Bounds",
    "kept": "What does each loss keep?",
    "stability": "Which entries are stable?",
}


def take(scene: FactorClScene) -> None:
    """Download buttons and the script of one of the four runs."""
    STATE.control("take", format_func=_RUNS.__getitem__)
    mine = own(scene) if scene.data == OWN and scene.take == "lab" else None
    if scene.data == OWN and scene.take == "lab" and mine is None:
        waiting(scene)
        return
    task = scene.task(scene.take, mine[0] if mine else "")
    run = runs.find(task)
    name = f"mmexplore-{task.kind}-{task.identity()[:8]}"
    source = script(task, scene, file_of(scene) if mine else None)
    files: dict[str, tuple[str, str | bytes]] = {"Script (Python)": (f"{name}.py", source)}
    numbers = rows(run, task.kind)
    if numbers:
        drawn = figures(run, scene)
        about = {
            "title": task.title(),
            "task": task.to_dict(),
            "state": run.state.phase,
            "result": run.result(),
            "versions": dict(run.state.versions or {}),
            "mmexplore": __version__,
        }
        files = {
            "Numbers (CSV)": (f"{name}.csv", as_csv(numbers)),
            "Result (JSON)": (f"{name}.json", json.dumps(about, indent=2, ensure_ascii=False)),
            **({"Figures (HTML)": (f"{name}.html", document(drawn, task.title()))} if drawn else {}),
            **files,
        }
    else:
        st.caption("There is no run of this setting yet: numbers, figures and the run itself come with it.")
    download_row(STATE, files)
    with st.container(horizontal=True):
        if numbers:
            run_archive(STATE, run)
        if mine is not None:
            views_archive(STATE, mine[1])
    st.caption("The script trains exactly this, or opens its run where it has been trained, and prints the numbers:")
    st.code(source, language="python")


def figures(run: Run, scene: FactorClScene) -> list[Figure]:
    """The pictures of a run, for one file."""
    if scene.take == "sweep":
        swept = read_sweep(run)
        return (
            [] if swept is None else shown_figures([sweep_curves(swept, scene.score, scene.layer), sweep_truth(swept)])
        )
    if scene.take == "bounds":
        seen = read_bounds(run)
        return [] if seen is None else shown_figures([bounds_trials(seen), bounds_trials(seen, conditional=True)])
    if scene.take == "kept":
        table = read_table(run)
        over = read_stability(runs.find(scene.task("stability")))
        if table is None:
            return []
        return shown_figures([table_figure(table, scene.order, scene.readout, scene.layer, over), pid_figure(table)])
    if scene.take == "stability":
        stable = read_stability(run)
        return [] if stable is None else shown_figures([stability_figure(stable, scene.layer)])
    lab = read_lab(run)
    if lab is None:
        return []
    shared = scene.shared_accuracy()
    more = [r2_dots(lab, scene.score), accuracy_curves(lab, shared), factor_heat(lab, scene.score), nulls_dots(lab)]
    return shown_figures([*accuracy_dots(lab, scene.score, shared), *more, critic_bounds(lab)])
