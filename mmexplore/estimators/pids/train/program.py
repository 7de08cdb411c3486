"""The program of `mmexplore.estimators.pids.batch_task` and `mmexplore.estimators.pids.flow_task`: draw or take the rows, train, tell."""

from __future__ import annotations

from typing import Any

from mmexplore.datasets.generators import Truth, generator
from mmexplore.errors import BadData
from mmexplore.estimators.estimate_pid import estimate_rows
from mmexplore.estimators.pids import REGISTRY
from mmexplore.estimators.pids.batch_task import PIDBatch
from mmexplore.estimators.pids.flow_task import PIDFlow
from mmexplore.estimators.pids.rows import Rows, read_rows
from mmexplore.runs.recorder import Recorder


def run(task: PIDBatch | PIDFlow, recorder: Recorder) -> None:
    """Estimate and tell; the truth is told first, so that a page can draw it from the beginning."""
    rows, truth = _rows(task, recorder)
    atoms = truth.atoms
    recorder.result({"truth": None if atoms is None else atoms._asdict(), "truth_is": truth.source})
    estimate = estimate_rows(rows, REGISTRY[task.estimator], task.settings(), recorder)
    for sentence in estimate.warnings:
        recorder.warn(sentence)
    for check in estimate.checks:
        if not check.passed:
            recorder.warn(f"Not converged, {check.name}: {check.words}")
    recorder.result(estimate.to_dict())


def _rows(task: PIDBatch | PIDFlow, recorder: Recorder) -> tuple[Rows, Truth]:
    if task.own_data:
        data: dict[str, Any] = recorder.data()
        missing = [name for name in ("x1", "x2", "y") if name not in data]
        if missing:
            raise BadData(f"your data lack {', '.join(missing)}; allowed: arrays x1, x2 and y")
        return read_rows(data["x1"], data["x2"], data["y"], "label" if task.estimator == "batch" else None), Truth()
    spec = generator(task.data)
    if spec.kind != "pid":
        raise BadData(f"{spec.title} has two views and no target; allowed: generators of two modalities and a target")
    sample = spec.sample()
    return read_rows(sample.x1, sample.x2, sample.y, spec.target), spec.truth()
