"""I_dep: the unique information of X1 is the least gain in information that its link to the target ever brings.

On the lattice of maximum-entropy models with given marginals, U1 is the least increase of I(X1,X2;Y) over the edges that add
the constraint p(x1,y). With two sources there are four such edges; I is known in closed form on all models but one:

    x1:x2:y -> x1y:x2                 I1 - 0
    x1x2:y  -> x1x2:x1y               I1 - 0            (then x2 - x1 - y)
    x1:x2y  -> x1y:x2y                I_CI - I2         (x1, x2 independent given y)
    x1x2:x2y -> x1x2:x1y:x2y          I_ME - I2         (all pairs, `pairwise_maxent`)

so U1 = min(I1, I_CI - I2, I_ME - I2), and U2 alike. Because I_CI = I1 + I2 - I(X1;X2) under conditional independence, never
above I1 + I2, both say the same of the one number I* = I2 + U1 = I1 + U2:

    I* = min(I_CI, I_ME)

Both models keep p(x1,y) and p(x2,y), so I_dep never finds more redundancy than BROJA, whose I* is the least over all such
tables. James, Emenheiser & Crutchfield 2018 (J. Phys. A 52, 014002; arXiv 1709.06653); the same lattice for Gaussians: Kay &
Ince 2018 (Entropy 20, 240).
"""

from __future__ import annotations

import numpy as np

from mmexplore.info.maxent import pairwise_maxent
from mmexplore.info.measures import MeasureResult, measure
from mmexplore.info.tables import Array, Problem, mutual_information


@measure(
    "dep",
    label="I_dep",
    supplies="union",
    certificate="none",
    signed=False,
    summary="Unique is the least that a modality's link to the target ever adds to a maximum-entropy model: at most BROJA's redundancy.",
    reference="James, Emenheiser & Crutchfield 2018, arXiv 1709.06653",
)
def dep(problem: Problem) -> MeasureResult:
    """I* = min(I_CI, I_ME) in bits, shape (batch,)."""
    p = problem.p
    batch, n1, n2, ny = p.shape
    flattest = pairwise_maxent(p)
    independent = problem.i1 + problem.i2 - _dependence_given_target_removed(p)
    union = np.minimum(independent, mutual_information(flattest.q.reshape(batch, n1 * n2, ny), np))
    unknown = np.full(batch, np.nan)
    return MeasureResult(
        value=union,
        lower=unknown,
        upper=unknown,
        iterations=flattest.iterations,
        converged=flattest.converged,
    )


def _dependence_given_target_removed(p: Array) -> Array:
    """I(X1;X2) in bits once x1 and x2 are made independent given y; shape (batch,)."""
    x1y, x2y = p.sum(axis=2), p.sum(axis=1)  # (batch, x1, y), (batch, x2, y)
    y = x1y.sum(axis=1)
    given_y = x2y / np.where(y > 0, y, 1.0)[:, None, :]
    return mutual_information(np.matmul(x1y, np.swapaxes(given_y, 1, 2)), np)
