"""Posteriors as states of one modality, and soft tables of them.

Two classes: cells along (rank/n + arcsin(sqrt p) 2/pi) / 2: equal mass alone loses the rows that are certain. More classes: k-means
on sqrt(p), where Euclidean distance is Hellinger's.

    p(t, y) = mean over the rows in t of T(y),   raked to p(y) and p(t)

A table of means of posteriors, not of counts: with counts the same states turn what they lose into synergy.
"""

from __future__ import annotations

import numpy as np

from mmexplore.estimators.predictive.problem import Problem

CELLS = 32
CLUSTERS = 48
MANY_CLUSTERS = 96
MANY_CLASSES = 5
SPARE = 8  # clusters beside one a class, where classes are so many that the solver would take long
UNKNOWNS = 1000  # clusters times classes up to which it does not
ROWS_PER_CLUSTER = 10
RAKING = 50


def states(p: np.ndarray, problem: Problem, cells: int = CELLS, clusters: int | None = None) -> np.ndarray:
    """State of every row from 0 up, (n,), without gaps."""
    if problem.ny == 2:
        q = p[:, 1]
        order = np.argsort(q, kind="stable")
        below = np.empty(len(q))
        below[order] = np.cumsum(problem.weights[order]) - 0.5 * problem.weights[order]
        along = 0.5 * (below / problem.weights.sum() + np.arcsin(np.sqrt(np.clip(q, 0.0, 1.0))) * 2.0 / np.pi)
        # ties share a state
        index = np.unique(q, return_inverse=True)[1]
        middle = np.bincount(index, along) / np.bincount(index)
        found = np.minimum((middle[index] * cells).astype(np.int64), cells - 1)
    else:
        most = CLUSTERS
        if problem.ny >= MANY_CLASSES:
            most = min(MANY_CLUSTERS, max(problem.ny + SPARE, UNKNOWNS // problem.ny))
        found = _clustered(
            np.sqrt(p), problem, min(max(problem.n // ROWS_PER_CLUSTER, 2), most) if clusters is None else clusters
        )
    return np.asarray(np.unique(found, return_inverse=True)[1], dtype=np.int64)


def _clustered(x: np.ndarray, problem: Problem, k: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    k = min(k, len(np.unique(np.round(x, 6), axis=0)))
    if k < 2:
        return np.zeros(len(x), dtype=np.int64)
    model = KMeans(k, n_init=1, max_iter=50, random_state=problem.seed)
    return np.asarray(model.fit_predict(x, sample_weight=problem.weights), dtype=np.int64)


def soft_table(p: np.ndarray, state: np.ndarray, problem: Problem) -> np.ndarray:
    """p(t, y), (states, ny), of sum 1: posteriors' means times the states' masses, raked to the rows' p(t) and p(y)."""
    count = int(state.max()) + 1
    weights = problem.weights / problem.weights.sum()
    table = np.stack([np.bincount(state, weights * p[:, y], count) for y in range(problem.ny)], axis=1)
    mass = np.bincount(state, weights, count)
    for _ in range(RAKING):
        table *= problem.py / table.sum(axis=0)
        table *= (mass / table.sum(axis=1))[:, None]
    return np.asarray(table / table.sum())
