"""Where things are computed: the option of the tests, what reaches the processes they start, and the flags of a GPU."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import mmexplore as mm
from mmexplore import runs
from mmexplore.devices import choose_device, on_host, repeatable
from mmexplore.errors import BadSpec, MmexploreError, Unsupported
from mmexplore.runs.count_task import Count
from mmexplore.runs.recorder import Recorder

ROOT = Path(__file__).parents[1]


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process on a machine without a GPU."""
    env = {name: value for name, value in os.environ.items() if name != "MMEXPLORE_DEVICE"}
    env |= {"CUDA_VISIBLE_DEVICES": "", **environment}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
    )


# -- choosing ----------------------------------------------------------------------------------------------------------


def test_the_option_of_the_tests_is_what_is_chosen_here(device):
    assert os.environ["MMEXPLORE_DEVICE"] == device
    assert choose_device() == device


def test_the_option_reaches_the_runs_that_tests_start(device, runs_folder):
    assert runs.train(Count(steps=2, wait=0.0)).state.device == device  # in this process
    run, begun = runs.start(Count(steps=3, wait=0.0)), time.monotonic()  # in another one
    while run.state.phase != "finished":
        assert time.monotonic() - begun < 120
        time.sleep(0.01)
    assert run.state.device == device


def test_tests_on_a_gpu_that_is_not_there_stop_at_once_with_a_sentence():
    run = started("-m", "pytest", "--device", "cuda", "tests/test_spec.py")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--device: device is 'cuda', but no CUDA device is at hand; allowed here: cpu" in run.stderr
    assert "passed" not in run.stdout


def test_tests_know_two_devices():
    run = started("-m", "pytest", "--device", "tpu", "tests/test_spec.py")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "'cpu', 'cuda'" in run.stderr


def test_what_is_not_there_or_not_known_is_refused(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Unsupported, match="no CUDA device is at hand; allowed here: cpu"):
        choose_device("cuda")
    monkeypatch.setenv("MMEXPLORE_DEVICE", "cuda")
    with pytest.raises(Unsupported):
        choose_device()
    assert choose_device("cpu") == "cpu"
    monkeypatch.setenv("MMEXPLORE_DEVICE", "tpu")
    with pytest.raises(BadSpec, match="allowed: cpu, cuda"):
        choose_device()
    monkeypatch.delenv("MMEXPLORE_DEVICE")
    assert choose_device() == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device() == "cuda"


@pytest.mark.parametrize(
    "call",
    [
        lambda x1, x2, y: mm.mutual_information(x1, y, "infonce", device="cpu", folds=1),
        lambda *rows: mm.estimate_pid(*rows, "hybrid", device="cpu", maps="copula", sees="infonce", bootstraps=0),
    ],
    ids=["information", "hybrid"],
)
def test_a_device_asked_for_is_not_the_one_of_the_environment(call, monkeypatch):
    """Every network of one call is on the device that the call names."""
    from mmexplore.estimators.mi.train import estimate
    from mmexplore.training.loop import train

    seen: list[str | None] = []

    def choose(asked: str | None = None) -> str:
        seen.append(asked)
        return "cpu"

    monkeypatch.setattr(estimate, "choose_device", choose)
    monkeypatch.setattr(estimate, "train", lambda learner, watcher, steps, **o: train(learner, watcher, 2, **o))
    call(*np.random.default_rng(0).normal(size=(3, 60, 1)))
    assert seen == ["cpu"]


# -- the flags of a GPU ------------------------------------------------------------------------------------------------


def test_a_gpu_adds_in_a_fixed_order_and_only_where_it_is_asked_to(monkeypatch):
    import torch

    def flags() -> tuple[object, ...]:
        cudnn = torch.backends.cudnn
        return torch.get_deterministic_debug_mode(), cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32

    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    before = flags()
    with repeatable("cpu"):
        assert flags() == before and torch.get_num_threads() == 1
    with pytest.raises(RuntimeError, match="within"), repeatable("cuda"):
        assert flags() == (1, True, False, False) and torch.get_num_threads() == 1
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        raise RuntimeError("within")
    assert flags() == before


def test_the_launcher_asks_nothing_of_cuda_before_it_forks():
    code = """
import torch
for name in ("is_available", "device_count", "init", "_lazy_init", "current_device", "get_device_properties"):
    def called(*args, name=name, real=getattr(torch.cuda, name)):
        print("called", name)
        return real(*args)
    setattr(torch.cuda, name, called)
from mmexplore.runs import launcher
programs = launcher.Programs()
while programs.waiting:
    programs.prepare_next()
print("prepared")
"""
    run = started("-c", code)
    assert run.stdout.split() == ["prepared"], run.stdout + run.stderr


def test_a_full_gpu_is_reported_in_the_words_of_a_full_memory(runs_folder, monkeypatch):
    import torch

    def program(task: Count, recorder: Recorder) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("mmexplore.runs.worker.program_of", lambda task: program)
    with pytest.raises(MmexploreError, match="not enough memory: choose fewer rows"):
        runs.train(Count(steps=4, wait=0.0))


def test_tensors_come_to_numpy_from_anywhere(device):
    import torch

    rows = torch.ones(2, 3, device=device, requires_grad=True)
    assert isinstance(on_host(rows), np.ndarray)
    assert on_host("as it is") == "as it is"
    for x in (rows, rows.detach()):
        np.testing.assert_array_equal(on_host(x), np.ones((2, 3)))
