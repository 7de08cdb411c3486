"""The union information as a predictor: a feasible dual point of two tables, scored on rows.

    I* = H(Y) + max { E lam_Y(T1) + E mu_Y(T2) : ln sum_y exp(lam_y(t1) + mu_y(t2)) <= 0 for all t1, t2 }   (nats)

Any feasible pair scored on rows that did not choose it estimates a lower bound of I*:
v_i = [lam_{y_i}(t1_i) + mu_{y_i}(t2_i) - ln p(y_i)] / ln 2. With c = exp(lam + mu) and Z = sum_y c, c/Z is a predictor that adds logits, whose
log score exceeds v_i by -log2 Z_i >= 0 in every row (Bertschinger et al. 2014, arXiv 1311.2852, for I*; Gibbs' inequality for the bound).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from mmexplore.errors import NotConverged
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.info.broja import solve
from mmexplore.units import BITS_PER_NAT

TOLERANCE = 1e-6  # bit
LEAST = 1e-12  # mass of a cell that is handed to the solver
LOWEST = -60.0  # nats: a cell that is never met


@dataclass(frozen=True)
class Dual:
    """A feasible dual point of two tables p(t1, y), p(t2, y), in nats.

    Attributes:
        lam, mu: (states 1, ny) and (states 2, ny).
        log_z: ln sum_y exp(lam + mu), at most 0, (states 1, states 2).
        union: the tables' own union information, in bits, (never reported: it believes the posteriors).
        iterations: the solver's steps.
    """

    lam: np.ndarray
    mu: np.ndarray
    log_z: np.ndarray
    union: float
    iterations: int


def dual_of(first: np.ndarray, second: np.ndarray) -> Dual:
    """Solve for tables p(t1, y) and p(t2, y) of one p(y), shapes (a, ny) and (b, ny), and make the dual point feasible."""
    first, second = (np.maximum(table, LEAST) for table in (first, second))
    first /= first.sum()
    second *= first.sum(axis=0) / second.sum(axis=0)
    table = first[:, None, :] * second[None, :, :] / first.sum(axis=0)
    found = solve((table / table.sum())[None], TOLERANCE, dual=True)
    if found.dual is None:  # not while one is asked for
        raise NotConverged("the solver returned no dual point")
    lam, mu = (np.maximum(np.asarray(part[0], dtype=np.float64), LOWEST) for part in found.dual)
    lam, mu = feasible(lam, mu, first, second)
    return Dual(lam, mu, _log_z(lam, mu), float(found.value[0]), int(found.iterations[0]))


def feasible(lam: np.ndarray, mu: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest simple feasible pair: both orders of lowering rows and columns, and what costs less on these tables."""
    log_z = _log_z(lam, mu)
    alpha = log_z.max(axis=1)
    beta = (log_z - alpha[:, None]).max(axis=0)
    beta2 = log_z.max(axis=0)
    alpha2 = (log_z - beta2).max(axis=1)
    mass1, mass2 = first.sum(axis=1), second.sum(axis=1)
    if alpha2 @ mass1 + beta2 @ mass2 < alpha @ mass1 + beta @ mass2:
        alpha, beta = alpha2, beta2
    return lam - alpha[:, None], mu - beta[:, None]


def _log_z(lam: np.ndarray, mu: np.ndarray) -> np.ndarray:
    return np.asarray(logsumexp(lam[:, None, :] + mu[None, :, :], axis=2))


def scored(dual: Dual, state1: np.ndarray, state2: np.ndarray, problem: Problem) -> np.ndarray:
    """v_i in bits, (n,): what the dual point says of every row's own class."""
    y = problem.codes
    nats = dual.lam[state1, y] + dual.mu[state2, y] - np.log(problem.py)[y]
    return np.asarray(nats * BITS_PER_NAT)


def late_fusion(dual: Dual, state1: np.ndarray, state2: np.ndarray, problem: Problem) -> np.ndarray:
    """c/Z: the predictor that the dual point is, (n, ny)."""
    logs = dual.lam[state1] + dual.mu[state2] - dual.log_z[state1, state2][:, None]
    return problem.clip(np.exp(logs))
