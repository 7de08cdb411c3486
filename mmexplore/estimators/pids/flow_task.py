"""Estimate a decomposition of a number or a vector by Flow-PID or the hybrid, and watch the flows learn.

What the recorder gets (a contract), everything in bits but what ends in ``_nats``:

    frames: fold (from 1), validation_nats, loss_nats (mean over the batches since the last frame), and of the validation rows' latents,
        plug-in: i1, i2, i12, redundancy, unique1, unique2, synergy (closed form of the covariance, also in the hybrid's run).
    result(): truth (R, U1, U2, S or None), truth_is (why), then the fields of `mmexplore.estimators.estimate_pid.PIDEstimate.to_dict`.
"""

from __future__ import annotations

from mmexplore.estimators.pids.flow import FlowSettings
from mmexplore.estimators.pids.hybrid import HybridSettings
from mmexplore.estimators.rows_task import RowsTask
from mmexplore.runs.task import param, task

_OF = HybridSettings.field


@task
class PIDFlow(RowsTask):
    """Train flows on rows of a data set."""

    kind = "pid_flow"
    program = "mmexplore.estimators.pids.train.program:run"

    data: str = param(
        "warped?warp=wave", label="Data", help="A generator's text form, or own?id=... for your own rows."
    )
    estimator: str = param(
        "hybrid",
        label="Estimator",
        choices=("flow", "hybrid"),
        help="Hybrid: the same flows, and an I12 that sees hidden synergy.",
    )
    transforms: int = _OF("transforms")
    hidden: int = _OF("hidden")
    bins: int = _OF("bins")
    steps: int = _OF("steps")
    batch: int = _OF("batch")
    rate: float = _OF("rate")
    folds: int = _OF("folds")
    margins: bool = _OF("margins")
    maps: str = _OF("maps")
    sees: str = _OF("sees")
    neighbours: int = _OF("neighbours")
    surrogates: int = _OF("surrogates")
    bootstraps: int = _OF("bootstraps")
    level: float = _OF("level")
    seed: int = _OF("seed")

    def settings(self) -> FlowSettings:
        """The estimator's settings."""
        kind = HybridSettings if self.estimator == "hybrid" else FlowSettings
        return kind(**{p.name: getattr(self, p.name) for p in kind.parameters()})

    def title(self) -> str:
        """What is run, in words."""
        name = "Hybrid" if self.estimator == "hybrid" else "Flow-PID"
        return f"{name} on {'your data' if self.own_data else self.data}"
