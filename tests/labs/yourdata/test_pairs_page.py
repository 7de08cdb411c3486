"""The tab "All pairs" through AppTest: runs are written as the programs write them, so that nothing is fitted here."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import runs
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import Predictive, PredictivePairs, pairs_task_of, task_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.runs import Run, store
from mmexplore.runs.folder import note_status
from mmexplore.runs.recorder import Recorder
from mmexplore.runs.worker import describe
from tests.labs.pages import finished, healthy, open_lab, press, query_of, words
from tests.labs.yourdata.xor import TEXT, grouped_run, single_run, study_of_rows, written

pytestmark = pytest.mark.usefixtures("empty_runs_folder")

VIEW = {"x1": "b_*", "x2": "c_*", "y": "label", "modalities": TEXT, "draws": "0"}


def write(task: Predictive | PredictivePairs, done: Recorder, *, frames: int = 99, phase: str = "finished") -> None:
    """A run of a visitor's data as its program left it, or stopped after so many frames."""
    run = Run(store.memory() / task.name())
    run.path.parent.mkdir(parents=True, exist_ok=True)
    describe(run.path, task)
    recorder = Recorder(run.path)
    for frame in done.frames[:frames]:
        recorder.frame(frame["step"], {name: value for name, value in frame.items() if name != "step"})
    if phase == "finished":
        for name, arrays in done.arrays.items():
            recorder.keep(name, arrays)
        recorder.result(done.results)
    note_status(run.path, phase, started=1.0, ended=2.0, seconds=1.0, device="cpu")  # type: ignore[arg-type]


def study(**more: Any) -> Study:
    return study_of_rows(**{"x1": "b_*", "x2": "c_*", "draws": 0, **more})


def open_tab(tab: str = "pairs", **query: str) -> AppTest:
    """The page after an upload, with a headline as b and c have it, whatever the pair."""
    data = written()
    for pair in ({}, {"x1": "a_*", "x2": "b_*"}):
        write(task_of(study(**pair, level=float(query.get("level", 0.95))), data.sha256), single_run())
    session = {STATE.key("files"): {data.sha256: data}}
    link = {"source": "file", "file": data.sha256, "tab": tab, **VIEW, **query}
    return finished(open_lab("yourdata", session, **link))


def drawings(app: AppTest) -> str:
    return " ".join(element.proto.json for element in app.get("bidi_component"))


def plain(app: AppTest) -> str:
    return words(app).replace("\\", "")


def test_pairs_are_fitted_when_asked_and_columns_left_out_are_named():
    app = open_tab()
    assert healthy(app), (app.exception, app.error)
    assert runs.find(pairs_task_of(study(), written().sha256)).state.phase == "absent"
    assert any(button.label == "Decompose all 3 pairs" for button in app.button)
    assert "1 column in no modality: extra." in plain(app)  # of the groups
    assert "2 columns in no modality: a_1, extra." in plain(app)  # of the two modalities on show
    assert "**a** 1; **b** 1; **c** 2" in plain(app)


def test_a_pair_is_opened_and_the_matrix_stays():
    write(pairs_task_of(study(), written().sha256), grouped_run())
    app = open_tab()
    assert healthy(app), (app.exception, app.error)
    assert "S above the diagonal" in drawings(app)
    told = plain(app)
    assert "Most synergy: a × b, S" in told and "Most redundancy: a × c, R" in told
    shown = next(frame.value for frame in app.dataframe if "modality 2" in frame.value)
    assert list(shown["modality 1"] + shown["modality 2"]) == ["ab", "bc", "ac"]  # by S
    press(app, "a × b")
    finished(app)
    assert healthy(app), (app.exception, app.error)
    assert {name: query_of(app)[name] for name in ("x1", "x2", "modalities")} == {
        "x1": "a_*",
        "x2": "b_*",
        "modalities": TEXT,
    }
    assert query_of(app)["tab"] == "pairs" and "S above the diagonal" in drawings(app)
    assert "3 columns in no modality: c_1, c_2, extra." in plain(app)


def test_a_stopped_run_shows_the_pairs_it_has():
    write(pairs_task_of(study(level=0.9), written().sha256), grouped_run(), frames=2, phase="stopped")
    app = open_tab(level="0.9")
    assert healthy(app), (app.exception, app.error)
    assert "2 of 3 pairs so far" in plain(app)
    assert {b.label for b in app.button} >= {"a × b", "a × c", "Run again"} and not any(
        b.label == "b × c" for b in app.button
    )


def test_a_text_that_is_no_groups_is_a_sentence_beside_its_field():
    app = open_tab(modalities="a: a_*; b: nothing")
    assert not app.exception
    assert "modality 'b': rows.csv has no column 'nothing'" in " ".join(e.value for e in app.error).replace("\\", "")
    app.text_area(key="yourdata.modalities").set_value("left: a_*, b_*\nright: c_*").run()
    assert healthy(app) and "**left** 2; **right** 2" in plain(app)
    assert any(button.label == "Decompose the pair" for button in app.button)


def test_two_modalities_have_no_tab_of_pairs():
    app = open_tab("data", modalities="")
    assert healthy(app), (app.exception, app.error)
    assert "All pairs" not in [tab.label for tab in app.tabs] and "Subgroups" in [tab.label for tab in app.tabs]
