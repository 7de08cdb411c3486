"""I_SX (shared exclusions): the information in knowing only that X1 = x1 or X2 = x2.

    R = sum p(x1,x2,y) log2 P(x1 or x2 | y) / P(x1 or x2)
    P(x1 or x2)     = p(x1) + p(x2) - p(x1,x2)
    P(x1 or x2 | y) = [p(x1,y) + p(x2,y) - p(x1,x2,y)] / p(y)

Makkeh, Gutknecht & Wibral 2021 (Phys. Rev. E 103, 032149; arXiv 2002.03356). Smooth in p wherever p > 0.
"""

from __future__ import annotations

from mmexplore.info.measures import measure
from mmexplore.info.pointwise import log2, marginals
from mmexplore.info.tables import Array, Problem


@measure(
    "sx",
    label="I_SX",
    supplies="redundancy",
    certificate="exact",
    signed=True,
    summary="What you learn from hearing that one reading or the other holds, not which: it can misinform, so even R may be negative.",
    reference="Makkeh, Gutknecht & Wibral 2021, arXiv 2002.03356",
    on_torch=True,
)
def sx(problem: Problem) -> Array:
    """R = mean pointwise information of the disjunction in bits, shape (batch,)."""
    xp, p = problem.xp, problem.p
    m = marginals(p, xp)
    either = m.x1 + (m.x2 - m.x1x2)  # (batch, n1, n2, 1)
    either_and_y = m.x1y + (m.x2y - p)  # (batch, n1, n2, ny)
    return xp.sum(p * (log2(either_and_y, xp) - log2(m.y, xp) - log2(either, xp)), axis=(1, 2, 3))
