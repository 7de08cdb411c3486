"""Ridge logistic regression, cross-fitted over folds and over penalties, from warm starts.

    minimise  sum_i w_i ln 1/p(y_i|x_i) + |W|^2 / (2 C)      (intercept free; two classes: one vector of weights, more: one a class)

Two classes and few columns: Newton with step halving. Otherwise L-BFGS in the coordinates in which the least curved bound of the Hessian
is round, X'X / 4 + 1/C = L L' (Böhning & Lindsay 1988), which needs some ten steps. The same problem as scikit-learn's
`LogisticRegression(C=C)`; written out since a decomposition is shared by folds, penalties and hundreds of refits of a null.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from mmexplore.estimators.predictive.problem import Problem

NEWTON = 260  # columns up to which Newton's matrix is cheap
STEPS = 30
FREE = 1e-6  # penalty of the intercept, for a matrix that can be inverted
DONE = 1e-6  # nats a row


def cross_logistic(
    x: np.ndarray, problem: Problem, penalties: tuple[float, ...], words: str = "", done: float = DONE
) -> list[np.ndarray]:
    """Out-of-fold probabilities for every C, (n, ny) each; `done`: gain in nats a row below which a step is the last."""
    found = [np.empty((problem.n, problem.ny)) for _ in penalties]
    for train, test in problem.splits:
        if words:
            problem.tell(words)
        start = None
        for k, c in enumerate(penalties):
            start = fit(x[train], problem.codes[train], problem.ny, problem.weights[train], c, start, done)
            found[k][test] = predict(x[test], start)
    return [problem.clip(p) for p in found]


def fit(
    x: np.ndarray,
    codes: np.ndarray,
    ny: int,
    weights: np.ndarray,
    c: float,
    start: np.ndarray | None = None,
    done: float = DONE,
) -> np.ndarray:
    """Weights (p + 1, ny), the intercepts last; column 0 is 0 where there are two classes."""
    if ny == 2:
        first = None if start is None else start[:, 1]
        if x.shape[1] <= NEWTON:
            one = _newton(x, (codes == 1).astype(np.float64), weights, c, first, done)
        else:
            one = _quasi(
                x, (codes == 1).astype(x.dtype)[:, None], weights, c, None if first is None else first[:, None], done
            )[:, 0]
        return np.column_stack([np.zeros_like(one), one])
    one_hot = (codes[:, None] == np.arange(ny)).astype(x.dtype)
    return _quasi(x, one_hot, weights, c, start, done)


def predict(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Probabilities, (n, ny)."""
    return softmax(np.asarray(x @ w[:-1].astype(x.dtype) + w[-1], dtype=np.float64))


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(scores) to sum 1 in every row."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def _newton(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, c: float, start: np.ndarray | None, done: float
) -> np.ndarray:
    design = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    penalty = np.full(design.shape[1], 1.0 / c)
    penalty[-1] = FREE
    b = np.zeros(design.shape[1]) if start is None else start.copy()
    if start is None:
        share = min(max(float(weights @ y / weights.sum()), 1e-6), 1 - 1e-6)
        b[-1] = np.log(share / (1 - share))
    sign = 2.0 * y - 1.0
    score = design @ b
    loss = -float(weights @ log_expit(sign * score)) + 0.5 * float(penalty @ (b * b))
    for _ in range(STEPS):
        p = expit(score)
        slope = design.T @ (weights * (p - y)) + penalty * b
        curve = np.maximum(weights * p * (1.0 - p), 1e-10)
        hessian = (design * curve[:, None]).T @ design
        hessian[np.diag_indices_from(hessian)] += penalty
        step = cho_solve(cho_factor(hessian, overwrite_a=True, check_finite=False), slope, check_finite=False)
        along, length = design @ step, 1.0
        for _ in range(20):
            new = b - length * step
            moved = score - length * along
            lower = -float(weights @ log_expit(sign * moved)) + 0.5 * float(penalty @ (new * new))
            if lower <= loss:
                break
            length *= 0.5
        gain, b, score, loss = loss - lower, new, moved, lower
        if gain < done * len(x):
            break
    return b


def _quasi(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    c: float,
    start: np.ndarray | None,
    done: float,
) -> np.ndarray:
    """L-BFGS in preconditioned coordinates; y (n, k): one column of 0 and 1, or one a class."""
    n, k = y.shape
    p = x.shape[1]
    total = float(weights.sum())
    curve = 0.25 if k == 1 else 0.5 * (1.0 - 1.0 / k) * 0.5
    design = np.column_stack([x, np.ones(n, dtype=x.dtype)])
    w = weights.astype(x.dtype)
    gram = (curve * ((design * w[:, None]).T @ design)).astype(np.float64)
    penalty = np.full(p + 1, 1.0 / c)
    penalty[-1] = FREE
    gram[np.diag_indices_from(gram)] += penalty + 1e-9 * total
    factor = np.linalg.cholesky(gram)

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        b = solve_triangular(factor, v.reshape(p + 1, k), trans="T", lower=True, check_finite=False)
        score = np.asarray(design @ b.astype(x.dtype), dtype=np.float64)
        if k == 1:
            sign = 2.0 * y - 1.0
            value = -float(weights @ log_expit(sign * score)[:, 0])
            residual = expit(score) - y
        else:
            top = score.max(axis=1, keepdims=True)
            e = np.exp(score - top)
            sums = e.sum(axis=1, keepdims=True)
            value = float(weights @ (np.log(sums) + top - (score * y).sum(axis=1, keepdims=True))[:, 0])
            residual = e / sums - y
        value += 0.5 * float((penalty[:, None] * b * b).sum())
        slope = (
            np.asarray(design.T @ (residual * weights[:, None]).astype(x.dtype), dtype=np.float64)
            + penalty[:, None] * b
        )
        slope = solve_triangular(factor, slope, lower=True, check_finite=False)
        return value / total, slope.ravel() / total

    begin = np.zeros((p + 1, k)) if start is None else factor.T @ start
    found = minimize(
        loss,
        begin.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 60, "ftol": done, "gtol": 1e-5, "maxcor": 8},
    )
    return np.asarray(solve_triangular(factor, found.x.reshape(p + 1, k), trans="T", lower=True, check_finite=False))
