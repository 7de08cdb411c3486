"""One predictor of many: a mixture whose weights other folds choose, then one temperature.

    q(y|i) = sum_m w_m p_m(y|i),    w by EM on the rows of the other folds (2 pseudo rows spread evenly),
    q^b to sum 1,  b in [.5, 2] with penalty 3 (ln b)^2 / n on the same rows.

Linear opinion pools: Stone 1961; the EM step is that of a mixture with known components. A member that is sure and wrong costs what
its weight is, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.predictive.probes import Member
from mmexplore.estimators.predictive.problem import Problem

PSEUDO = 2.0
STEPS = 200
CLOSE = 1e-4
SHARPEST = 2.0
STIFF = 3.0


@dataclass(frozen=True)
class Pool:
    """A pooled predictor.

    Attributes:
        p: out-of-fold probabilities, (n, ny).
        weights: mean weight of every member over the folds, by its name, the largest first.
        temperature: geometric mean of b over the folds; below 1: the members were too sure.
    """

    p: np.ndarray
    weights: dict[str, float]
    temperature: float


def pool(members: Sequence[Member], problem: Problem) -> Pool:
    """Mix and calibrate the members, each fold by what the others say."""
    own = np.stack([problem.own(m.p) for m in members], axis=1)  # (n, members)
    found = np.empty((problem.n, problem.ny))
    kept, powers = [], []
    start = np.full(len(members), 1.0 / len(members))
    for train, test in problem.splits:
        start = weights = mixture_weights(own[train], problem.weights[train], start)
        mixed = sum(w * m.p for w, m in zip(weights, members, strict=True))
        power = best_power(mixed[train], problem.codes[train], problem.weights[train])
        found[test] = raised(mixed[test], power)
        kept.append(weights)
        powers.append(np.log(power))
    mean = np.mean(kept, axis=0)
    order = np.argsort(-mean, kind="stable")
    return Pool(problem.clip(found), {members[k].name: float(mean[k]) for k in order}, float(np.exp(np.mean(powers))))


def mixture_weights(
    own: np.ndarray, weights: np.ndarray, start: np.ndarray | None = None, close: float = CLOSE
) -> np.ndarray:
    """Weights (members,) of the mixture of largest likelihood; own: every member's probability of the row's class, (n, members)."""
    count = own.shape[1]
    w = np.full(count, 1.0 / count) if start is None else np.maximum(start, 1e-4) / np.maximum(start, 1e-4).sum()
    scaled = own / own.max(axis=1, keepdims=True)
    total = float(weights.sum())
    for _ in range(STEPS):
        share = w * (scaled.T @ (weights / (scaled @ w)))
        new = (share + PSEUDO / count) / (total + PSEUDO)
        done = float(np.abs(new - w).max()) < close
        w = new
        if done:
            break
    return np.asarray(w / w.sum())


def raised(p: np.ndarray, power: float) -> np.ndarray:
    """p^power to sum 1, (n, ny)."""
    if power == 1.0:
        return p
    q = (p / p.max(axis=1, keepdims=True)) ** power
    return np.asarray(q / q.sum(axis=1, keepdims=True))


def best_power(p: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> float:
    """The b in [.5, 2] whose p^b is most likely, drawn toward 1."""
    from scipy.optimize import minimize_scalar

    logs = np.log(p)
    own, total = logs[np.arange(len(p)), codes], float(weights.sum())
    top = logs.max(axis=1)
    below, short = logs - top[:, None], own - top

    def loss(log_power: float) -> float:
        b = np.exp(log_power)
        value = float(weights @ (np.log(np.exp(b * below).sum(axis=1)) - b * short))
        return value / total + STIFF * log_power**2 / total

    reach = float(np.log(SHARPEST))
    return float(np.exp(minimize_scalar(loss, bounds=(-reach, reach), method="bounded", options={"xatol": 0.01}).x))
