"""The Gaussian decomposition of latents, fold by fold, and the information that their covariance does not show.

    missed(x ; y) = KSG(x ; y) - mean KSG of Gaussian rows with the same covariance and as many of them

Neighbour estimates are biased where information or dimension is large; Gaussian rows of the same covariance suffer the same bias, so
that the difference keeps what goes beyond the covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.gaussian import GaussianEstimate, GaussianSettings, gaussian_pid_from_samples
from mmexplore.estimators.mi.ksg import neighbours
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.resampling import stream
from mmexplore.info.gaussian.singular import spanning_columns

Blocks = tuple[np.ndarray, np.ndarray, np.ndarray]
CURVED = 0.2  # relative excess of Mardia's kurtosis


@dataclass(frozen=True)
class Joined:
    """Mean over folds, in bits.

    Attributes:
        i1, i2, i12, union: of the closed forms.
        intervals: means of the folds' ends, which is wide for a mean.
        warnings: those of any fold.
        kurtosis: largest relative excess of Mardia's kurtosis of (z1, zy) and (z2, zy) over a Gaussian's.
    """

    i1: float
    i2: float
    i12: float
    union: float
    intervals: dict[str, Interval]
    warnings: tuple[str, ...]
    kurtosis: float


def join(folds: Sequence[Blocks], settings: GaussianSettings) -> Joined:
    """Decompose each fold's latents and average."""
    found: list[GaussianEstimate] = [gaussian_pid_from_samples(*fold, settings) for fold in folds]
    means = {name: float(np.mean([getattr(e.value, name) for e in found])) for name in ("i1", "i2", "i12", "union")}
    names = found[0].intervals
    intervals = {
        name: Interval(*(float(np.mean([e.intervals[name][end] for e in found])) for end in (0, 1)))
        for name in names
        if all(name in e.intervals for e in found)
    }
    warnings = tuple(dict.fromkeys(w for e in found for w in e.warnings))
    return Joined(**means, intervals=intervals, warnings=warnings, kurtosis=max(_kurtosis(f) for f in folds))


def _kurtosis(fold: Blocks) -> float:
    """Largest relative excess of Mardia's kurtosis of the two pairs (Mardia 1970)."""
    z1, z2, zy = fold
    worst = 0.0
    for z in (z1, z2):
        rows = np.concatenate([z, zy], axis=1)
        rows = rows - rows.mean(axis=0)
        n, q = rows.shape
        rows = rows[:, spanning_columns(rows)]
        q = rows.shape[1]
        factor = np.linalg.cholesky(rows.T @ rows / n)
        lengths = (np.linalg.solve(factor, rows.T) ** 2).sum(axis=0)
        worst = max(worst, abs(float((lengths**2).mean()) / (q * (q + 2) * (n - 1) / (n + 1)) - 1))
    return worst


def missed(x: np.ndarray, y: np.ndarray, k: int, surrogates: int, seed: int) -> tuple[float, float]:
    """Information between x and y beyond their covariance, and its scatter, in bits."""
    d, rows = x.shape[1], np.concatenate([x, y], axis=1)
    varying = spanning_columns(rows)
    weights = np.linalg.lstsq(rows[:, varying], rows, rcond=None)[0]  # every column in terms of those
    root = weights.T @ np.linalg.cholesky(np.atleast_2d(np.cov(rows[:, varying].T)))
    seen = neighbours(x, y, k)
    drawn = []
    for number in range(surrogates):
        fake = stream(seed, "surrogate", number).standard_normal((len(rows), len(varying))) @ root.T
        drawn.append(neighbours(fake[:, :d], fake[:, d:], k))
    scatter = float(np.std(drawn, ddof=1)) * float(np.sqrt(1 + 1 / surrogates))
    return seen - float(np.mean(drawn)), scatter
