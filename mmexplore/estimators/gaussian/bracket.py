"""A bracket of the union information from scatter matrices: both ends lean outwards, so that ties cannot fool it.

Upper end: the informations and the posterior covariances freed of their Wishart bias, then the closed form. Estimated lambda_i
spread more than the true ones and [log lambda]_+ is convex, so this leans up, most at ties.

Lower end, cross-fit: for any combinations V of the target,  1/2 log det V^T P2 V - 1/2 log det V^T P1 V <= U1  (the lambda_i of
a compression interlace). V is chosen on all folds but one and read on that one, where its bias is known exactly; likewise U2.
The end is the mean of I2 + U1 and I1 + U2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.gaussian.wishart import HALF_BIT, digammas, information_bias, log_det_bias
from mmexplore.info.gaussian import GaussianPID, gaussian_pid
from mmexplore.info.gaussian.singular import independent_rows

Dims = tuple[int, int, int]
SINGULAR = 1e-12  # of a fold's pivot beside the variance in all rows


@dataclass(frozen=True)
class Ends:
    """Corrected informations and the two ends of the union information, shape (batch,) each, in bits.

    Attributes:
        i1, i2, i12: freed of their Wishart bias.
        lower: cross-fit lower end; max(i1, i2) where the rows do not suffice for folds.
        upper: Wishart-corrected upper end.
        folded: whether the lower end is cross-fit.
        plugin: the closed form of the covariances themselves.
    """

    i1: np.ndarray
    i2: np.ndarray
    i12: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    folded: bool
    plugin: GaussianPID


def crossfit_possible(dims: Dims, fold_dof: list[int], dof: int) -> bool:
    """Whether every fold can be read on its own, and the rest decomposed without it."""
    d1, d2, dy = dims
    return min(fold_dof) - max(d1, d2) - dy >= 1 and dof - max(fold_dof) > d1 + d2 + dy


def shift(dims: Dims, dof: int) -> float:
    """Bias of every value of the plug-in spectrum, in bits, apart from their spread."""
    d1, d2, dy = dims
    given1 = log_det_bias(d1 + dy, dof) - log_det_bias(d1, dof)
    given2 = log_det_bias(d2 + dy, dof) - log_det_bias(d2, dof)
    return HALF_BIT * (given2 - given1) / dy


def ends(folds: np.ndarray, fold_dof: list[int], rest: np.ndarray, rest_dof: int, dims: Dims) -> Ends:
    """The bracket of a batch of samples.

    Args:
        folds: scatter matrices within folds, shape (batch, folds, p, p).
        fold_dof: their degrees of freedom.
        rest: scatter between folds, shape (batch, p, p); it belongs to every training set.
        rest_dof: its degrees of freedom.
        dims: d1, d2, dy.
    """
    d1, d2, dy = dims
    total, dof = folds.sum(axis=1) + rest, sum(fold_dof) + rest_dof
    plugin = gaussian_pid(total / dof, *dims)
    i1 = plugin.i1 - information_bias(d1, dy, dof)
    i2 = plugin.i2 - information_bias(d2, dy, dof)
    i12 = plugin.i12 - information_bias(_joint(total, dims) if plugin.limit else d1 + d2, dy, dof)
    upper = i2 + np.maximum(plugin.spectrum - shift(dims, dof), 0).sum(axis=-1)
    crossfit = _lower(folds, fold_dof, total, dof, dims) if crossfit_possible(dims, fold_dof, dof) else None
    folded = crossfit is not None and bool(np.isfinite(crossfit).all())
    lower = 0.5 * (i1 + i2 + crossfit) if crossfit is not None and folded else np.maximum(i1, i2)
    return Ends(i1, i2, i12, np.minimum(lower, upper), upper, folded, plugin)


def _joint(total: np.ndarray, dims: Dims) -> int:
    """How many columns of x1 and x2 together are no linear functions of others."""
    scale = np.sqrt(total.diagonal(axis1=-2, axis2=-1))
    return len(independent_rows((total / (scale[..., :, None] * scale[..., None, :])).mean(axis=0), dims).x12)


def _lower(folds: np.ndarray, fold_dof: list[int], total: np.ndarray, dof: int, dims: Dims) -> np.ndarray | None:
    """Cross-fit U1 + U2, (batch,); None where a fold is singular though the whole is not (a column that hardly varies)."""
    d1, d2, _ = dims
    train_dof = dof - np.array(fold_dof)
    try:
        trained = gaussian_pid((total[:, None] - folds) / train_dof[:, None, None], *dims)
        given1, given2 = posteriors(folds, dims)
        for x in (slice(0, d1), slice(d1, d1 + d2)):
            pivots = np.linalg.cholesky(folds[..., x, x]).diagonal(axis1=-2, axis2=-1) ** 2
            if (pivots < SINGULAR * total[:, None, x, x].diagonal(axis1=-2, axis2=-1)).any():
                return None
    except (BadData, np.linalg.LinAlgError):
        return None
    level = np.array([shift(dims, int(m)) for m in train_dof])
    first = trained.spectrum - level[:, None] > 0  # (batch, folds, dy): combinations that modality 1 knows better
    u1 = _held_out(given1, given2, trained.directions, first, (d1, d2), fold_dof)
    return u1 + _held_out(given2, given1, trained.directions, ~first, (d2, d1), fold_dof)


def posteriors(covariance: np.ndarray, dims: Dims) -> tuple[np.ndarray, np.ndarray]:
    """Cov(Y|X1) and Cov(Y|X2) of (..., p, p), shape (..., dy, dy) each."""
    d1, d2, _ = dims
    y = slice(d1 + d2, None)
    covariances = []
    for x in (slice(0, d1), slice(d1, d1 + d2)):
        cross = covariance[..., x, y]
        covariances.append(
            covariance[..., y, y] - np.swapaxes(cross, -1, -2) @ np.linalg.solve(covariance[..., x, x], cross)
        )
    return covariances[0], covariances[1]


def _held_out(
    own: np.ndarray, other: np.ndarray, v: np.ndarray, chosen: np.ndarray, sizes: tuple[int, int], fold_dof: list[int]
) -> np.ndarray:
    """Mean over folds of 1/2 log det V^T Other V - 1/2 log det V^T Own V without its bias; V: the chosen columns of v."""
    k = chosen.sum(axis=-1)
    value = _log_det(other, v, chosen) - _log_det(own, v, chosen)
    for f, dof in enumerate(fold_dof):
        bias = digammas(v.shape[-1], dof - sizes[1]) - digammas(v.shape[-1], dof - sizes[0])
        value[:, f] -= bias[k[:, f]]
    return HALF_BIT * np.average(value, axis=1, weights=fold_dof)


def _log_det(matrix: np.ndarray, v: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """log det of V^T matrix V; a column that is not chosen counts as a 1 on the diagonal."""
    inner = np.swapaxes(v, -1, -2) @ matrix @ v
    both = chosen[..., :, None] & chosen[..., None, :]
    return np.linalg.slogdet(np.where(both, inner, np.eye(v.shape[-1]) * ~chosen[..., None, :]))[1]
