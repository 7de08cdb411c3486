"""The deterministic information bottleneck: hard clusters, by merging down from T = X and moving single states.

T = f(x) minimises L = H(T) - beta I(T;Y). In terms of clusters' masses m_t(y) = sum_{x in t} p(x, y) and w_t = sum_y m_t(y),

    L = const + sum_t g(m_t),   g(m) = (beta - 1) w ln w - beta sum_y m(y) ln m(y),

so every move of a state and every merge of two clusters is scored exactly. The search ends where none lowers L; of the solutions found for
all betas, each beta keeps the best. Reference: Strouse & Schwab 2017 (arXiv 1604.00268), eq. 8; the merging is that of the
agglomerative bottleneck, Slonim & Tishby 1999.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadData
from mmexplore.info.bottleneck.arguments import Array
from mmexplore.info.bottleneck.discrete import DiscreteIB, _informations, _list_of, _result, _states, table_of
from mmexplore.info.broja.linalg import one_thread

Labels = npt.NDArray[np.intp]

_LARGEST = 20_000_000
_LEAST = 1e-12  # nats a change has to gain


def deterministic_ib(joint: Any, betas: Any, *, clusters: int | None = None) -> DiscreteIB:
    """The deterministic bottleneck of p(x, y) over a list of betas; `entropy` is what T costs, in bits.

    Args:
        joint: probabilities (or counts), shape (nx, ny).
        betas: the knob, a list of numbers above 0; large keeps more.
        clusters: at most so many; the default is nx.

    >>> r = deterministic_ib([[.25, 0], [.2, .05], [.05, .2], [0, .25]], [2.0, 4.0])
    >>> r.clusters.tolist()
    [2, 2]
    """
    p, beta = table_of(joint), _list_of(betas)
    most = _states(clusters, len(p))
    if len(p) ** 2 * p.shape[1] > _LARGEST:
        raise BadData(
            f"joint has shape {p.shape}; allowed here: nx² ny up to {_LARGEST:,}, since every merge is scored"
        )
    falling = np.argsort(-beta)
    steps = 0
    labelings: list[Labels] = []
    with one_thread(np, 0):
        for order in (falling, falling[::-1]):  # down from T = X, then up again from one cluster's side
            assigned = labelings[-1] if labelings else np.arange(len(p), dtype=np.intp)
            for k in order:
                assigned, more = _settle(p, float(beta[k]), assigned, most)
                steps += more
                labelings.append(assigned)
        every = np.array(labelings)
        losses = np.array([[_loss(p, float(b), a) for a in every] for b in beta])
        best = every[losses.argmin(1)]
        settled = [_settle(p, float(b), a, most) for b, a in zip(beta, best, strict=True)]
        steps += sum(more for _, more in settled)
        q = np.eye(len(p))[np.array([a for a, _ in settled])]
        px = p.sum(1)
        rate, relevance = _informations(px, p / px[:, None], q)
    nothing = np.zeros(len(beta))
    return _result(p, beta, q, rate, relevance, nothing, nothing * np.nan, 0.0, steps, True)


def _masses(p: Array, assigned: Labels) -> Array:
    """m_t(y), shape (nx, ny), with empty rows for clusters not used."""
    masses = np.zeros((len(p), p.shape[1]))
    np.add.at(masses, assigned, p)
    return masses


def _cost(masses: Array, beta: float) -> Array:
    """g of clusters, over the last axis; 0 for an empty one. Differences of rounding below 0 count as 0."""
    masses = np.maximum(masses, 0.0)
    weight = masses.sum(-1)
    own = weight * np.log(np.where(weight > 0, weight, 1.0))
    return np.asarray((beta - 1) * own - beta * (masses * np.log(np.where(masses > 0, masses, 1.0))).sum(-1))


def _loss(p: Array, beta: float, assigned: Labels) -> float:
    return float(_cost(_masses(p, assigned), beta).sum())


def _settle(p: Array, beta: float, assigned: Labels, most: int) -> tuple[Labels, int]:
    """The best move or merge, again and again until none lowers L (and no more than `most` clusters are used)."""
    assigned, steps = assigned.copy(), 0
    rows = np.arange(len(p))
    while True:
        masses = _masses(p, assigned)
        cost = _cost(masses, beta)
        sizes = np.bincount(assigned, minlength=len(p))
        merges = _cost(masses[:, None, :] + masses[None, :, :], beta) - cost[:, None] - cost[None, :]
        merges[np.tril_indices(len(p))] = np.inf
        merges[sizes == 0] = np.inf
        merges[:, sizes == 0] = np.inf
        used = int((sizes > 0).sum())
        best = divmod(int(merges.argmin()), len(p))
        if merges[best] < -_LEAST or used > most:
            assigned[assigned == best[1]] = best[0]
            steps += 1
            continue
        left = _cost(masses[assigned] - p, beta) - cost[assigned]  # (x,): what the old cluster gains
        left = np.where(sizes[assigned] == 1, -cost[assigned], left)
        moves = left[:, None] + _cost(masses[None, :, :] + p[:, None, :], beta) - cost[None, :]  # (x, t)
        moves[rows, assigned] = np.inf
        empty = sizes == 0
        if used >= most:
            moves[:, empty] = np.inf
        elif empty.any():  # all empty clusters are alike
            moves[:, np.flatnonzero(empty)[1:]] = np.inf
        x, t = divmod(int(moves.argmin()), len(p))
        if moves[x, t] >= -_LEAST:
            return assigned, steps
        assigned[x] = t
        steps += 1
