"""Launchers come and go: what trains goes on and is taken over, what rests blocks nobody, and no foreign process is ever signalled."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mmexplore import runs
from mmexplore.runs import Run, store
from mmexplore.runs.at_work import FOLDER, Process, entries
from mmexplore.runs.count_task import Count
from mmexplore.runs.engines import LocalEngine
from mmexplore.runs.folder import note_status
from mmexplore.runs.launcher import Launcher, _Worker
from mmexplore.runs.locks import is_locked, locked
from tests.runs.test_runs import pid_of, started, until

LONG = Count(steps=6000, wait=0.01)
QUICK = 15.0  # seconds within which what should happen at once has happened, on a busy machine too


def ended(run):
    until(lambda: not run.state.active)
    return run.state


def stopped(run):
    runs.stop(run)
    return ended(run)


def left(engine):
    """The server of an engine stops; seconds until its launcher has gone."""
    launcher = engine._launcher
    engine.close()
    begun = time.monotonic()
    launcher.wait(QUICK)
    return time.monotonic() - begun


@pytest.fixture
def server(empty_runs_folder):
    """Makes engines, as so many servers on one folder, the last of which answers; all are closed afterwards."""
    made = []

    def make():
        made.append(LocalEngine(empty_runs_folder))
        runs.use(made[-1])
        made[-1].ready()
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def kill_launcher(engine):
    engine._launcher.kill()
    engine._launcher.wait()


def grows(run):
    at = len(run.frames())
    until(lambda: len(run.frames()) > at + 1)


def test_a_killed_launcher_takes_no_run_with_it_and_the_next_one_looks_after_it(server):
    engine = server()
    run = started(LONG)
    worker = pid_of(run)
    kill_launcher(engine)
    grows(run)
    engine.ready()  # as every page asks that shows an active run
    runs.pause(run)
    until(lambda: run.state.phase == "paused")
    assert pid_of(run) == worker
    runs.resume(run)
    grows(run)
    assert stopped(run).phase == "stopped"
    until(lambda: not entries(store.root()))


def test_a_launcher_leaves_at_once_and_the_other_servers_takes_over_what_trains_and_what_rests(server, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_RUNS_AT_ONCE", "2")
    first = server()
    working, resting = started(LONG), started(LONG.replace(seed=1))
    runs.pause(resting)
    until(lambda: resting.state.phase == "paused")
    second = server()
    left(first)
    third = runs.start(Count(steps=2, wait=0.0))  # a paused run holds no place, whoever began it
    assert ended(third).phase == "finished"
    assert working.state.phase == "running" and resting.state.phase == "paused"
    runs.resume(resting)
    grows(resting)
    assert {run.name for run in runs.at_work()} == {working.name, resting.name}
    fourth = runs.start(Count(steps=2, wait=0.0, seed=1))  # both places are taken, by runs of the server that left
    time.sleep(0.5)
    assert fourth.state.phase == "queued"
    assert stopped(working).phase == "stopped"
    assert ended(fourth).phase == "finished"
    stopped(resting)
    assert second._launcher.poll() is None


def test_with_the_last_server_what_rests_ends_with_a_sentence_and_what_trains_comes_to_its_end(server):
    engine = server()
    working, resting = started(Count(steps=400, wait=0.01)), started(LONG)
    runs.pause(resting)
    until(lambda: resting.state.phase == "paused")
    left(engine)
    assert resting.state.phase == "stopped" and "last server left" in resting.state.words
    assert working.state.phase == "running"  # with nobody to look after it
    assert ended(working).phase == "finished" and working.result() == {"count": 400}
    until(lambda: not list((store.root() / FOLDER).iterdir()))


def test_a_restarted_server_shows_and_stops_what_the_old_one_began(server):
    old = server()
    run = started(LONG)
    left(old)
    server()
    assert runs.start(LONG).path == run.path and run.state.phase == "running"
    until(lambda: "Now running" in _queued_words(), QUICK)
    assert stopped(run).phase == "stopped"


def _queued_words():
    from mmexplore.ui.run_panel import progress_words

    waiting = Run(Path("nowhere"))
    return progress_words(waiting, waiting.state.__class__("queued"))


def test_a_run_without_a_launcher_still_hears_stop_and_ends_where_its_folder_goes(server):
    engine = server()
    first, second = started(LONG), started(LONG.replace(seed=1))
    pid = pid_of(second)
    kill_launcher(engine)
    (first.path / "stop").touch()
    assert ended(first).phase == "stopped"
    for file in ("spec.json", "status.json"):
        (second.path / file).unlink()
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_worker_killed_while_nobody_looked_is_said_to_be_gone(server):
    engine = server()
    run = started(LONG)
    pid = pid_of(run)
    kill_launcher(engine)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_locked(run.path / "lock"))
    assert entries(store.root()) and not entries(store.root())[0].alive
    engine.ready()
    until(lambda: not entries(store.root()))
    status = json.loads((run.path / "status.json").read_text())
    assert status["phase"] == "killed" and "run it again" in status["words"]


class Signals(Process):
    """Notes the signals of all processes instead of sending them."""

    sent: list[tuple[int, int]] = []  # noqa: RUF012 (emptied by each test)

    def signal(self, number: int) -> None:
        self.sent.append((self.pid, number))


@pytest.fixture
def bystander(monkeypatch):
    """A process that has nothing to do with runs, and the signals that would have been sent."""
    Signals.sent.clear()
    monkeypatch.setattr("mmexplore.runs.launcher.Process", Signals)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


FORGED = {
    "outside": ("/tmp/{name}", True),
    "root": ("/", True),
    "up": ("{root}/../{name}", True),
    "another name": ("{root}/count-ffffffffffffffff", True),
    "nobody holds it": ("{root}/{name}", False),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_entry_never_has_a_signal_sent(empty_runs_folder, bystander, kind):
    path, held = FORGED[kind]
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    note_status(run.path, "running")
    (run.path / "stop").touch()
    folder = empty_runs_folder / FOLDER
    folder.mkdir()
    entry = folder / run.name
    entry.write_text(json.dumps({"path": path.format(root=empty_runs_folder, name=run.name), "pid": bystander.pid}))
    with locked(entry) if held else contextlib.nullcontext():
        launcher = Launcher(empty_runs_folder)
        for _ in range(3):
            launcher.take_over()
            for worker in launcher.workers.values():
                launcher._grant(worker)
    assert Signals.sent == [] and not launcher.workers and bystander.poll() is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"path": 3, "pid": 4}', '{"pid": 7}', '{"path": "x", "pid": 1e999}', "\0" * 50]
)
def test_a_damaged_entry_is_struck_out(empty_runs_folder, text):
    folder = empty_runs_folder / FOLDER
    folder.mkdir()
    (folder / "count-0000000000000000").write_text(text)
    assert entries(empty_runs_folder) == [] and not list(folder.iterdir())


def test_an_entry_that_is_a_link_or_a_folder_harms_nothing(empty_runs_folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "file"
    outside.write_text("kept")
    folder = empty_runs_folder / FOLDER
    folder.mkdir()
    (folder / "count-0000000000000000").symlink_to(outside)
    (folder / "count-0000000000000001").mkdir()
    assert entries(empty_runs_folder) == [] and outside.read_text() == "kept"


def test_the_queue_is_not_even_looked_at_while_every_place_is_taken(empty_runs_folder, monkeypatch):
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    for k in range(300):
        (queue / f"{k:03d}-count-{k:016x}").write_text(str(empty_runs_folder / f"count-{k:016x}"))
    launcher = Launcher(empty_runs_folder)
    looked = []
    monkeypatch.setattr(launcher, "_take", lambda entry, **_: looked.append(entry))
    monkeypatch.setattr(launcher, "_working", lambda: 100)
    launcher.tick()
    assert looked == []
    monkeypatch.setattr(launcher, "_working", lambda: 0)
    launcher.tick()
    assert len(looked) == 300


def test_one_that_waits_is_stopped_by_whoever_asks_without_a_launcher(empty_runs_folder, monkeypatch):
    monkeypatch.setattr(LocalEngine, "ready", lambda self: None)
    waiting = [runs.start(Count(steps=3, wait=0.0, seed=k)) for k in range(3)]
    runs.stop(waiting[1])
    assert waiting[1].state.phase == "stopped" and "before it began" in waiting[1].state.words
    assert [runs.ahead(run) for run in (waiting[0], waiting[2])] == [0, 1]


def test_a_run_that_is_at_work_is_not_begun_a_second_time(empty_runs_folder):
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    queue = empty_runs_folder / "queue"
    queue.mkdir()
    entry = queue / f"1-{run.name}"
    entry.write_text(str(run.path))
    launcher = Launcher(empty_runs_folder)
    with locked(run.path / "lock"):
        launcher.tick()
    assert not launcher.workers and not entry.exists()


@pytest.mark.parametrize(("asked", "phase"), [("earlier", "queued"), (None, "stopped")])
def test_the_end_of_a_process_is_noted_on_its_own_run_and_not_on_the_one_begun_anew(empty_runs_folder, asked, phase):
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    ended = subprocess.Popen(["true"])
    launcher = Launcher(empty_runs_folder)
    asked = asked or json.loads((run.path / "status.json").read_text())["queued"]
    launcher.workers[ended.pid] = _Worker(run.path, Process(ended.pid), ours=True, asked=asked, stopping=True)
    until(lambda: launcher._bury() or not launcher.workers)
    assert run.state.phase == phase


@pytest.mark.parametrize(("phase", "then"), [("queued", "queued"), ("running", "killed")])
def test_a_process_that_was_killed_is_none_of_the_run_that_was_asked_for_anew(empty_runs_folder, phase, then):
    run, _ = store.prepare(Count(steps=3, wait=0.0))
    note_status(run.path, phase)
    (empty_runs_folder / FOLDER).mkdir()
    (empty_runs_folder / FOLDER / run.name).write_text(json.dumps({"path": str(run.path), "pid": os.getpid()}))
    Launcher(empty_runs_folder).take_over()
    assert run.state.phase == then and json.loads((run.path / "status.json").read_text())["phase"] == then
    assert not entries(empty_runs_folder)


def test_a_launcher_that_cannot_live_is_not_started_again_and_again(empty_runs_folder, monkeypatch):
    monkeypatch.setattr("mmexplore.runs.engines.sys.executable", "/bin/false")
    engine = LocalEngine(empty_runs_folder)
    begun = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: begun.append(1) or popen(*a, **k))
    for _ in range(20):
        engine.ready()
        if engine._launcher is not None:
            engine._launcher.wait()
    assert 3 <= len(begun) <= 5


@pytest.mark.long
@pytest.mark.parametrize("victim", ["worker", "launcher", "server"])
@pytest.mark.parametrize("moment", range(10))
def test_whatever_is_killed_at_whatever_moment_the_run_tells_the_truth_and_can_be_run_again(tmp_path, victim, moment):
    """A whole server in a process of its own; the run ends by itself, or says that its process is gone, and whoever asks again gets it."""
    env = os.environ | {"MMEXPLORE_RUNS": str(tmp_path)}
    program = (
        "import sys, time\nfrom mmexplore import runs\nfrom mmexplore.runs.count_task import Count\n"
        "run = runs.start(Count(steps=300, wait=.01))\nprint(runs.engine()._launcher.pid, flush=True)\ntime.sleep(120)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE, text=True)
    launcher = int(server.stdout.readline())
    run = Run(tmp_path / Count(steps=300, wait=0.01).name())
    time.sleep(0.25 * moment)
    try:
        if victim == "worker":
            until(lambda: entries(tmp_path) or not run.state.active)
            for entry in entries(tmp_path):
                os.kill(entry.pid, signal.SIGKILL)
        else:
            os.kill(launcher if victim == "launcher" else server.pid, signal.SIGKILL)
    finally:
        if victim != "server":
            server.kill()
        server.wait()
    until(lambda: not Path(f"/proc/{launcher}").exists())
    begun = run.state.phase != "queued"
    if begun:
        until(lambda: not run.state.active)
        assert run.state.phase == ("killed" if victim == "worker" and run.state.phase != "finished" else "finished")
    engine = LocalEngine(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMEXPLORE_RUNS", str(tmp_path))
        runs.use(engine)
        try:
            again = runs.start(Count(steps=300, wait=0.01))
            engine.ready()
            until(lambda: again.state.phase == "finished" or (time.sleep(0.1), runs.start(again.task))[0])
            steps = [frame["step"] for frame in again.frames()]
            assert steps == sorted(set(steps)) and again.result() == {"count": 300}
        finally:
            runs.use(None)
            engine.close()
