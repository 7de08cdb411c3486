"""Small dense linear algebra that never raises: batched Cholesky factors with a growing ridge, and one BLAS thread.

All matrices given here are scaled to a unit diagonal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import array_api_compat
import numpy as np

from mmexplore.info.tables import Array

LARGE = 96  # from this size on, one LAPACK call a matrix beats batched NumPy

_lock = threading.Lock()
_users = 0
_before: list[tuple[Callable[[int], Any], int]] = []


@cache
def _pools(with_scipy: bool) -> tuple[Any, ...]:
    """The BLAS thread pools of this process; finding them takes milliseconds, so only once."""
    import threadpoolctl

    if with_scipy:
        import scipy.linalg  # noqa: F401 -- brings a BLAS of its own, which is to be limited, too

    return tuple(threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def one_thread(xp: Any, largest: int) -> Iterator[None]:
    """Limit BLAS to one thread for matrices up to `largest`: small calls on several are up to a hundred times slower.

    The limit belongs to the process, so the first of several users sets it and the last one lifts it. threadpoolctl's own
    limits are silently ignored in every Python thread but the first that set one, hence the setter beneath them.
    """
    global _users
    if not array_api_compat.is_numpy_namespace(xp):
        yield
        return
    with _lock:
        for pool in _pools(largest >= LARGE):
            threads = pool.get_num_threads()
            if threads != 1:
                setter = getattr(pool, "_real_set_num_threads", pool.set_num_threads)
                setter(1)
                _before.append((setter, threads))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            while _users == 0 and _before:
                setter, threads = _before.pop()
                setter(threads)


def identity(n: int, like: Array, xp: Any) -> Array:
    """The n x n identity beside `like`."""
    return xp.eye(n, dtype=like.dtype, device=array_api_compat.device(like))


def cholesky(matrix: Array, xp: Any) -> Array:
    """Lower Cholesky factors of (..., k, k); a matrix that is not positive definite gets a ridge, ten times more each try."""
    if array_api_compat.is_torch_namespace(xp):
        factor, info = xp.linalg.cholesky_ex(matrix)
        ridge = 1e-13
        while bool((info > 0).any()) and ridge < 1e3:
            bad = info > 0
            factor[bad], info[bad] = xp.linalg.cholesky_ex(matrix[bad] + ridge * identity(matrix.shape[-1], matrix, xp))
            ridge *= 10
        return factor
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        flat = matrix.reshape(-1, *matrix.shape[-2:])
        return np.stack([_ridged(m) for m in flat]).reshape(matrix.shape)


def _ridged(matrix: np.ndarray) -> np.ndarray:
    """Cholesky factor of one matrix with the smallest ridge that works."""
    ridge = 0.0
    while ridge < 1e3:
        try:
            return np.linalg.cholesky(matrix + ridge * np.eye(len(matrix)))
        except np.linalg.LinAlgError:
            ridge = max(1e-13, 10 * ridge)
    return np.eye(len(matrix))


def inverse_factor(matrix: Array, xp: Any) -> Array:
    """C with C^T C = matrix^-1 for symmetric positive definite (..., k, k): the inverse of its Cholesky factor."""
    if matrix.shape[-1] == 1:
        return 1.0 / xp.sqrt(matrix)
    factor = cholesky(matrix, xp)
    if array_api_compat.is_torch_namespace(xp):
        return xp.linalg.solve_triangular(factor, identity(matrix.shape[-1], matrix, xp).expand_as(factor), upper=False)
    return np.linalg.inv(factor)


def spd_solver(matrix: Array, xp: Any) -> Callable[[Array], Array]:
    """Factor symmetric positive definite (n, k, k) once; returns rhs (n, k) -> solution (n, k)."""
    if array_api_compat.is_numpy_namespace(xp) and matrix.shape[-1] >= LARGE:
        return _lapack_solver(matrix)
    inverse = inverse_factor(matrix, xp)  # (n, k, k)
    transposed = xp.swapaxes(inverse, -1, -2)

    def solve(rhs: Array) -> Array:
        return (transposed @ (inverse @ rhs[:, :, None]))[:, :, 0]

    return solve


def _lapack_solver(matrix: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """`spd_solver` for few large matrices: LAPACK's potrf and potrs, in place."""
    from scipy.linalg.lapack import dpotrf, dpotrs

    factors = []
    for one in matrix:
        ridge = 0.0
        while True:
            # .T: LAPACK wants columns contiguous, and a symmetric matrix is its own transpose
            start = one.T.copy(order="F") if ridge == 0.0 else (one + ridge * np.eye(len(one))).T
            factor, info = dpotrf(start, lower=1, clean=0, overwrite_a=1)
            if info == 0 or ridge > 1e3:
                break
            ridge = max(1e-13, 10 * ridge)
        factors.append(factor)

    def solve(rhs: np.ndarray) -> np.ndarray:
        return np.stack([dpotrs(f, r, lower=1)[0] for f, r in zip(factors, rhs, strict=True)])

    return solve
