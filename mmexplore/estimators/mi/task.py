"""Estimate a mutual information by a trained critic, and watch it learn.

What the recorder gets (a contract), everything in bits:

    frames: numbers  training (mean over the batches since the last frame), held_out (rows kept back): means over folds and seeds.
    result(): the fields of `mmexplore.estimators.mi.MutualInformation` and truth (None where it is not known), truth_is (why).
"""

from __future__ import annotations

from mmexplore.estimators.mi import REGISTRY, MISettings
from mmexplore.estimators.mi.infonce import InfoNCESettings
from mmexplore.estimators.mi.mine import MINESettings
from mmexplore.estimators.mi.smile import SMILESettings
from mmexplore.estimators.rows_task import RowsTask
from mmexplore.runs.task import param, task

BETWEEN = ("x1, y", "x2, y", "x1 and x2, y", "x1, x2")
TRAINED = tuple(sorted(name for name, estimator in REGISTRY.items() if estimator.trained))
_ALL = InfoNCESettings.field


@task
class MIRun(RowsTask):
    """Train critics on rows of a data set."""

    kind = "mi"
    program = "mmexplore.estimators.mi.train.program:run"

    data: str = param("gaussian-pair", label="Data", help="A generator's text form, or own?id=... for your own rows.")
    between: str = param("x1, y", label="Between", choices=BETWEEN, help="Which variables.")
    estimator: str = param("infonce", label="Estimator", choices=TRAINED, help="Which bound is trained and read.")
    critic: str = _ALL("critic")
    hidden: int = _ALL("hidden")
    layers: int = _ALL("layers")
    embedding: int = _ALL("embedding")
    batch: int = _ALL("batch")
    steps: int = _ALL("steps")
    rate: float = _ALL("rate")
    folds: int = _ALL("folds")
    held_out_batch: int = _ALL("held_out_batch")
    seeds: int = _ALL("seeds")
    margins: str = _ALL("margins")
    tau: float = SMILESettings.field("tau")
    average: float = MINESettings.field("average")
    level: float = _ALL("level")
    seed: int = _ALL("seed")

    def settings(self) -> MISettings:
        """The estimator's settings."""
        kind = REGISTRY[self.estimator].settings
        return kind(**{p.name: getattr(self, p.name) for p in kind.parameters()})

    def title(self) -> str:
        """What is run, in words."""
        data = "your data" if self.own_data else self.data
        return f"I({self.between.replace(', ', ' ; ')}) of {data} by {REGISTRY[self.estimator].label}"
