"""The program of `mmexplore.estimators.mi.task`: draw or take the rows, train, tell."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from mmexplore.datasets.generators import generator
from mmexplore.errors import BadData
from mmexplore.estimators.mi import REGISTRY, assemble
from mmexplore.estimators.mi.task import MIRun
from mmexplore.estimators.mi.train.estimate import estimate
from mmexplore.estimators.mi.variables import as_pair
from mmexplore.runs.recorder import Recorder


def run(task: MIRun, recorder: Recorder) -> None:
    """Estimate and tell; frames are `estimate`'s."""
    start = time.perf_counter()
    (x1, x2, y), truth, why = _rows(task, recorder)
    x: Any = x1
    other: Any = y
    if task.between == "x2, y":
        x = x2
    elif task.between == "x1 and x2, y":
        x = np.concatenate([_columns(x1), _columns(x2)], axis=1)
    elif task.between == "x1, x2":
        other = x2
    declared, settings = REGISTRY[task.estimator], task.settings()
    pair = as_pair(x, other)
    estimated = estimate(task.estimator, pair, settings, recorder, recorder.device)  # type: ignore[arg-type]
    answer = assemble(declared, settings, pair, estimated, False, time.perf_counter() - start)
    for sentence in answer.warnings:
        recorder.warn(sentence)
    recorder.result(answer.to_dict() | {"truth": truth, "truth_is": why})


def _rows(task: MIRun, recorder: Recorder) -> tuple[tuple[Any, Any, Any], float | None, str]:
    """x1, x2, y, the true information where it is known, and why."""
    if task.own_data:
        data = recorder.data()
        missing = [name for name in ("x1", "x2", "y") if name not in data]
        if missing:
            raise BadData(f"your data lack {', '.join(missing)}; allowed: arrays x1, x2 and y")
        return (data["x1"], data["x2"], data["y"]), None, ""
    spec = generator(task.data)
    truth = spec.truth()
    known = {"x1, y": truth.i1, "x2, y": truth.i2, "x1 and x2, y": truth.i12}
    if spec.kind == "mi":  # y is x2: the information between the views stands in i1, and the others are infinite
        known = {"x1, y": truth.i1, "x1, x2": truth.i1}
        if task.between not in known:
            raise BadData(
                f"{spec.title}: y is x2 itself, so the information between {task.between} is infinite; allowed: x1, y"
            )
    value = known.get(task.between)
    sample = spec.sample()
    return (sample.x1, sample.x2, sample.y), value, truth.source if value is not None else ""


def _columns(x: Any) -> np.ndarray:
    array = np.asarray(x)
    return array[:, None] if array.ndim == 1 else array
