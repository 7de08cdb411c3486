"""Canonical correlations of two views: all that Gaussian bottlenecks ask of the data.

With Cov(X) = L1 L1^T and Cov(Y) = L2 L2^T the canonical correlations are the singular values of

    L1^-1 Cov(X,Y) L2^-T,      and I(X;Y) = -1/2 sum_i log2(1 - rho_i^2)   for Gaussian X, Y.

Reference: Hotelling 1936 (Biometrika 28, 321); the ridge is Vinod 1976 (J. Econometrics 4, 147). Largest correlation of independent
views in n rows, for d1, d2 and n large: rho^2 = (sqrt(a (1-b)) + sqrt(b (1-a)))^2 with a = d1/n, b = d2/n (Wachter 1980, Ann. Statist. 8, 937).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec, MmexploreError
from mmexplore.info.bottleneck.arguments import NEAREST_ONE, Array
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.gaussian.covariance import SINGULAR, as_covariance
from mmexplore.units import BITS_PER_NAT

_FEW = 10  # rows a column, below which sample correlations are mostly noise
_ALMOST_ONE = 0.9999


@dataclass(frozen=True, eq=False)
class Canonical:
    """Two views in their canonical coordinates.

    Attributes:
        correlations: rho, falling, shape (m,) with m = min(d1, d2).
        weights1, weights2: (d1, m) and (d2, m); columns give the canonical variates, of variance 1 (before any ridge).
        d1, d2: columns of the views.
        n: rows they were estimated from; None for a covariance that is given.
        ridge: share of the mean variance that was added to every variance.
        chance: largest correlation that independent views of this size show in n rows (nan where n is None).
        warnings: what makes the correlations doubtful, a sentence each.
    """

    correlations: Array
    weights1: Array
    weights2: Array
    d1: int
    d2: int
    n: int | None
    ridge: float
    chance: float
    warnings: tuple[str, ...]

    @property
    def information(self) -> float:
        """I(X;Y) in bits of Gaussian views with these correlations."""
        return self.information_nats * BITS_PER_NAT

    @property
    def information_nats(self) -> float:
        """I(X;Y) in nats of Gaussian views with these correlations."""
        return float(-0.5 * np.log1p(-(self.correlations**2)).sum())


def canonical_correlations(cov: Any, d1: int, d2: int, *, ridge: float = 0.0) -> Canonical:
    """Canonical correlations of the two views whose joint covariance is `cov`.

    Args:
        cov: covariance of (x, y) in this order, shape (d1 + d2, d1 + d2).
        d1, d2: columns of x and of y.
        ridge: added to every variance, in units of the view's mean variance, from 0 on; it pulls correlations towards 0.

    Raises:
        BadData: `cov` is not a covariance of these sizes, or a view is singular and there is no ridge.
        BadSpec: `ridge` is negative.

    >>> canonical_correlations([[1, 0, .9, 0], [0, 1, 0, .5], [.9, 0, 1, 0], [0, .5, 0, 1]], 2, 2).correlations
    array([0.9, 0.5])
    """
    return _solve(two_views(cov, d1, d2), int(d1), ridge, None)


def canonical_correlations_from_rows(x: Any, y: Any, *, ridge: float = 0.0) -> Canonical:
    """Canonical correlations of the rows of two views, with warnings where there are too few rows to believe them.

    Args:
        x, y: shape (n, d1) and (n, d2); the same rows, without missing values.
        ridge: as in `canonical_correlations`.

    Raises:
        BadData: unequal lengths, fewer than 3 rows, a constant column, values that are missing or not finite.
    """
    first, second = _rows("x", x), _rows("y", y)
    if len(first) != len(second):
        raise BadData(f"x has {len(first):,} rows and y has {len(second):,}; allowed: the same rows of both")
    if len(first) < 3:
        raise BadData(f"x and y have {len(first)} rows; allowed: at least 3, and some {_FEW} a column to be believed")
    for name, rows in (("x", first), ("y", second)):
        flat = np.flatnonzero(np.ptp(rows, axis=0) == 0)
        if flat.size:
            raise BadData(f"column {flat[0] + 1} of {name} is constant; leave it out: it tells nothing")
    both = np.concatenate([first, second], axis=1)
    both = both - both.mean(axis=0)
    both /= both.std(axis=0)  # correlations: no unit of measurement is larger than another
    return _solve(both.T @ both / len(both), first.shape[1], ridge, len(both))


def _rows(name: str, values: Any) -> Array:
    try:
        rows = np.asarray(on_host(values), dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData(f"{name} holds what is no number; allowed: numbers, shape (n, columns)") from None
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or not rows.shape[1]:
        raise BadData(f"{name} has shape {rows.shape}; allowed: (n, columns)")
    if not np.isfinite(rows).all():
        raise BadData(f"{name} holds values that are missing or not finite; leave out their rows")
    return rows


def two_views(cov: Any, d1: Any, d2: Any) -> Array:
    """`cov` as a checked covariance of two views of these sizes."""
    for name, value in (("d1", d1), ("d2", d2)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise BadData(f"{name} is {value!r}; allowed: a whole number from 1 on")
    try:
        matrix = np.asarray(on_host(cov), dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData("cov is no array of numbers; allowed: a square matrix") from None
    if matrix.shape != (d1 + d2, d1 + d2):
        raise BadData(
            f"cov has shape {matrix.shape}; allowed: ({d1 + d2}, {d1 + d2}), which is d1 + d2 rows and columns"
        )
    try:
        return np.asarray(as_covariance(matrix, (int(d1), int(d2), 0)))
    except MmexploreError as error:  # it counts in x1, x2
        raise BadData(str(error).replace("x2[", "y[").replace("x1[", "x[")) from None


def _solve(cov: Array, d1: int, ridge: float, n: int | None) -> Canonical:
    if not isinstance(ridge, int | float) or not math.isfinite(ridge) or ridge < 0:
        raise BadSpec(f"ridge is {ridge!r}; allowed: a number from 0 on")
    d2 = len(cov) - d1
    factors = []
    with one_thread(np, 0):
        for name, part in (("x", slice(0, d1)), ("y", slice(d1, None))):
            block = cov[part, part]
            block = block + ridge * np.trace(block) / len(block) * np.eye(len(block))
            scale = np.sqrt(np.diagonal(block))
            least = float(np.linalg.eigvalsh(block / np.outer(scale, scale))[0])
            if least <= max(SINGULAR * len(block), 1e-12):
                few = f" ({n} rows for {len(block)} columns)" if n is not None and n <= len(block) else ""
                raise BadData(
                    f"the columns of {name} are linearly dependent{few}: the smallest eigenvalue of their correlations is {least:.1e}; "
                    "leave columns out, or pass a ridge, for instance 0.01"
                )
            factors.append(np.linalg.cholesky(block))
        cross = np.linalg.solve(factors[0], np.linalg.solve(factors[1], cov[d1:, :d1]).T)
        u, rho, vt = np.linalg.svd(cross, full_matrices=False)
        first, second = np.linalg.solve(factors[0].T, u), np.linalg.solve(factors[1].T, vt.T)
    if rho[0] > 1 + 1e-8:
        raise BadData(
            f"cov is not positive semi-definite: it holds a canonical correlation of {rho[0]:.6g}; allowed: up to 1"
        )
    rho = np.minimum(rho, 1.0)
    chance = math.nan if n is None else _chance(d1, d2, n)
    warnings = _warnings(rho, d1, d2, n, ridge, chance)
    return Canonical(rho, first, second, d1, d2, n, float(ridge), chance, warnings)


def _chance(d1: int, d2: int, n: int) -> float:
    a, b = d1 / (n - 1), d2 / (n - 1)
    if a + b >= 1:
        return 1.0
    return math.sqrt(a * (1 - b)) + math.sqrt(b * (1 - a))


def _warnings(rho: Array, d1: int, d2: int, n: int | None, ridge: float, chance: float) -> tuple[str, ...]:
    warnings = []
    if n is not None:
        if d1 + d2 >= n and ridge == 0:
            warnings.append(
                f"{n} rows for {d1} + {d2} columns: some correlations are 1 whatever the data say. Use a ridge or fewer columns."
            )
        elif n < _FEW * (d1 + d2):
            warnings.append(
                f"{n} rows for {d1} + {d2} columns: independent views would show correlations up to about {chance:.2f}; "
                "those found are too large."
            )
    if ridge == 0 and rho[0] > NEAREST_ONE:
        warnings.append(
            "A canonical correlation is 1: the views share a coordinate without noise. A ridge makes it finite."
        )
    elif ridge == 0 and rho[0] > _ALMOST_ONE:
        warnings.append(
            f"The largest canonical correlation is {rho[0]:.6f}: the views share a coordinate almost without noise, so that its "
            "share of the information depends on the last digits. A ridge makes it stable."
        )
    return tuple(warnings)
