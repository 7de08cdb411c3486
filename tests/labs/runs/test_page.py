"""The page of runs and the panel of one run, through AppTest."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import runs
from mmexplore.labs import place_of
from mmexplore.labs.runs.scene import MOST, RunsView, curves, numbers
from mmexplore.runs import store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from tests.labs.pages import figures, open_lab, press, words


def open_page(**query: str) -> AppTest:
    return open_lab("runs", **query)


def test_an_empty_folder_says_where_runs_come_from(empty_runs_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")
    app = open_page()
    assert not app.exception and "runs begin on the pages that train" in words(app)


def test_finished_runs_are_listed_compared_pinned_and_deleted(empty_runs_folder):
    first, second = (runs.train(Count(steps=5 + k, wait=0.0)) for k in range(2))
    app = open_page(show="made", looked=f"{first.name},{second.name}")
    assert not app.exception and not app.error
    table = app.dataframe[0].value
    assert set(table["Name"]) == {first.name, second.name} and set(table["State"]) == {"finished"}
    assert "Count to 5" in words(app) and "Count to 6" in words(app)
    [(title, shown)] = figures(app).items()
    assert "count while training" in title
    assert {t["name"] for t in shown["spec"]["data"]} == {"Count to 5", "Count to 6"}
    press(app, "Pin")
    assert sum(run.pinned for run in (first, second)) == 1
    press(app, "Delete")
    assert sum(run.exists for run in (first, second)) == 1
    assert len(app.dataframe[0].value) == 1 and not app.exception
    press(app, "Undo")  # looks again at a run that is gone
    assert "No longer here" in words(app)


def test_a_broken_link_and_a_damaged_folder_are_told(empty_runs_folder):
    run = runs.train(Count(steps=5, wait=0.0))
    (run.path / "status.json").write_text("{")
    app = open_page(looked=f"{run.name},<b>nonesuch</b>", show="everything")
    assert not app.exception
    assert "could not be read in full" in words(app) and "nonesuch" in words(app)
    assert "damaged" in " ".join(app.dataframe[0].value["State"])
    press(app, "Delete")
    assert not run.exists


def test_a_run_that_was_killed_can_be_begun_again_here(empty_runs_folder):
    task = Count(steps=3, wait=0.0)
    run, _ = store.prepare(task)
    note_status(run.path, "running", started=time.time())
    app = open_page(looked=run.name)
    assert "the process that ran this is gone" in words(app)
    press(app, "Run again")
    deadline = time.monotonic() + 20
    while run.state.phase != "finished" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert run.state.phase == "finished"


def test_curves_keep_each_run_to_its_own_steps(empty_runs_folder):
    short, long = runs.train(Count(steps=3, wait=0.0)), runs.train(Count(steps=6, wait=0.0))
    drawn = curves({"short": short, "long": long}, "square")
    assert drawn is not None
    assert drawn.x.tolist() == [1, 2, 3, 4, 5, 6]
    assert drawn.series[1].y.tolist() == [1, 4, 9, 16, 25, 36]
    assert drawn.series[0].y[:3].tolist() == [1, 4, 9] and np.isnan(drawn.series[0].y[3:]).all()
    assert numbers([short, long]) == ["count", "square"]
    assert curves({"short": short}, "nonesuch") is None


def test_a_link_looks_at_so_many_runs_and_no_more():
    assert len(RunsView(looked=",".join(map(str, range(40)))).names) == MOST


PANEL = """
import streamlit as st
from mmexplore.labs.runs.scene import RunsView
from mmexplore.runs.count_task import Count
from mmexplore.labs import place_of
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.state import PageState

task = Count(steps={steps}, wait={wait}, seed={seed})
draw = lambda run: st.write(f"drawn {{len(run.frames())}} frames")
run_panel(PageState("panel", RunsView), task, draw, idle=lambda: st.write("nothing yet"))
"""


def panel(**values: object) -> AppTest:
    return AppTest.from_string(PANEL.format(**values), default_timeout=30).run()


def test_the_panel_starts_watches_stops_and_replays(runs_folder):
    app = panel(steps=4000, wait=0.01, seed=1)
    assert "nothing yet" in words(app)
    press(app, "Start")
    task = Count(steps=4000, wait=0.01, seed=1)
    deadline = time.monotonic() + 20
    while not runs.find(task).frames() and time.monotonic() < deadline:
        time.sleep(0.05)
    app.run()
    assert "drawn" in words(app) and {b.label for b in app.button} == {"Pause", "Stop"}
    press(app, "Stop")
    while runs.find(task).state.active and time.monotonic() < deadline:
        time.sleep(0.02)
    app.run()
    assert "stopped early" in words(app) and "drawn" in words(app)
    assert "Run again" in {b.label for b in app.button}


@pytest.mark.parametrize("phase", ["failed", "killed"])
def test_the_panel_says_how_a_run_ended_badly(runs_folder, phase):
    task = Count(steps=7, wait=0.0, seed=len(phase))
    run, _ = store.prepare(task)
    note_status(run.path, phase, words="the <disk> is full")
    app = panel(steps=7, wait=0.0, seed=len(phase))
    assert "is full" in " ".join(e.value for e in app.error) and "<disk>" not in app.error[0].value.replace("\\<", "")
    assert "Run again" in {b.label for b in app.button}


def shipped() -> list[str]:
    return sorted(path.name for path in store.SHIPPED.iterdir())


@pytest.mark.parametrize("name", shipped())
def test_every_run_that_comes_along_is_whole_of_this_version_and_opens_on_its_page(name):
    run = runs.Run(store.SHIPPED / name, shipped=True)
    assert run.state.phase == "finished" and not run.state.outdated
    assert run.task.name() == name  # another version or another default would look elsewhere
    assert run.result() and {frame["step"] for frame in run.frames()}
    for file in (run.path / "arrays").glob("*.npz"):
        assert run.arrays(file.stem)
    assert place_of(run.task) is not None


def test_no_run_that_comes_along_holds_a_path_or_a_lock():
    for name in shipped():
        kinds = {file.suffix for file in (store.SHIPPED / name).rglob("*") if file.is_file()}
        assert kinds <= {".json", ".jsonl", ".npz"}
        assert "/" not in json.dumps(json.loads((store.SHIPPED / name / "status.json").read_text()))
