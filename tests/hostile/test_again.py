"""A result that is run again stays until the new one has finished, and a pinned one is not replaced without a question."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import MmexploreError, Unsupported
from mmexplore.runs import Run, store
from mmexplore.runs.again import take_place
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.worker import execute
from tests.labs.pages import open_lab, press, words
from tests.labs.runs.test_page import panel

SLOW = Count(steps=400, wait=0.01, seed=5)


def until(condition, seconds=60.0):
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def result(empty_runs_folder):
    """A finished run with a mark in its result."""
    run = runs.train(Count(steps=4, wait=0.0))
    (run.path / "result.json").write_text('{"count": 4, "first": true}')
    return run


def first(run: Run) -> bool:
    """Whether it is the result from before."""
    return run.state.phase == "finished" and "first" in runs.find(Count(steps=4, wait=0.0)).result()


def test_the_old_result_is_there_until_the_new_one_is(result, monkeypatch):
    seen = []

    def program(task, recorder):
        seen.append(first(result))
        recorder.progress(0.5, "half")
        recorder.result({"count": 5})
        seen.append(first(result))

    monkeypatch.setattr("mmexplore.runs.worker.program_of", lambda task: program)
    new = runs.train(Count(steps=4, wait=0.0), again=True)
    assert seen == [True, True]
    assert result.result() == new.result() == {"count": 5} and new.path == result.path
    assert store.replacing(result) is None
    assert not list((result.path.parent / "again").iterdir())


@pytest.mark.parametrize("how", ["fails", "stops", "breaks"])
def test_a_new_run_that_ends_badly_costs_nothing(result, how, monkeypatch):
    from mmexplore.errors import BadData
    from mmexplore.runs.recorder import Stopped

    def program(task, recorder):
        recorder.result({"count": 5})
        raise {"fails": BadData("it failed"), "stops": Stopped(), "breaks": ZeroDivisionError()}[how]

    monkeypatch.setattr("mmexplore.runs.worker.program_of", lambda task: program)
    if how == "stops":
        assert runs.train(Count(steps=4, wait=0.0), again=True).state.phase == "stopped"
    else:
        with pytest.raises(MmexploreError):
            runs.train(Count(steps=4, wait=0.0), again=True)
    assert first(result)
    app = panel(steps=4, wait=0.0, seed=0)
    assert "result from before is still here" in words(app) and "drawn 4 frames" in words(app)
    app = open_lab("runs", looked=result.name)
    assert "result from before is still here" in words(app) and not app.exception
    monkeypatch.undo()


def test_pinned_stays_pinned_and_a_pinned_run_that_was_stopped_is_kept_as_well(result):
    store.pin(result, True)
    runs.train(Count(steps=4, wait=0.0), again=True)
    assert result.pinned and result.result() == {"count": 4}
    note_status(result.path, "stopped", words="stopped")
    new, is_new = store.prepare(Count(steps=4, wait=0.0))
    assert is_new and new.path != result.path and result.frames()
    execute(new.path)
    assert result.state.phase == "finished" and result.pinned


def test_one_press_leaves_the_result_to_everybody_while_the_new_one_runs(empty_runs_folder):
    old = runs.train(Count(steps=400, wait=0.0, seed=5))
    store.pin(old, True)
    task = Count(steps=400, wait=0.0, seed=5)
    new = runs.start(task, again=True)
    assert runs.start(task, again=True).path == new.path or new.state.phase == "finished"  # two who ask watch one
    assert runs.find(task).state.phase == "finished" and len(old.frames()) == 100
    until(lambda: store.replacing(old) is None)
    assert new.state.phase == "finished" and old.pinned and new.path == old.path


def test_the_page_shows_the_progress_beside_the_result_and_can_stop_it(empty_runs_folder, monkeypatch):
    old = runs.train(SLOW)
    app = panel(steps=400, wait=0.01, seed=5)
    press(app, "Run again")
    new = store.replacing(old)
    assert new is not None and new.state.active
    app.run()
    assert "drawn 100 frames" in words(app) and not app.exception
    labels = {button.label for button in app.button}
    assert "Stop running it again" in labels and "Run again" not in labels
    with pytest.raises(Unsupported, match="being run again"):
        store.delete(old)
    listed = open_lab("runs", show="active", looked=old.name)
    assert list(listed.dataframe[0].value["State"]) == ["finished, being run again"] and not listed.exception
    press(app, "Stop running it again")
    until(lambda: not new.state.active)
    assert old.state.phase == "finished" and len(old.frames()) == 100


def test_a_pinned_result_is_asked_about_first(result, capsys):
    def in_popover(app: AppTest) -> bool:
        return any("is pinned" in caption.value for caption in app.caption)

    assert not in_popover(panel(steps=4, wait=0.0, seed=0))
    store.pin(result, True)
    app = panel(steps=4, wait=0.0, seed=0)
    assert in_popover(app)
    assert main(["train", "count", "steps=4", "wait=0", "--again", "--quiet"]) == 2
    assert f"{result.name} is pinned" in capsys.readouterr().err and first(result)
    store.pin(result, False)
    assert main(["train", "count", "steps=4", "wait=0", "--again", "--quiet"]) == 0
    assert not first(result)


def test_one_that_was_cut_off_before_it_took_its_place_takes_it_at_the_next_look(result, monkeypatch):
    new, _ = store.prepare(Count(steps=4, wait=0.0), again=True)
    monkeypatch.setattr("mmexplore.runs.worker.take_place", lambda path: None)
    execute(new.path)
    assert first(result) and new.path != result.path
    assert store.replacing(result) is None
    assert result.result() == {"count": 4}
    take_place(new.path)  # what is in its place already is left there
    assert result.exists


def test_a_run_that_came_along_is_there_until_the_new_one_is(empty_runs_folder, tmp_path, monkeypatch):
    task = Count(steps=4, wait=0.0)
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    runs.train(task).path.rename(shipped / task.name())
    monkeypatch.setattr(store, "SHIPPED", shipped)
    run = runs.find(task)
    assert run.shipped
    new, _ = store.prepare(task, again=True)
    assert runs.find(task).shipped and store.replacing(run) is not None
    execute(new.path)
    assert not runs.find(task).shipped and runs.find(task).state.phase == "finished"
