"""What rows do to log-determinants, exactly, and scatter matrices drawn without rows.

For a scatter matrix W of m degrees of freedom and covariance C of size p,  E log det(W/m) - log det C =
sum_{i<p} psi((m - i)/2) + p log(2/m) (Goodman 1963; Misra, Singh & Demchuk 2005, J. Multivariate Anal. 92). Given d further
variables the posterior covariance has m - d degrees of freedom. Draws: Bartlett's decomposition (1933), p^3 each.
"""

from __future__ import annotations

import math

import numpy as np

from mmexplore.units import NATS_PER_BIT

HALF_BIT = 0.5 / NATS_PER_BIT


def digammas(count: int, dof: float) -> np.ndarray:
    """Sums of psi((dof - i)/2) over i < k for k = 0 ... count, shape (count + 1,)."""
    from scipy.special import digamma

    return np.concatenate([[0.0], np.cumsum(digamma((dof - np.arange(count)) / 2))])


def log_det_bias(p: int, dof: float) -> float:
    """Bias of log det of a covariance estimated with `dof` degrees of freedom, in nats; at most 0."""
    return float(digammas(p, dof)[-1]) + p * math.log(2 / dof)


def information_bias(p: int, q: int, dof: float) -> float:
    """Bias of the plug-in Gaussian information between p and q coordinates, in bits; at least 0."""
    return HALF_BIT * (log_det_bias(p, dof) + log_det_bias(q, dof) - log_det_bias(p + q, dof))


def draw_scatter(root: np.ndarray, dof: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` scatter matrices, (count, p, p), of `dof` degrees of freedom and covariance root root^T, root (p, rank)."""
    p = root.shape[1]
    if dof < p:  # singular: few rows are drawn instead
        rows = rng.standard_normal((count, p, dof))
        factor = root @ rows
    else:
        inner = np.tril(rng.standard_normal((count, p, p)), -1)
        inner[:, np.arange(p), np.arange(p)] = np.sqrt(rng.chisquare(dof - np.arange(p), size=(count, p)))
        factor = root @ inner
    return factor @ np.swapaxes(factor, -1, -2)
