"""I_PM (I with plus-minus): outcome by outcome, the least specificity minus the least ambiguity.

    R = sum p(x1,x2,y) [ min_i h(x_i) - min_i h(x_i|y) ],    h(x) = -log2 p(x),  h(x|y) = -log2 p(x|y)

i(x;y) = h(x) - h(x|y) is split into the two non-negative parts, each has its own redundancy lattice, and the minimum is taken
in each. Finn & Lizier 2018 (Entropy 20, 297; arXiv 1801.09010): redundant specificity,
redundant ambiguity, recombined as in its Eq. 21.
"""

from __future__ import annotations

from mmexplore.info.measures import measure
from mmexplore.info.pointwise import log2, marginals
from mmexplore.info.tables import Array, Problem


@measure(
    "pm",
    label="I_PM",
    supplies="redundancy",
    certificate="exact",
    signed=True,
    summary="Asks how much probability each single observation rules out, not which: chance agreement counts, unique atoms go negative.",
    reference="Finn & Lizier 2018, arXiv 1801.09010",
    on_torch=True,
)
def pm(problem: Problem) -> Array:
    """R = redundant specificity minus redundant ambiguity in bits, shape (batch,)."""
    xp, p = problem.xp, problem.p
    m = marginals(p, xp)
    specificity = -log2(xp.maximum(m.x1, m.x2), xp)  # the smaller surprisal is that of the likelier state
    ambiguity = log2(m.y, xp) - log2(xp.maximum(m.x1y, m.x2y), xp)
    return xp.sum(p * (specificity - ambiguity), axis=(1, 2, 3))
