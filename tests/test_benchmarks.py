"""The command lines of the benchmarks: each takes `--device`, says where it ran, and refuses a GPU that is not there."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.__main__ import main as several
from benchmarks.options import machine
from benchmarks.timing import repeat

ROOT = Path(__file__).parents[1]
SHARED = {"__main__", "options", "peers", "serving", "shipped", "timing"}


def test_every_benchmark_is_known_by_its_name():
    assert {path.stem for path in ROOT.glob("benchmarks/*.py")} - SHARED == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_tells_its_options(name, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        importlib.import_module(f"benchmarks.{name}").main()
    assert end.value.code == 0
    assert "--device {cpu,cuda}" in capsys.readouterr().out


def test_a_benchmark_on_a_gpu_that_is_not_there_stops_at_once_with_a_sentence():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "gaussian", "--device", "cuda"],
        cwd=ROOT,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert "device is 'cuda', but no CUDA device is at hand; allowed here: cpu" in run.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [(["brojas"], "no benchmark; allowed: bottleneck, broja"), (["knob", "pids", "--quick"], "--quick")],
)
def test_what_cannot_be_run_is_refused(words, said, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
    with pytest.raises(SystemExit):
        several()
    assert said in capsys.readouterr().err


def test_the_machine_is_named_and_times_are_taken(device):
    assert f"device {device}" in machine(device)
    times = repeat(lambda i: i * i, 3, device=device)
    assert len(times.seconds) == 3 and times.last == 4
