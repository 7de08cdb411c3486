"""Damaged entries of the queue: the others are run all the same, what is bad is put aside and said, and nothing else is run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.runs import Run, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.launcher import Launcher
from tests.labs.pages import open_lab, press, words

NAME = "count-" + "0" * 16


def until(condition, seconds=60.0):
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never happened"
        time.sleep(0.02)


class Dry(Launcher):
    """A launcher that notes what it would run."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.began = float("inf")  # nothing is imported meanwhile
        self.forked: list[Path] = []

    def _fork(self, path: Path) -> None:
        self.forked.append(path)


def folder(entry: Path, root: Path) -> None:
    entry.mkdir()


def pipe(entry: Path, root: Path) -> None:
    os.mkfifo(entry)


def itself(entry: Path, root: Path) -> None:
    entry.symlink_to(entry)


def of_another(entry: Path, root: Path) -> None:
    entry.write_text(str(root / ("count-" + "1" * 16)))


def linked(entry: Path, root: Path) -> None:
    """A run's folder that is a link to a folder elsewhere."""
    outside = root.parent / f"outside-{root.name}"
    outside.mkdir(exist_ok=True)
    (root / NAME).symlink_to(outside)
    entry.write_text(str(root / NAME))


def text(content: str | bytes):
    def write(entry: Path, root: Path) -> None:
        entry.write_bytes(content if isinstance(content, bytes) else content.replace("ROOT", str(root)).encode())

    return write


BAD = {
    "empty": text(""),
    "dot": text("."),
    "relative": text(NAME),
    "program": text(str(Path(runs.__file__).parents[1])),
    "elsewhere": text(f"/tmp/{NAME}"),
    "up": text(f"ROOT/../{NAME}"),
    "root": text("/"),
    "root-of-runs": text("ROOT"),
    "queue": text("ROOT/queue"),
    "binary": text(bytes(range(256))),
    "zero": text(f"ROOT/{NAME}\0"),
    "lines": text(f"ROOT/{NAME}\n"),
    "long": text("x" * 100_000),
    "huge": text("x" * 2_000_000),
    "memory-of-another": text(f"/dev/shm/other/{NAME}"),
    "folder": folder,
    "pipe": pipe,
    "link-to-itself": itself,
    "another-run": of_another,
    "linked-run": linked,
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_entry_is_put_aside_and_the_next_one_is_run(empty_runs_folder, kind, monkeypatch):
    monkeypatch.chdir(empty_runs_folder.parent)
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    BAD[kind](queue / f"1-{NAME}", empty_runs_folder)
    (queue / f"2-{run.name}").write_text(str(run.path))
    launcher = Dry(empty_runs_folder)
    for _ in range(2):
        launcher.tick()
    assert launcher.forked == [run.path]
    assert not list(queue.iterdir())
    assert store.put_aside() == [NAME] and run.state.phase == "queued"


def test_what_cannot_even_be_moved_does_not_stop_the_others(empty_runs_folder, monkeypatch):
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    (empty_runs_folder / store.ASIDE).write_text("no folder")
    (queue / f"1-{NAME}").write_text("")
    (queue / f"2-{run.name}").write_text(str(run.path))
    launcher = Dry(empty_runs_folder)
    for _ in range(3):
        launcher.tick()
    assert launcher.forked == [run.path]


def test_a_run_whose_status_cannot_be_written_does_not_stop_the_others(empty_runs_folder):
    broken, _ = store.prepare(Count(steps=2, wait=0.0))
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    (broken.path / "status.json").unlink()
    (broken.path / "status.json").mkdir()
    (broken.path / "stop").touch()
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    for k, one in enumerate((broken, run), start=1):
        (queue / f"{k}-{one.name}").write_text(str(one.path))
    launcher = Dry(empty_runs_folder)
    launcher.tick()
    assert launcher.forked == [run.path]


def test_the_real_launcher_goes_on_and_the_page_and_the_command_line_say_what_was_put_aside(empty_runs_folder, capsys):
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    (queue / f"1-{NAME}").write_text("")
    (queue / f"2-{NAME}").mkdir()
    run = runs.start(Count(steps=3, wait=0.0))
    until(lambda: run.state.phase == "finished")
    assert not list(queue.iterdir())
    assert NAME in (empty_runs_folder / "launcher.log").read_text()
    assert main(["runs"]) == 0 and NAME in capsys.readouterr().err
    app = open_lab("runs")
    assert not app.exception and NAME in words(app).replace("\\", "")
    press(app, "Dismiss")
    assert NAME not in words(app).replace("\\", "") and store.put_aside() == []


def test_a_run_that_nobody_will_run_any_more_can_be_stopped_and_deleted(empty_runs_folder):
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    os.utime(run.path / "status.json", (1e9, 1e9))
    app = open_lab("runs", looked=run.name)
    press(app, "Stop")
    assert run.state.phase == "stopped"
    press(app.run(), "Delete")
    assert not run.here and not app.exception


def test_a_run_of_ones_own_data_in_memory_is_still_run(empty_runs_folder, monkeypatch):
    monkeypatch.setattr(Count, "own_data", True)
    run, _ = store.prepare(Count(steps=3, wait=0.0), {})
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    (queue / f"1-{run.name}").write_text(str(run.path))
    launcher = Dry(empty_runs_folder)
    launcher.tick()
    assert launcher.forked == [run.path] and store.put_aside() == []
    note_status(run.path, "stopped")
    store.delete(Run(run.path))
