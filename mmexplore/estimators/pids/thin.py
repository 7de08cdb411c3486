"""Thin-PID, as a teaching view: the published iteration on the sample covariance, beside the closed form it looks for.

See `mmexplore.info.gaussian.thin`. No bias correction and no intervals; the check compares its last value with the exact one, which
the iteration by itself cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.gaussian.checks import as_rows, sample_warnings
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.gaussian import INSTEAD
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.watching import Watcher
from mmexplore.info.gaussian import gaussian_pid, thin_pid
from mmexplore.spec import Spec, param
from mmexplore.types import Atoms

FRAMES = 100


@dataclass(frozen=True)
class ThinSettings(Spec):
    """How far it walks."""

    steps: int = param(1000, label="Steps", low=1, high=100_000, step=100, help="At most so many steps of Rprop.")


@estimator(
    "thin",
    label="Thin-PID",
    summary="The published iteration toward the Gaussian union information, drawn beside the exact answer.",
    assumes="x1, x2 and y are jointly Gaussian; no combination of the target is told equally by both.",
    fails="As Gaussian; besides, where channels tie its objective is singular: rounding decides whether it comes to rest and where, up to bits away.",
    reference="Zhao et al. 2025, arXiv 2510.04417",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=ThinSettings,
)
def thin(rows: Rows, settings: ThinSettings, watcher: Watcher) -> Answer:
    """Walk from the sample covariance."""
    standard, dims = as_rows(rows.x1, rows.x2, rows.y)
    covariance = standard.T @ standard / (len(standard) - 1)
    exact = gaussian_pid(covariance, *dims)
    path = thin_pid(covariance, *dims, steps=settings.steps)
    steps = len(path.union) - 1
    for i in np.unique(np.linspace(0, steps, min(FRAMES, steps) + 1).astype(int)):
        union = float(path.union[i])
        numbers = {"union": union, "exact": path.exact, "norm": float(path.norm[i])}
        atoms = Atoms.of(exact.i1, exact.i2, exact.i12, union)._asdict()
        watcher.frame(int(i), numbers | {name: float(v) for name, v in atoms.items()})
    away = float(path.error[-1])
    return Answer(
        i1=float(exact.i1),
        i2=float(exact.i2),
        i12=float(exact.i12),
        union=float(path.union[-1]),
        checks=(
            Check(
                "converged",
                path.stopped,
                f"{'It came to rest by its own rule' if path.stopped else 'It had not come to rest'} after {steps:,} steps.",
            ),
            Check(
                "exact line",
                path.converged,
                f"Its last union information is {away:+.2g} bit from the closed form (1e-4 allowed).",
            ),
        ),
        warnings=(
            "Plug-in: the sample covariance is taken for the truth; informations lean up where rows are few.",
            *([exact.limit] if exact.limit else []),
            *(
                w
                for w in sample_warnings(standard, dims, np.asarray(rows.y, dtype=np.float64).reshape(rows.n, -1))
                if not (exact.limit and w.startswith("Nearly singular"))
            ),
        ),
        details={"exact_union": path.exact, "error": away},
        iterations=steps,
    )
