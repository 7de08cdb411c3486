"""The optimisation that the closed form replaces, as a picture: Thin-PID's path toward the exact union information.

Channels X_i = H_i Y + N_i in units in which Cov(Y) = I and Cov(N_i) = I. The unknown is the cross-covariance A of N1 and N2,
||A||_2 <= 1:

    I(A) = 1/2 log det(Sigma + H H^T) - 1/2 log det Sigma,   Sigma = [[I, A], [A^T, I]],  H = [H1; H2].

Rprop on the entries (step 1e-3 at first, times 1/0.9 where the gradient keeps its sign, 0.9 where not, decaying as 0.999^t), then
singular values clipped to at most 1; start H1 H2^+ clipped. Zhao et al. 2025 (arXiv 2510.04417), algorithm 1.

Where channels tie exactly the start is the optimum and lies on ||A||_2 = 1, where both determinants vanish. With two columns or more their
ratio has no limit there: on some ways to the optimum, such as A = (1 - t^4) times a rotation by t, it grows beyond all bounds. Objective
and gradient are read a hair inside that edge, where values are good to about 1e-6 bit and the gradient is the difference of two numbers of
1e9: its signs are those of rounding errors. So the optimum is no fixed point that the iteration could find. Whether a path stays at it,
leaves it, wanders by whole bits or comes to rest hangs on the last digits of the machine's linear algebra; `ThinPath` says what this one did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadSpec, Unsupported
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.gaussian.closed_form import gaussian_pid
from mmexplore.info.gaussian.covariance import as_covariance, sizes
from mmexplore.info.gaussian.singular import reduced
from mmexplore.units import NATS_PER_BIT

FIRST_STEP = 1e-3
GROWTH, DECAY = 0.9, 0.999
WINDOW, FLAT = 20, 1e-7  # bit: it stops when the last values differ by less
_INSIDE = 1 - 1e-9  # largest singular value at which the objective is read


@dataclass(frozen=True)
class ThinPath:
    """The way of the iteration.

    Attributes:
        union: I(A) at the start and after every step, in bits, shape (steps + 1,).
        norm: largest singular value of A, shape (steps + 1,); at 1 the objective is singular.
        exact: the union information in closed form.
        stopped: whether it came to rest by its own rule (the last 20 values within 1e-7 bit) before the steps were used up.
        converged: whether the last value lies within 1e-4 bit of the exact one, which the iteration itself cannot know.
    """

    union: np.ndarray
    norm: np.ndarray
    exact: float
    stopped: bool

    @property
    def error(self) -> np.ndarray:
        """Distance of every value from the exact one, in bits."""
        return self.union - self.exact

    @property
    def converged(self) -> bool:
        """Whether the last value is right to 1e-4 bit."""
        return bool(abs(self.error[-1]) < 1e-4)


def thin_pid(cov: Any, d1: int, d2: int, dy: int, steps: int = 1000) -> ThinPath:
    """Walk Thin-PID's way to the union information of one covariance; see the module for the rules.

    Args:
        cov: covariance of (x1, x2, y), shape (p, p).
        d1, d2, dy: the dimensions.
        steps: at most so many, 1 to 100,000.

    Raises:
        BadData: see `gaussian_pid`.
        BadSpec: `steps` is out of range.
        Unsupported: a batch.

    >>> path = thin_pid([[2, 1.8, 1], [1.8, 5, 2], [1, 2, 1]], 1, 1, 1)
    >>> path.converged
    True
    """
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool) or not 1 <= steps <= 100_000:
        raise BadSpec(f"steps is {steps!r}; allowed: whole numbers from 1 to 100,000")
    dims = sizes(d1, d2, dy)
    matrix = as_covariance(cov, dims)
    if matrix.ndim != 2:
        raise Unsupported(f"thin_pid walks one covariance, shape (p, p), not a batch of shape {tuple(matrix.shape)}")
    plain = np.asarray(on_host(matrix))
    with one_thread(np, 0):
        exact = float(gaussian_pid(plain, *dims).union)
        return _walk(*channels(*reduced(plain, dims)), int(steps), exact)


def channels(cov: np.ndarray, dims: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """H1 and H2 of X_i = H_i Y + N_i in units in which Cov(Y) and Cov(N_i) are identities."""
    d1, d2, _ = dims
    y = slice(d1 + d2, None)
    root = np.linalg.cholesky(cov[y, y])
    whitened = []
    for x in (slice(0, d1), slice(d1, d1 + d2)):
        gain = np.linalg.solve(root, cov[y, x]).T
        whitened.append(np.linalg.solve(np.linalg.cholesky(cov[x, x] - gain @ gain.T), gain))
    return whitened[0], whitened[1]


def _clipped(a: np.ndarray) -> tuple[np.ndarray, float]:
    """The nearest matrix with singular values up to 1, and its largest one."""
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    s = np.minimum(s, 1.0)
    return (u * s) @ vt, float(s[0])


def objective(a: np.ndarray, signal: np.ndarray) -> tuple[float, np.ndarray]:
    """I(A) in bits and its gradient in nats, of which the walk takes the signs alone, at ||A||_2 < 1.

    Args:
        a: cross-covariance of the two noises, shape (d1, d2).
        signal: H H^T, shape (d1 + d2, d1 + d2).
    """
    d1 = len(a)
    sigma = np.eye(len(signal))
    sigma[:d1, d1:] = a
    sigma[d1:, :d1] = a.T
    value = (np.linalg.slogdet(sigma + signal)[1] - np.linalg.slogdet(sigma)[1]) / (2 * NATS_PER_BIT)
    slope = np.linalg.inv(sigma + signal) - np.linalg.inv(sigma)
    return float(value), slope[:d1, d1:]


def _walk(h1: np.ndarray, h2: np.ndarray, steps: int, exact: float) -> ThinPath:
    h = np.concatenate([h1, h2])
    signal = h @ h.T

    def at(a: np.ndarray, norm: float) -> tuple[float, np.ndarray]:
        """On the singular edge both are read a hair inside."""
        return objective(a * _INSIDE if norm > _INSIDE else a, signal)

    a, norm = _clipped(h1 @ np.linalg.pinv(h2))
    step, before = np.full(a.shape, FIRST_STEP), np.zeros(a.shape)
    union, norms, stopped = [], [norm], False
    value, slope = at(a, norm)
    union.append(value)
    for t in range(steps):
        same = slope * before
        step = np.where(same > 0, step / GROWTH, np.where(same < 0, step * GROWTH, step))
        before = slope
        a, norm = _clipped(a - step * DECAY**t * np.sign(slope))
        value, slope = at(a, norm)
        union.append(value)
        norms.append(norm)
        if len(union) > WINDOW and max(union[-WINDOW:]) - min(union[-WINDOW:]) < FLAT:
            stopped = True
            break
    return ThinPath(np.array(union), np.array(norms), exact, stopped)
