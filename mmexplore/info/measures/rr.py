"""I_RR (rescaled redundancy): between its two bounds, at the place given by how dependent the modalities are.

    R = R_min + I_s (R_MMI - R_min),   R_min = max(0, I1 + I2 - I12),   R_MMI = min(I1, I2),
    I_s = I(X1;X2) / min(H(X1), H(X2))

Goodwell & Kumar 2017 (Water Resour. Res. 53, 5920). A constant modality (H = 0) shares nothing: R = 0.
"""

from __future__ import annotations

from typing import Any

from mmexplore.info.measures import measure
from mmexplore.info.pointwise import log2
from mmexplore.info.tables import Array, Problem, mutual_information


@measure(
    "rr",
    label="I_RR",
    supplies="redundancy",
    certificate="exact",
    signed=False,
    summary="Goes from the least to the most redundancy possible by how dependent the modalities are: independent ones share nothing.",
    reference="Goodwell & Kumar 2017, Water Resour. Res. 53, 5920",
    on_torch=True,
)
def rr(problem: Problem) -> Array:
    """R = R_min + I_s (R_MMI - R_min) in bits, shape (batch,)."""
    xp = problem.xp
    pair = xp.sum(problem.p, axis=3)  # (batch, n1, n2)
    entropy = xp.minimum(_entropy(xp.sum(pair, axis=2), xp), _entropy(xp.sum(pair, axis=1), xp))
    dependence = mutual_information(pair, xp) / xp.where(entropy > 0, entropy, 1.0)
    dependence = xp.where(dependence > 1.0, 1.0, dependence)  # rounding only: I(X1;X2) <= min H
    coinformation = problem.i1 + problem.i2 - problem.i12
    least = xp.where(coinformation > 0, coinformation, 0.0)
    return least + dependence * (xp.minimum(problem.i1, problem.i2) - least)


def _entropy(p: Array, xp: Any) -> Array:
    """Entropy in bits of distributions of shape (batch, k)."""
    return -xp.sum(p * log2(p, xp), axis=1)
