"""I_CCS (common change in surprisal): the pointwise co-information, where all parts agree in sign.

    c = i(x1;y) + i(x2;y) - i(x1,x2;y)
    R = sum q(x1,x2,y) c   over outcomes where i(x1;y), i(x2;y), i(x1,x2;y) and c have one sign

Everything is taken under q, the maximum-entropy table with the pair marginals p(x1,y), p(x2,y) **and** p(x1,x2): the
constraints of the game-theoretic argument in the published paper, and those of the author's code since its second version.
(Earlier code made x1 and x2 independent given y, which gives different numbers.)

A sign is a jump, so R is discontinuous where a pointwise term crosses zero. Terms within `ZERO` bits of 0 count as 0 and have
no sign: independent parts must not flip with rounding.

Ince 2017 (Entropy 19, 318; arXiv 1602.05063v3).
"""

from __future__ import annotations

import numpy as np

from mmexplore.info.maxent import pairwise_maxent
from mmexplore.info.measures import MeasureResult, measure
from mmexplore.info.pointwise import log2, marginals
from mmexplore.info.tables import Problem

ZERO = 1e-8  # bits


@measure(
    "ccs",
    label="I_CCS",
    supplies="redundancy",
    certificate="none",
    signed=True,
    summary="Counts an outcome as shared only where both readings push belief the same way: misinformation makes atoms negative.",
    reference="Ince 2017, arXiv 1602.05063",
)
def ccs(problem: Problem) -> MeasureResult:
    """R = sum of q c over outcomes of one sign, in bits, shape (batch,)."""
    p = problem.p
    flattest = pairwise_maxent(p)
    q = flattest.q
    m = marginals(p, np)  # q has the same pair marginals
    log_y = log2(m.y, np)
    i1 = log2(m.x1y, np) - log2(m.x1, np) - log_y  # (batch, n1, 1, ny)
    i2 = log2(m.x2y, np) - log2(m.x2, np) - log_y  # (batch, 1, n2, ny)
    i12 = log2(q, np) - log2(m.x1x2, np) - log_y  # (batch, n1, n2, ny)
    c = i1 + i2 - i12
    same = (_sign(i1) == _sign(i2)) & (_sign(i1) == _sign(i12)) & (_sign(i1) == _sign(c))
    unknown = np.full(p.shape[0], np.nan)
    return MeasureResult(
        value=np.sum(np.where(same & (q > 0), q * c, 0.0), axis=(1, 2, 3)),
        lower=unknown,
        upper=unknown,
        iterations=flattest.iterations,
        converged=flattest.converged,
    )


def _sign(value: np.ndarray) -> np.ndarray:
    """-1, 0 or 1, with 0 for what is within `ZERO` of it."""
    return np.where(np.abs(value) <= ZERO, 0.0, np.sign(value))
