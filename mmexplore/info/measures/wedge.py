"""I_wedge: what the common part of the two modalities tells.

R = I(K;Y), K the Gacs-Koerner common variable: the finest K that is a function of X1 and also a function of X2, namely the
connected component of (x1, x2) in the graph that joins x1 and x2 where p(x1,x2) > 0. Gacs & Koerner 1973; Griffith, Chong,
James, Ellison & Crutchfield 2014 (Entropy 16, 1985; arXiv 1310.1538). One cell of any probability, however small, can
join two components: K depends on the zeros of the table, not on its sizes.
"""

from __future__ import annotations

import numpy as np

from mmexplore.info.measures import measure
from mmexplore.info.tables import Array, Problem, mutual_information


@measure(
    "wedge",
    label="I_∧",
    supplies="redundancy",
    certificate="exact",
    signed=True,
    summary="Only what both modalities know without fail is shared: the least noise ends it, and synergy turns negative instead.",
    reference="Griffith et al. 2014, arXiv 1310.1538",
)
def wedge(problem: Problem) -> Array:
    """R = I(K;Y) in bits, shape (batch,)."""
    p = problem.p
    joint = p.sum(axis=2)  # (batch, x1, y)
    names = np.arange(p.shape[1])
    member = _component(p.sum(axis=3) > 0)[:, None, :] == names[None, :, None]  # (batch, k, x1)
    return mutual_information(np.matmul(member.astype(np.float64), joint), np)


def _component(linked: Array) -> Array:
    """For every x1 the least x1 of its connected component, from links of shape (batch, n1, n2); result (batch, n1)."""
    _, n1, _ = linked.shape
    label = np.broadcast_to(np.arange(n1), linked.shape[:2])
    while True:
        other = np.where(linked, label[:, :, None], n1).min(axis=1)  # (batch, n2): least label among the x1 it meets
        spread = np.where(linked, other[:, None, :], n1).min(axis=2)  # (batch, n1)
        spread = np.minimum(label, spread)
        if np.array_equal(spread, label):
            return label
        label = spread
