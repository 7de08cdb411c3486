"""Gaussian: the closed form of the covariance, freed of its bias, with a bracket and intervals.

See `mmexplore.estimators.gaussian.estimate`. Right for jointly Gaussian rows at any dimension; for others it sees what covariances
show and nothing else.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from mmexplore.estimators.beyond import beyond_gaussian, outside
from mmexplore.estimators.gaussian import GaussianEstimate, GaussianSettings, gaussian_pid_from_samples
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.watching import Watcher

INSTEAD = 'Class labels go to "predictive" (classifiers), "batch" (networks) or "binned"'


@estimator(
    "gaussian",
    label="Gaussian",
    summary="The exact closed form of the covariance, corrected for few rows, with intervals.",
    assumes="x1, x2 and y are jointly Gaussian.",
    fails="Anything that covariances do not show is left out: curved relations, products of both modalities, heavy tails.",
    reference="closed form; Wishart corrections",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=GaussianSettings,
)
def gaussian(rows: Rows, settings: GaussianSettings, watcher: Watcher) -> Answer:
    """`gaussian_pid_from_samples`."""
    found = answer(gaussian_pid_from_samples(rows.x1, rows.x2, rows.y, settings, progress=watcher.progress))
    return within_assumption(found, rows, settings.seed)


def within_assumption(found: Answer, rows: Rows, seed: int) -> Answer:
    """The answer without intervals, and with a sentence, where a pair or both modalities together depend on y as no Gaussian does."""
    x1, x2, y = rows.blocks()
    both = np.concatenate([x1, x2], axis=1)
    for name, x in (("x1", x1), ("x2", x2), ("both together", both)):
        beyond = beyond_gaussian(x, y, seed)
        if beyond:
            sentence = outside(
                f"{name} and y: {beyond}", "'hybrid' adds what neighbours see, 'predictive' reads classes of y"
            )
            return dataclasses.replace(found, intervals={}, warnings=(sentence, *found.warnings))
    return found


def answer(found: GaussianEstimate) -> Answer:
    """A Gaussian estimate as the four numbers."""
    value, plugin = found.value, found.plugin
    gap = float(plugin.gap)
    return Answer(
        i1=value.i1,
        i2=value.i2,
        i12=value.i12,
        union=value.union,
        intervals=found.intervals,
        checks=(
            Check(
                "closed form",
                bool(plugin.converged),
                f"The closed form's own bounds agree to {gap:.1e} bit, rounding about {float(plugin.accuracy):.1e}.",
            ),
        ),
        warnings=found.warnings,
        details={"ties": float(found.ties.sum()), "plugin_union": float(plugin.union)},
    )
