"""Whatever computes with torch runs on a device that is not the CPU; see `tests.other_device` for what that proves and what not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmexplore.runs.task import TASKS
from tests.on_other_device import SMALL, checks

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def errors() -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.on_other_device"],
        cwd=Path(__file__).parents[1],
        env={**os.environ, **ONE_THREAD, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.stdout, run.stderr[-2000:]
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", checks())
def test_everything_runs_on_another_device_than_the_cpu(name, errors):
    assert not errors[name], errors[name]


def test_every_kind_of_run_is_among_them():
    without_tensors = {
        "count",
        "predictive",
        "predictive-pairs",
        "predictive-learning",
    }  # counting, and classifiers of scikit-learn
    assert set(SMALL) == set(TASKS.names()) - without_tensors
