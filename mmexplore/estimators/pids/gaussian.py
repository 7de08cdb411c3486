"""Gaussian: the closed form of the covariance, freed of its bias, with a bracket and intervals.

See `mmexplore.estimators.gaussian.estimate`. Right for jointly Gaussian rows at any dimension; for others it sees what covariances
show and nothing else.
"""

from __future__ import annotations

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
    return answer(gaussian_pid_from_samples(rows.x1, rows.x2, rows.y, settings, progress=watcher.progress))


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
