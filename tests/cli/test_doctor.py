"""`doctor`: what is missing is found and comes with what to do; what is there is left alone."""

from __future__ import annotations

import json
import resource
import shutil
import socket
from types import SimpleNamespace

import pytest

from mmexplore.cli import doctor, main
from mmexplore.runs import store


@pytest.fixture(autouse=True)
def _runs_of_its_own(empty_runs_folder):
    """Nothing of the tester's own is looked at."""


def states():
    return {check.name: check for check in doctor.examine()}


def test_a_machine_that_runs_these_tests_is_well(capsys):
    assert main(["doctor", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert {
        "python",
        "dashboard",
        "training",
        "device",
        "folder",
        "space",
        "memory",
        "own data",
        "open files",
        "port",
    } == {check["name"] for check in checks}
    assert all(check["advice"] for check in checks if check["state"] != "ok" and "not looked for" not in check["text"])


def test_it_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_RUNS", str(tmp_path / "not" / "yet"))
    assert states()["folder"].state == "ok"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_none_is_bad_and_ends_with_status_1(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("MMEXPLORE_RUNS", str(tmp_path / "file" / "runs"))
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "bad   folder" in shown and "MMEXPLORE_RUNS=/path/to/folder" in " ".join(shown.split())


def test_a_taken_port_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check = doctor.address(port)
    assert check.state == "bad" and str(port) in check.text and "--port" in check.advice
    assert doctor.address(0).state == "bad"


def test_a_device_that_is_not_there_is_bad(monkeypatch):
    monkeypatch.setenv("MMEXPLORE_DEVICE", "tpu")
    check = doctor.device()
    assert check.state == "bad" and "'tpu'" in check.text and "MMEXPLORE_DEVICE" in check.advice


@pytest.mark.parametrize(
    ("package", "name", "state"), [("torch", "training", "poor"), ("streamlit", "dashboard", "bad")]
)
def test_a_missing_package_is_named_with_its_command(package, name, state, monkeypatch):
    real = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda asked: None if asked == package else real(asked))
    check = states()[name]
    assert check.state == state and package in check.text and check.advice.startswith("pip install 'mmexplore[")


@pytest.mark.parametrize(("free", "state"), [(10**7, "bad"), (10**9, "poor"), (10**10, "ok")])
def test_little_space_is_said_in_steps(free, state, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=free))
    check = doctor.space()
    assert check.state == state and bool(check.advice) == (state != "ok")
    monkeypatch.setattr(doctor, "_free_memory", lambda: free)
    assert doctor.memory().state == state


def test_few_open_files_are_counted_in_visitors(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 4096))
    assert doctor.files().state == "ok"  # the server raises its limit
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 256))
    check = doctor.files()
    assert check.state == "poor" and "51 visitors at the same time" in check.text and "ulimit -Hn" in check.advice
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 256))
    assert "Ask who" in doctor.files().advice


def test_without_a_file_system_in_memory_the_rest_works(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MEMORY", tmp_path / "none")
    check = doctor.own_data()
    assert check.state == "poor" and "everything else works" in check.text
