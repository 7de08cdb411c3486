"""MMI: redundancy is the smaller of the two mutual informations.

R = min(I(X1;Y), I(X2;Y)). Barrett 2015 (arXiv 1411.2832), who shows it is the common answer for a Gaussian scalar target.
"""

from __future__ import annotations

from mmexplore.info.measures import measure
from mmexplore.info.tables import Array, Problem


@measure(
    "mmi",
    label="MMI",
    supplies="redundancy",
    certificate="exact",
    signed=False,
    summary="Compares only how much each modality tells, never what: equal amounts count as the same information.",
    reference="Barrett 2015, arXiv 1411.2832",
    on_torch=True,
)
def mmi(problem: Problem) -> Array:
    """R = min(I1, I2) in bits, shape (batch,)."""
    return problem.xp.minimum(problem.i1, problem.i2)
