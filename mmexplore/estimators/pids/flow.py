"""Flow-PID: invertible maps make each pair (target, modality) jointly Gaussian, then the closed form of the latents.

See `mmexplore.estimators.pids.train.flow` for the training and what differs from the published one: normal scores first, spline flows, and every
row's latents from flows that have not seen it. The closed form gets the treatment of few rows that `gaussian` gives.

Blind by derivation: only the pairs are made Gaussian, so I(X1,X2;Y) is read off a covariance. For y = |n| sign(x1 x2) every pair is
Gaussian already and independent: the answer is S = 0, where the truth is 1 bit. `hybrid` repairs that.

Zhao, Zhao, Cheung, Liang & Mei 2025 (arXiv 2510.04417).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from mmexplore.errors import BadData
from mmexplore.estimators.gaussian import GaussianSettings
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.gaussian import INSTEAD
from mmexplore.estimators.pids.latents import CURVED, Blocks, Joined, join
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import Spec, param

REST = 0.02  # nats of validation loss over the last quarter
FEWEST_UPDATES = 60  # in fewer the learning rate falls before the loss can
FEWEST_ROWS = 100


@dataclass(frozen=True)
class FlowSettings(Spec):
    """How long and how wide."""

    transforms: int = param(3, label="Transforms", low=1, high=10, step=1, help="Spline layers of each flow.")
    hidden: int = param(64, label="Width", low=4, high=512, step=4, help="Of the two hidden layers of each transform.")
    bins: int = param(8, label="Knots", low=3, high=32, step=1, help="Of each spline.")
    steps: int = param(
        500, label="Steps", low=10, high=20_000, step=50, help="At most, for each fold; stopped earlier once converged."
    )
    batch: int = param(512, label="Batch", low=32, high=8192, step=32, help="Rows of a step.")
    rate: float = param(
        2e-3, label="Learning rate", low=1e-5, high=0.1, step=1e-4, help="Of Adam, falling as a cosine."
    )
    folds: int = param(
        2,
        label="Folds",
        low=1,
        high=10,
        step=1,
        help="Flows trained on all folds but one map that one; 1: on 70 % map the rest.",
    )
    margins: bool = param(
        True, label="Normal scores first", help="Map each column by its ranks before the flows; else standardise it."
    )
    bootstraps: int = GaussianSettings.field("bootstraps")
    level: float = GaussianSettings.field("level")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of folds, weights, batches and bootstraps.")

    def seconds(self, n: int, dims: tuple[int, int, int]) -> float:
        """As `Task.seconds`, of n rows; `dims`: columns of x1, x2 and y. Nothing is trained for scalars; the rest may stop early."""
        rows = n * (1.0 - 1.0 / self.folds if self.folds > 1 else 0.7) * 0.85
        wide = max(0.4, 1.35 * self.hidden / 64 - 0.35)
        layers = [4e-4 + 4.5e-7 * min(self.batch, rows) * d * wide for d in dims if d > 1]
        return 0.3 + 0.9 * self.folds * self.steps * self.transforms * sum(layers)


@estimator(
    "flow",
    label="Flow-PID",
    summary="Normalising flows make each modality and the target jointly Gaussian; then the exact closed form of the latents.",
    assumes="Invertible maps of x1, x2 and y exist after which each pair is jointly Gaussian, and both modalities together are, too.",
    fails="Synergy that no pair shows (y = |n| sign(x1 x2): it says 0, the truth is 1 bit); pairs no map makes Gaussian; few rows; many curved columns, of which a part stays curved and is lost though training has converged.",
    reference="Zhao et al. 2025, arXiv 2510.04417",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=FlowSettings,
    trains=True,
)
def flow(rows: Rows, settings: FlowSettings, watcher: Watcher) -> Answer:
    """Train, map, decompose."""
    found, joined = mapped(rows, settings, watcher)
    return Answer(
        i1=joined.i1,
        i2=joined.i2,
        i12=joined.i12,
        union=joined.union,
        intervals=joined.intervals,
        checks=checks(found, joined),
        warnings=joined.warnings,
        details=details(found, joined),
        iterations=settings.steps,
    )


def mapped(rows: Rows, settings: Any, watcher: Watcher) -> tuple[Any, Joined]:
    """Flows of all folds, and the decomposition of their latents."""
    if rows.n < FEWEST_ROWS:
        raise BadData(f"{rows.n} rows; flows train, stop and map different ones: allowed: at least {FEWEST_ROWS}")
    learn = importlib.import_module("mmexplore.estimators.pids.train.flow")
    names = ("transforms", "hidden", "bins", "steps", "batch", "rate", "folds", "margins", "seed")
    found = learn.fit(rows.blocks(), learn.Plan(**{name: getattr(settings, name) for name in names}), watcher)
    return found, join(latents(found), gaussian_settings(settings))


def latents(found: Any) -> list[Blocks]:
    """Latents of every fold."""
    return [(fold.z1, fold.z2, fold.zy) for fold in found.folds]


def gaussian_settings(settings: Any) -> GaussianSettings:
    """How the latents are decomposed."""
    return GaussianSettings(bootstraps=settings.bootstraps, level=settings.level, seed=settings.seed)


def checks(found: Any, joined: Joined) -> tuple[Check, ...]:
    """Whether the flows came to rest, and whether their pairs are Gaussian."""
    rest = max(fold.rest for fold in found.folds)
    updates = min((fold.updates for fold in found.folds if fold.updates is not None), default=None)
    resting = rest < REST and (updates is None or updates >= FEWEST_UPDATES)
    trained = "nothing is trained for scalars" if updates is None else f"{updates:,} updates"
    return (
        Check(
            "flows converged",
            resting,
            f"Validation loss fell by {max(rest, 0.0):.3f} nats over the last quarter of the training, {trained} (allowed: {REST:g}, and at least "
            f"{FEWEST_UPDATES} updates)" + ("." if resting else ": train for more steps."),
        ),
        Check(
            "pairs Gaussian",
            joined.kurtosis < CURVED,
            f"Mardia's kurtosis of each modality's latents with the target's differs from a Gaussian's by up to {joined.kurtosis:.1%} on unseen rows (allowed: {CURVED:.0%}).",
        ),
    )


def details(found: Any, joined: Joined) -> dict[str, float]:
    """Losses of the folds."""
    return {
        "validation_nats": sum(fold.loss for fold in found.folds) / len(found.folds),
        "apart_nats": max(fold.apart for fold in found.folds),
        "kurtosis": joined.kurtosis,
    }
