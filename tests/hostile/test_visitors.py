"""Two visitors at once, of whom one deletes; and folders that are links: a sentence, and nothing outside is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import BadData, MmexploreError, Unsupported
from mmexplore.runs import Run, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.listing import look
from tests.labs.pages import open_lab, press, words
from tests.labs.runs.test_page import panel

TASK = Count(steps=4, wait=0.0)
GONE = "no longer here"


def has(app: AppTest, label: str) -> bool:
    return any(button.label == label for button in app.button)


def stale(phase: str) -> tuple[Run, AppTest]:
    """A page that still shows a run which another visitor has deleted meanwhile."""
    run = runs.train(TASK)
    note_status(run.path, phase)
    app = open_lab("runs", looked=run.name)
    note_status(run.path, "finished")
    press(open_lab("runs", looked=run.name), "Delete")
    assert not run.here
    return run, app


@pytest.mark.parametrize(
    ("label", "phase"),
    [("Delete", "finished"), ("Pin", "finished"), ("Run again", "failed"), ("Stop", "queued"), ("Pin", "queued")],
)
def test_a_press_on_what_another_visitor_has_deleted_is_answered_in_a_sentence(empty_runs_folder, label, phase):
    run, app = stale(phase)
    press(app, label)
    assert not app.exception and GONE in words(app)
    assert "sorry" not in words(app).lower() and not run.here
    app.run()
    assert not app.exception


@pytest.mark.parametrize("label", ["Pause", "Stop"])
def test_wishes_for_a_run_that_is_gone_are_answered_too(empty_runs_folder, label):
    with pytest.raises(BadData, match=GONE):
        {"Pause": runs.pause, "Stop": runs.stop}[label](runs.find(TASK))
    with pytest.raises(BadData, match=GONE):
        runs.resume(runs.find(TASK))


def test_unpinned_by_two_and_deleted_by_two(empty_runs_folder):
    run = runs.train(TASK)
    store.pin(run, True)
    first, second = (open_lab("runs", looked=run.name) for _ in range(2))
    for app in (first, second):
        press(app, "Unpin")
        assert not app.exception and not app.error and not run.pinned
    for app in (first, second):
        press(app, "Delete")
        assert not app.exception
    assert GONE in words(second)


def test_a_lab_s_page_whose_run_is_deleted_offers_to_start_it(empty_runs_folder):
    run = runs.train(TASK)
    app = panel(steps=4, wait=0.0, seed=0)
    store.delete(run)
    press(app, "Run again")  # it is run once more
    assert not app.exception and not app.error
    app = panel(steps=5, wait=0.0, seed=0)
    assert "nothing yet" in words(app) and has(app, "Start")


def test_a_run_that_goes_while_the_page_is_drawn_is_no_fault(empty_runs_folder, monkeypatch):
    runs.train(TASK)
    listed = look()
    monkeypatch.setattr("mmexplore.labs.runs.page.look", lambda: listed)
    name = listed.entries[0].name
    store.delete(Run(listed.entries[0].run.path))
    app = open_lab("runs", looked=name, show="all")
    assert not app.exception and not app.error


def test_the_command_line_says_that_a_run_is_gone(empty_runs_folder, capsys):
    for action in ("show", "stop", "pin", "unpin", "delete", "export"):
        assert main(["runs", action, TASK.name()]) == 2
        assert "there is no run" in capsys.readouterr().err


@pytest.fixture
def linked(empty_runs_folder, tmp_path_factory) -> tuple[Run, Path]:
    """The folder of a run that is a link to a whole run elsewhere."""
    outside = tmp_path_factory.mktemp("outside") / "whole"
    run = runs.train(TASK)
    run.path.rename(outside)
    run.path.symlink_to(outside)
    return run, outside


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_linked_folder_is_said_and_only_its_link_is_deleted(linked):
    run, outside = linked
    before = everything(outside)
    assert not run.exists and run.state.phase == "unreadable" and "link" in run.state.words
    assert (run.frames(), run.result(), run.log(), run.size, run.pinned, run.has("counted")) == (
        [],
        {},
        "",
        0,
        False,
        False,
    )
    run.look()
    for act in (lambda: store.pin(run, True), lambda: run.arrays("counted"), lambda: run.task):
        with pytest.raises(MmexploreError):
            act()
    app = open_lab("runs", show="made", looked=run.name)
    assert list(app.dataframe[0].value["State"]) == ["damaged"] and "link" in words(app) and not app.exception
    press(app, "Pin")
    assert "cannot be pinned" in words(app) and not app.exception
    press(app, "Delete")
    assert not app.exception and not os.path.lexists(run.path) and everything(outside) == before


def test_running_it_again_writes_nothing_through_the_link(linked):
    run, outside = linked
    before = everything(outside)
    assert runs.train(TASK).state.phase == "finished"
    assert not run.path.is_symlink() and run.exists and everything(outside) == before


def test_eviction_and_the_export_do_not_follow_links(linked, tmp_path):
    run, outside = linked
    before = everything(outside)
    assert b"frames.jsonl" not in run.archive()
    store.evict(most=0)
    assert everything(outside) == before


@pytest.mark.parametrize("wish", ["pin", "seen", "stop", "pause", "lock", "log.txt"])
def test_a_link_inside_a_run_is_not_written_through(empty_runs_folder, tmp_path_factory, wish):
    run = runs.train(TASK)
    target = tmp_path_factory.mktemp("target") / "made by the link"
    (run.path / wish).unlink(missing_ok=True)
    (run.path / wish).symlink_to(target)
    run.look()
    for act in (
        lambda: store.pin(run, True),
        lambda: runs.stop(run),
        lambda: runs.pause(run),
        lambda: store.delete(run),
    ):
        try:
            act()
        except MmexploreError as error:
            assert len(str(error)) < 300
    assert not target.exists()


def test_what_cannot_be_removed_is_said(empty_runs_folder, monkeypatch):
    run = runs.train(TASK)

    def refuse(path, *more, **other):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(Unsupported, match="cannot be deleted: permission denied"):
        store.delete(run)
    app = open_lab("runs", looked=run.name)
    press(app, "Delete")
    assert "cannot be deleted" in words(app) and not app.exception and run.exists
