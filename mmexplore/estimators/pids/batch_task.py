"""Estimate a decomposition of a class label by BATCH, and watch it learn.

What the recorder gets (a contract), everything in bits but what ends in ``_nats``:

    frames, phase 1 (classifiers): i1, i2, i12 on validation rows, loss; phase 2 (alignment): i1, i2, i12, redundancy, unique1,
        unique2, synergy on validation rows, loss (I_q of the batch), residual (total variation of the marginals).
    result(): truth (R, U1, U2, S or None), truth_is (why), then the fields of `mmexplore.estimators.estimate_pid.PIDEstimate.to_dict`.
"""

from __future__ import annotations

from mmexplore.estimators.pids.batch import BatchSettings
from mmexplore.estimators.rows_task import RowsTask
from mmexplore.runs.task import param, task

_OF = BatchSettings.field


@task
class PIDBatch(RowsTask):
    """Train BATCH on rows of a data set."""

    kind = "pid_batch"
    program = "mmexplore.estimators.pids.train.program:run"

    data: str = param("sign-sum", label="Data", help="A generator's text form, or own?id=... for your own rows.")
    hidden: int = _OF("hidden")
    epochs: int = _OF("epochs")
    align_epochs: int = _OF("align_epochs")
    batch: int = _OF("batch")
    rate: float = _OF("rate")
    sinkhorn: int = _OF("sinkhorn")
    union: str = _OF("union")
    level: float = _OF("level")
    seed: int = _OF("seed")

    estimator = "batch"

    def settings(self) -> BatchSettings:
        """The estimator's settings."""
        return BatchSettings(**{p.name: getattr(self, p.name) for p in BatchSettings.parameters()})

    def title(self) -> str:
        """What is run, in words."""
        return f"BATCH on {'your data' if self.own_data else self.data}"
