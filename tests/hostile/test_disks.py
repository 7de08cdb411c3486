"""A full disk and a read-only one: a sentence on the page and on the command line, nothing half written, and all is well again afterwards."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import BadData, MmexploreError, Unsupported
from mmexplore.runs import Run, store
from mmexplore.runs.contents import frame
from mmexplore.runs.count_task import Count
from mmexplore.runs.engines import LocalEngine
from mmexplore.runs.folder import note_status
from mmexplore.runs.recorder import Recorder
from mmexplore.writing import write_for_reader, write_npz
from tests.hostile.disks import Disk, disk
from tests.labs.pages import open_lab, press, words
from tests.labs.runs.test_page import panel
from tests.runs.test_runs import started, until

DONE = Count(steps=3, wait=0.0)
NEW = Count(steps=4, wait=0.0)
FAULTS = {"full": (Disk.fill, "is full: free some space"), "read-only": (Disk.freeze, "set MMEXPLORE_RUNS")}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of runs on a disk of its own, with a finished run in it."""
    with disk(tmp_path / "runs") as made:
        monkeypatch.setenv("MMEXPLORE_RUNS", str(made.path))
        engine = LocalEngine(made.path)
        runs.use(engine)
        runs.train(DONE)
        yield made
        made.heal()
        runs.use(None)
        launcher = engine._launcher
        engine.close()
        if launcher is not None:
            launcher.wait(20)


@pytest.fixture(params=FAULTS)
def fault(request, folder):
    """The disk fails; gives what is said then."""
    spoil, words = FAULTS[request.param]
    spoil(folder)
    return words


def listing(path):
    """What lies in a folder, without the space that was taken."""
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.name != "filler")


def test_what_is_to_be_begun_is_refused_in_a_sentence_and_leaves_nothing(folder, fault):
    before = listing(folder.path)
    for begin in (runs.start, runs.train):
        with pytest.raises(Unsupported, match=fault):
            begin(NEW)
    assert [name for name in listing(folder.path) if NEW.name() in name] == []
    assert set(listing(folder.path)) - set(before) <= {"folders.lock", "queue", "servers.lock", "launcher.log"}
    folder.heal()
    assert runs.train(NEW).state.phase == "finished"


def test_what_is_there_can_be_looked_at_all_the_same(folder, fault, capsys):
    assert runs.start(DONE).result() == {"count": 3} and runs.train(DONE).state.phase == "finished"
    assert main(["runs", "show", DONE.name()]) == 0 and "finished" in capsys.readouterr().out
    app = open_lab("runs", looked=DONE.name())
    assert not app.exception and "Count to 3" in words(app)


def test_the_command_line_says_it_too(folder, fault, capsys):
    assert main(["train", "count", "steps=4", "wait=0", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert fault in said.replace("\n", " ") and "Traceback" not in said


def test_who_cannot_be_asked_to_stop_has_not_been_asked(folder, capsys, monkeypatch):
    run, _ = store.prepare(NEW)
    note_status(run.path, "running")
    monkeypatch.setattr(Run, "locked", True)
    folder.freeze()
    for wish in (runs.stop, runs.pause):
        with pytest.raises(Unsupported, match="read-only"):
            wish(run)
    assert main(["runs", "stop", run.name]) == 2
    said = capsys.readouterr()
    assert "asked" not in said.out and "read-only" in said.err
    app = open_lab("runs", looked=run.name)
    press(app, "Stop")
    assert not app.exception and any("read-only" in error.value for error in app.error)


def test_pins_and_deletions_on_a_read_only_disk_are_sentences(folder):
    folder.freeze()
    run = runs.find(DONE)
    for act in (lambda: store.pin(run, True), lambda: store.delete(run), store.clear_aside):
        try:
            act()
        except MmexploreError as error:
            assert "read-only" in str(error)
    assert run.state.phase == "finished" and not run.pinned


@pytest.mark.parametrize("lab", ["knob", "losses", "contest", "decompose"])
def test_pages_that_train_open_on_a_failing_disk(folder, fault, lab):
    app = open_lab(lab)
    assert not app.exception and "failed on our side" not in words(app)


def test_a_start_on_a_page_is_refused_where_it_was_pressed(folder, fault):
    app = panel(steps=4, wait=0.0, seed=0)
    press(app, "Start")
    said = [error.value.replace("\\", "") for error in app.error]
    assert not app.exception and any(fault in sentence for sentence in said), said
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said)
    assert not runs.find(NEW).exists


def test_a_line_of_frames_is_written_whole_or_not_at_all(folder):
    recorder = Recorder(folder.path / DONE.name())
    folder.fill()
    written = 0
    with pytest.raises(OSError, match="No space"):
        for step in range(4, 4000):
            recorder.frame(step, {"count": step, "words": "x" * 97})
            written = step
    lines = (folder.path / DONE.name() / "frames.jsonl").read_bytes().splitlines()
    assert all(frame(line) is not None for line in lines)
    assert json.loads(lines[-1])["step"] == max(written, 3)


@pytest.mark.parametrize("at", [0.0, 0.15, 0.4])
def test_a_run_whose_disk_fills_says_so_and_is_run_again_once_there_is_space(folder, at):
    if not folder.real:
        pytest.skip("another process does not see a disk that is only made believe: this user may not mount one")
    run = started(Count(steps=3000, wait=0.001))
    time.sleep(at)
    folder.fill()
    until(lambda: not run.state.active)
    assert run.state.phase == "failed" and "disk is full" in run.state.words
    assert all(frame(line) is not None for line in (run.path / "frames.jsonl").read_bytes().splitlines())
    assert not [name for name in listing(run.path) if "." in name[:1]]
    folder.heal()
    assert runs.start(NEW).state.active
    until(lambda: runs.find(NEW).state.phase == "finished")


def test_a_run_is_stopped_without_a_word_in_its_folder_where_none_can_be_written(runs_folder, monkeypatch):
    def refused(_path):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("mmexplore.runs.engines.touch", refused)
    run = started(Count(steps=2000, wait=0.01))
    runs.stop(run)
    until(lambda: not run.state.active)
    assert run.state.phase == "stopped"


def test_what_a_reader_asked_for_is_written_whole_or_not_at_all(folder, fault):
    target = folder.path / "report.html"
    with pytest.raises(BadData, match="cannot be written"):
        write_for_reader(target, lambda part: part.write_bytes(bytes(200_000)))
    assert not target.exists() and not [name for name in listing(folder.path) if name.startswith(".")]


@pytest.mark.parametrize(
    "words",
    [
        ["make", "latent", "--n", "4000", "--out", "{}/x.csv"],
        ["make", "latent", "--n", "4000", "--out", "{}/x.npz"],
        ["pid", "--real", "iris", "--report", "{}/x.html"],
        ["runs", "export", DONE.name(), "--out", "{}/x.zip"],
    ],
)
def test_files_of_the_command_line_on_a_failing_disk(folder, fault, words, capsys):
    status = main([word.format(folder.path) for word in words])
    said = capsys.readouterr()
    assert status == 2 and "cannot be written" in said.err and "Traceback" not in said.err, said
    assert not [name for name in listing(folder.path) if name.startswith((".x", "x."))]


def test_an_answer_that_has_nowhere_to_go_is_a_sentence():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mmexplore", "pid", "--gate", "and"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2 and "could not be written: the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_arrays_for_a_reader_keep_their_name(tmp_path):
    write_for_reader(tmp_path / "x.npz", lambda part: write_npz(part, {"a": np.arange(3)}))
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"] and np.load(tmp_path / "x.npz")["a"].tolist() == [
        0,
        1,
        2,
    ]
