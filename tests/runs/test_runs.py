"""Runs through the real mechanism: processes of their own, wishes, accidents, two viewers, eviction."""

from __future__ import annotations

import json
import os
import signal
import time

import numpy as np
import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import BadData, BadSpec, MmexploreError, Unsupported
from mmexplore.runs import Run, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.engines import LocalEngine
from mmexplore.runs.folder import note_status
from mmexplore.runs.recorder import Recorder, Stopped, write_arrays
from mmexplore.runs.task import TASKS, task_from_dict
from mmexplore.runs.worker import execute

LONG = Count(steps=2000, wait=0.01)


def until(condition, seconds=120.0):
    """Wait for something to become true; the seconds it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never happened"
        time.sleep(0.005)
    return time.monotonic() - begun


def started(task):
    run = runs.start(task)
    until(run.frames)
    return run


def pid_of(run):
    return json.loads((run.path / "status.json").read_text())["pid"]


def test_a_run_goes_from_the_queue_to_its_end_and_is_replayed(empty_runs_folder):
    run = runs.start(Count(steps=30, wait=0.0))
    until(lambda: run.state.phase == "finished")
    assert [frame["square"] for frame in run.frames()] == [k * k for k in range(1, 31)]
    assert run.arrays("counted")["steps"].sum() == 465
    assert run.result() == {"count": 30} and run.state.share == 1.0
    again = LocalEngine(empty_runs_folder)  # another server on the same folder
    runs.use(again)
    found = runs.find(Count(steps=30, wait=0.0))
    assert found.state.phase == "finished" and len(found.frames()) == 30
    assert runs.start(Count(steps=30, wait=0.0)).state.phase == "finished"  # at once: nothing is queued
    assert not list((empty_runs_folder / "queue").iterdir())


def test_the_same_task_gives_the_same_numbers_in_another_process(runs_folder):
    task = Count(steps=12, wait=0.0)
    run = runs.start(task)
    until(lambda: run.state.phase == "finished")
    lines = (run.path / "frames.jsonl").read_bytes()
    begun_again = runs.start(task, again=True)
    until(lambda: begun_again.state.phase == "finished")
    assert (begun_again.path / "frames.jsonl").read_bytes() == lines


def test_stop_takes_less_than_a_second_and_keeps_what_is_done(runs_folder):
    run = started(LONG)
    runs.stop(run)
    assert until(lambda: not run.state.active) < 1.0
    assert run.state.phase == "stopped" and run.frames()
    assert runs.start(LONG).state.active  # one that ended early begins anew
    runs.stop(run)
    until(lambda: not run.state.active)


def test_a_run_that_does_not_listen_is_stopped_in_less_than_a_second_too(runs_folder):
    run = runs.start(Count(steps=2, wait=10.0))
    until(lambda: run.state.phase == "running")
    runs.stop(run)
    assert until(lambda: not run.state.active) < 1.0
    assert run.state.phase == "stopped"


def test_pause_rests_and_continue_goes_on_where_it_was(runs_folder):
    run = started(LONG)
    runs.pause(run)
    until(lambda: run.state.phase == "paused")
    at = len(run.frames())
    time.sleep(0.3)
    assert len(run.frames()) == at
    runs.resume(run)
    until(lambda: len(run.frames()) > at)
    assert [frame["step"] for frame in run.frames()][: at + 1] == [20 * k for k in range(1, at + 2)]
    runs.pause(run)
    until(lambda: run.state.phase == "paused")
    runs.stop(run)
    assert until(lambda: not run.state.active) < 1.0


def test_a_killed_process_is_said_and_can_be_run_again(runs_folder):
    run = started(LONG)
    os.kill(pid_of(run), signal.SIGKILL)
    until(lambda: run.state.phase == "killed")
    until(lambda: "signal 9" in run.state.words)
    assert run.frames()
    again = started(LONG)
    assert again.state.phase == "running"
    runs.stop(again)
    until(lambda: not again.state.active)


def test_two_who_ask_for_the_same_run_watch_one(empty_runs_folder):
    first = started(LONG)
    runs.use(LocalEngine(empty_runs_folder))
    second = runs.start(LONG)
    assert second.path == first.path and pid_of(first) == pid_of(second)
    runs.stop(second)
    until(lambda: first.state.phase == "stopped")


def test_the_queue_is_bounded_in_width_and_says_how_many_are_before(empty_runs_folder, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_RUNS_AT_ONCE", "1")
    first = started(LONG)
    waiting = [runs.start(Count(steps=5, wait=0.0, seed=k)) for k in (1, 2, 3)]
    assert [run.state.phase for run in waiting] == ["queued"] * 3
    assert [runs.ahead(run) for run in waiting] == [0, 1, 2]
    runs.stop(waiting[1])
    until(lambda: waiting[1].state.phase == "stopped")
    assert runs.ahead(waiting[2]) == 1
    runs.pause(first)  # its place is free
    until(lambda: waiting[2].state.phase == "finished")
    runs.stop(first)
    until(lambda: not first.state.active)


def test_the_queue_takes_only_so_many(empty_runs_folder, monkeypatch):
    monkeypatch.setattr("mmexplore.runs.engines.MOST_WAITING", 0)
    with pytest.raises(Unsupported, match="waiting already"):
        runs.start(Count())
    assert not runs.find(Count()).exists


def test_a_run_cut_off_between_folder_and_queue_is_queued_again(runs_folder):
    task = Count(steps=3, wait=0.0, seed=9)
    run, new = store.prepare(task)
    assert new and not runs.forgotten(run)  # just now: whoever made it may be about to queue it
    long_ago = time.time() - 60
    os.utime(run.path / "status.json", (long_ago, long_ago))
    assert runs.forgotten(run)
    runs.start(task)
    until(lambda: run.state.phase == "finished")


def test_a_full_disk_is_told_in_a_sentence(runs_folder, monkeypatch):
    task = Count(steps=3, wait=0.0)
    run, _ = store.prepare(task)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mmexplore.runs.recorder.write_arrays", full)
    execute(run.path)
    assert run.state.phase == "failed" and "disk is full" in run.state.words


def test_a_corrupt_folder_is_told_and_never_raises(runs_folder):
    task = Count(steps=3, wait=0.0)
    run = runs.train(task)
    (run.path / "frames.jsonl").write_bytes(b'{"step": 1, "count": 1}\n\x00\xffgarbage\n[1]\n{"step": 3}\n{"step": 4')
    assert [frame["step"] for frame in run.frames()] == [1, 3]
    (run.path / "arrays" / "counted.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(BadData, match="damaged"):
        run.arrays("counted")
    (run.path / "status.json").write_text("{")
    assert run.state.phase == "unreadable"
    (run.path / "spec.json").write_text("{}")
    with pytest.raises(MmexploreError, match="no description"):
        _ = run.task
    assert runs.train(task).state.phase == "finished"  # begun anew


def test_arrays_are_never_unpickled(runs_folder):
    run = runs.train(Count(steps=3, wait=0.0))
    np.savez(run.path / "arrays" / "evil.npz", a=np.array([{}], dtype=object))
    with pytest.raises(BadData, match="damaged"):
        run.arrays("evil")
    with pytest.raises(BadData, match="Python objects"):
        write_arrays(run.path / "x.npz", {"a": np.array([{}], dtype=object)})
    with pytest.raises(BadData, match="no arrays"):
        run.arrays("../spec")


def test_another_version_of_a_method_is_another_run_and_the_old_one_says_so(runs_folder, monkeypatch):
    task = Count(steps=3, wait=0.0)
    old = runs.train(task)
    monkeypatch.setattr(Count, "version", 2)
    assert old.state.outdated
    assert not runs.find(task).exists
    assert runs.train(task).name != old.name


def test_eviction_takes_what_was_not_looked_at_for_longest_and_spares_pins(empty_runs_folder):
    made = []
    for k in range(4):
        run = runs.train(Count(steps=200, wait=0.0, seed=k))
        os.utime(run.path / "status.json", (1000 + k, 1000 + k))
        made.append(run)
    store.pin(made[0], True)
    os.utime(made[1].path / "status.json", (1, 1))
    made[1].look()  # now
    gone = store.evict(most=made[1].size + made[3].size + 100)
    assert gone == [made[2].name]
    assert [run.exists for run in made] == [True, True, False, True]


def test_own_data_stay_in_memory_and_are_listed_to_nobody(runs_folder, monkeypatch):
    monkeypatch.setattr(Count, "own_data", True)
    task = Count(steps=3, wait=0.0, seed=77)
    with pytest.raises(BadData, match="choose your file again"):
        runs.start(task)
    run = runs.start(task, {"x1": np.arange(5.0)})
    until(lambda: run.state.phase == "finished")
    assert run.path.is_relative_to("/dev/shm") and run.path.stat().st_mode & 0o077 == 0
    assert Recorder(run.path).data()["x1"].tolist() == [0, 1, 2, 3, 4]
    assert run.name not in [one.name for one in store.all_runs()]
    assert b"data.npz" not in run.archive()
    monkeypatch.setattr(store, "MOST_OWN_BYTES", 10)
    with pytest.raises(BadData, match="allowed"):
        runs.start(task, {"x1": np.arange(5.0)}, again=True)


def test_delete_spares_what_runs(runs_folder):
    run = started(LONG)
    with pytest.raises(Unsupported, match="stop it first"):
        store.delete(run)
    runs.stop(run)
    until(lambda: not run.state.active)
    store.delete(run)
    assert not run.exists and run.state.phase == "absent"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([], "no description"),
        ({"kind": "nonesuch"}, "not known"),
        ({"kind": "count", "values": {"stepz": 3}}, "stepz"),
        ({"kind": "count", "values": {"steps": 0}}, "allowed: whole numbers 1"),
        ({"kind": "count", "values": 3}, "no mapping"),
        ({"kind": "count", "program": "os:system"}, "unknown field 'program'"),
    ],
)
def test_a_description_from_elsewhere_is_read_with_care(told, words):
    with pytest.raises(BadSpec, match=words):
        task_from_dict(told)


@pytest.mark.parametrize("kind", TASKS.names())
def test_every_task_is_told_and_read_back_exactly(kind):
    task = TASKS[kind]()
    assert task_from_dict(json.loads(json.dumps(task.to_dict()))) == task
    assert task.title() and task.name().startswith(f"{kind}-")


def test_a_recorder_in_memory_makes_plain_numbers_and_can_stop():
    recorder = Recorder.in_memory()
    recorder.frame(1, {"a": np.float32(0.5), "b": np.nan, "c": np.arange(2)}, {"z": np.ones(3)})
    assert recorder.frames == [{"step": 1, "a": 0.5, "b": None, "c": [0, 1], "arrays": recorder.frames[0]["arrays"]}]
    with pytest.raises(BadData, match="allowed: letters"):
        recorder.keep("../up", {})
    with pytest.raises(Stopped):
        Recorder.in_memory(stop=lambda: True).progress(0.5, "half")


def test_a_run_whose_process_is_gone_without_a_word_is_not_running(runs_folder):
    run, _ = store.prepare(Count())
    note_status(run.path, "running", started=time.time())
    assert Run(run.path).state.phase == "killed"


def test_the_command_line_runs_lists_shows_exports_and_deletes(empty_runs_folder, tmp_path, capsys):
    def command(*words):
        status = main(words)
        return status, *capsys.readouterr()

    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(Count(steps=4, wait=0.0).to_dict()))
    status, said, errors = command("train", str(spec), "--json")
    assert status == 0, errors
    name = json.loads(said)["run"]
    assert json.loads(said)["result"] == {"count": 4}
    listed = json.loads(command("runs", "--json")[1])
    assert [run["run"] for run in listed if not run["shipped"]] == [name]
    assert len(json.loads(command("runs", "show", name, "--json")[1])["frames"]) == 4
    out = tmp_path / "run.zip"
    assert command("runs", "export", name, "--out", str(out))[0] == 0 and out.stat().st_size > 200
    assert command("runs", "delete", name)[0] == 0
    status, _, errors = command("train", "count", "steps=many")
    assert status == 2 and "steps" in errors and "Traceback" not in errors


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unsupported, match="MMEXPLORE_RUNS"):
        LocalEngine(tmp_path / "file" / "runs").ready()


def test_programs_run_on_one_thread_so_that_the_same_spec_gives_the_same_numbers(runs_folder, monkeypatch):
    import threadpoolctl
    import torch

    seen = []

    def program(task, recorder):
        seen.append({torch.get_num_threads(), *(pool["num_threads"] for pool in threadpoolctl.threadpool_info())})

    monkeypatch.setattr("mmexplore.runs.worker.program_of", lambda task: program)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        runs.train(Count(steps=3, wait=0.0, seed=123))
        assert seen == [{1}] and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
