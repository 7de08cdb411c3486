"""The programs of `mmexplore.labs.yourdata.task`: take the rows, fit, keep what every row says; or what every pair of modalities says, or ever more of the rows."""

from __future__ import annotations

from mmexplore.estimators.estimate_pid import estimate_rows
from mmexplore.estimators.learning_curve import learning_of
from mmexplore.estimators.pids import REGISTRY
from mmexplore.labs.yourdata.headline import row_arrays
from mmexplore.labs.yourdata.modalities import Modalities, modalities, unpacked
from mmexplore.labs.yourdata.pair_numbers import every_pair
from mmexplore.labs.yourdata.pair_rows import grouped_rows, unpacked_groups
from mmexplore.labs.yourdata.study import dataset_of
from mmexplore.labs.yourdata.task import Predictive, PredictiveLearning, PredictivePairs
from mmexplore.runs.recorder import Recorder


def run(task: Predictive, recorder: Recorder) -> None:
    """Estimate, and keep the rows for slices."""
    made = _rows(task, recorder)
    estimate = estimate_rows(made.as_rows(), REGISTRY["predictive"], task.settings(), recorder)
    recorder.keep("rows", row_arrays(estimate, made.rows))
    recorder.result(estimate.to_dict() | {"said": list(made.said)})


def run_learning(task: PredictiveLearning, recorder: Recorder) -> None:
    """Estimate on ever more of the rows, and report each number of rows as soon as it is there."""
    curve = learning_of(_rows(task, recorder).as_rows(), task.settings(), recorder)
    recorder.result(curve.to_dict())


def _rows(task: Predictive | PredictiveLearning, recorder: Recorder) -> Modalities:
    if task.own_data:
        return unpacked(recorder.data())
    study = task.study()
    return modalities(study, dataset_of(study))


def run_pairs(task: PredictivePairs, recorder: Recorder) -> None:
    """Decompose every pair, and report each as soon as it is there."""
    if task.own_data:
        made = unpacked_groups(recorder.data())
    else:
        study = task.study()
        made = grouped_rows(study, dataset_of(study))
    done = iter(range(1000))
    pairs = every_pair(made, task.settings(), recorder, lambda pair: recorder.frame(next(done), pair.to_dict()))
    recorder.keep("pairs", pairs.arrays())
    recorder.result(pairs.to_dict())
