"""I_min: for every value of the target, the smaller of the two specific informations.

    R = sum_y p(y) min_i I(X_i; Y=y),    I(X_i; Y=y) = sum_x p(x|y) log2 p(y|x) / p(y)

Williams & Beer 2010 (arXiv 1004.2515), Eqs. 2 and 3. The specific information is the divergence of p(x|y) from p(x), so it
is never negative and R lies between 0 and min(I1, I2).
"""

from __future__ import annotations

from typing import Any

from mmexplore.info.measures import measure
from mmexplore.info.tables import Array, Problem
from mmexplore.units import NATS_PER_BIT


@measure(
    "imin",
    label="I_min",
    supplies="redundancy",
    certificate="exact",
    signed=False,
    summary="Compares the amounts of information about each value of the target: different facts of equal size count as shared.",
    reference="Williams & Beer 2010, arXiv 1004.2515",
    on_torch=True,
)
def imin(problem: Problem) -> Array:
    """R = sum_y p(y) min(I(X1;Y=y), I(X2;Y=y)) in bits, shape (batch,)."""
    xp, p = problem.xp, problem.p
    first = _weighted_specific_information(xp.sum(p, axis=2), xp)  # (batch, y)
    second = _weighted_specific_information(xp.sum(p, axis=1), xp)
    return xp.sum(xp.minimum(first, second), axis=1)


def _weighted_specific_information(joint: Array, xp: Any) -> Array:
    """p(y) I(X;Y=y) in bits of joints of shape (batch, x, y); result (batch, y).

    Summed as p ln(p / (p_x p_y)) - p + p_x p_y, whose terms are non-negative.
    """
    x = xp.sum(joint, axis=2, keepdims=True)
    y = xp.sum(joint, axis=1, keepdims=True)
    positive = joint > 0
    logs = xp.log(xp.where(positive, joint, 1.0)) - xp.log(xp.where(x > 0, x, 1.0)) - xp.log(xp.where(y > 0, y, 1.0))
    return xp.sum(xp.where(positive, joint * logs, 0.0) - joint + x * y, axis=1) / NATS_PER_BIT
