"""The program of `mmexplore.labs.yourdata.task`: take the rows, fit, keep what every row says."""

from __future__ import annotations

from mmexplore.estimators.estimate_pid import estimate_rows
from mmexplore.estimators.pids import REGISTRY
from mmexplore.labs.yourdata.headline import row_arrays
from mmexplore.labs.yourdata.modalities import modalities, unpacked
from mmexplore.labs.yourdata.study import dataset_of
from mmexplore.labs.yourdata.task import Predictive
from mmexplore.runs.recorder import Recorder


def run(task: Predictive, recorder: Recorder) -> None:
    """Estimate, and keep the rows for slices."""
    if task.own_data:
        made = unpacked(recorder.data())
    else:
        study = task.study()
        made = modalities(study, dataset_of(study))
    estimate = estimate_rows(made.as_rows(), REGISTRY["predictive"], task.settings(), recorder)
    recorder.keep("rows", row_arrays(estimate, made.rows))
    recorder.result(estimate.to_dict() | {"said": list(made.said)})
