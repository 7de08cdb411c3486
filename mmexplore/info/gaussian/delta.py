"""The delta decomposition: unique is what the other modality cannot imitate, measured by its deficiency.

    delta_1 = min over channels q(x1' | x2) of E_Y KL(p(x1 | Y) || (q o p(x2 | .))(Y)),   R = min(I1 - delta_1, I2 - delta_2),

over affine Gaussian channels x1' = T x2 + N(0, L L^T). With X_i = H_i Y + N_i in units in which Cov(Y) = Cov(N_i) = I, E = H1 - T H2
and C = T T^T + L L^T:   delta_1 = 1/2 [tr C^-1 (I + E E^T) + log det C - d1], brought down by L-BFGS. No certificate: a
deficiency found is an upper bound, so R is too low by what the search misses.

Venkatesh & Schamberg 2022, "Partial information decomposition via deficiency for multivariate Gaussians" (arXiv 2105.00769).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import Unsupported
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.gaussian.closed_form import gaussian_pid
from mmexplore.info.gaussian.covariance import as_covariance, sizes
from mmexplore.info.gaussian.singular import reduced
from mmexplore.info.gaussian.thin import channels
from mmexplore.types import PID
from mmexplore.units import NATS_PER_BIT

LARGEST = 40  # target coordinates


def delta_pid(cov: Any, d1: int, d2: int, dy: int) -> PID:
    """The delta decomposition of one Gaussian covariance, in bits.

    Args:
        cov: covariance of (x1, x2, y), shape (p, p).
        d1, d2, dy: the dimensions; at most 40 target coordinates.

    Raises:
        BadData: see `gaussian_pid`.
        Unsupported: a batch, or more target coordinates.

    >>> r = delta_pid([[2, 0, 1], [0, 5, 2], [1, 2, 6]], 1, 1, 1)  # a scalar target: R = min(I1, I2)
    >>> abs(r.redundancy - min(r.i1, r.i2)) < 1e-6
    True
    """
    start = time.perf_counter()
    dims = sizes(d1, d2, dy)
    matrix = as_covariance(cov, dims)
    if matrix.ndim != 2:
        raise Unsupported(f"delta_pid takes one covariance, shape (p, p), not a batch of shape {tuple(matrix.shape)}")
    if dy > LARGEST:
        raise Unsupported(f"delta_pid searches; dy is {dy}, allowed: at most {LARGEST}")
    plain = np.asarray(on_host(matrix))
    with one_thread(np, 0):
        exact = gaussian_pid(plain, *dims)
        h1, h2 = (_sufficient(h) for h in channels(*reduced(plain, dims)))
        one, done1 = deficiency(h1, h2)
        two, done2 = deficiency(h2, h1)
    union = float(exact.i1 + exact.i2 - min(exact.i1 - one, exact.i2 - two))
    nan = float("nan")
    return PID(
        i1=exact.i1,
        i2=exact.i2,
        i12=exact.i12,
        union=union,
        union_lower=nan,
        union_upper=nan,
        measure="gaussian delta",
        certificate="none",
        converged=done1[0] and done2[0],
        tolerance=1e-6,
        iterations=done1[1] + done2[1],
        seconds=time.perf_counter() - start,
    )


def _sufficient(h: np.ndarray) -> np.ndarray:
    """A channel with at most dy outputs that tells the same."""
    return np.asarray(np.linalg.qr(h, mode="r")) if h.shape[0] > h.shape[1] else h


def deficiency(h1: np.ndarray, h2: np.ndarray) -> tuple[float, tuple[bool, int]]:
    """How badly channel 2 imitates channel 1, in bits; whether the search came to rest, and its steps."""
    from scipy.optimize import minimize

    d1, d2 = len(h1), len(h2)
    cut = d1 * d2

    def objective(z: np.ndarray) -> tuple[float, np.ndarray]:
        t, root = z[:cut].reshape(d1, d2), z[cut:].reshape(d1, d1)
        off = h1 - t @ h2
        inverse = np.linalg.inv(t @ t.T + root @ root.T + 1e-14 * np.eye(d1))
        wanted = np.eye(d1) + off @ off.T
        value = 0.5 * (np.trace(inverse @ wanted) - np.linalg.slogdet(inverse)[1] - d1)
        slope = inverse - inverse @ wanted @ inverse  # of C
        return float(value), np.concatenate([(slope @ t - inverse @ off @ h2.T).ravel(), (slope @ root).ravel()])

    best = h1 @ h2.T @ np.linalg.inv(np.eye(d2) + h2 @ h2.T)
    starts = [np.concatenate([t.ravel(), np.eye(d1).ravel()]) for t in (best, h1 @ np.linalg.pinv(h2, rcond=1e-6))]
    fits = [
        minimize(objective, z, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9})
        for z in starts
    ]
    least = min(fits, key=lambda f: f.fun)
    rest = float(np.abs(least.jac).max()) < 1e-5
    return max(0.0, float(least.fun)) / NATS_PER_BIT, (rest, int(sum(f.nit for f in fits)))
