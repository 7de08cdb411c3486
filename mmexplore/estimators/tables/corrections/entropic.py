"""Miller-Madow and Panzeri-Treves: take off the leading-order bias of the informations.

    I_c(A;Y) = I_hat(A;Y) - (K_ay - K_a - K_y + 1) / (2 N ln 2)

with K counted over occupied cells (Miller 1955) or over effective ones (Panzeri & Treves 1996). I* loses what the two
single informations lose together, so that redundancy stays and synergy loses the rest; where the plug-in says that one
modality has nothing of its own, I* stays the other's information.

Where both uniquenesses are 0 in truth (two views of one thing), R's downward bias is no leading-order effect of entropies and
stays, and S comes out too small.
"""

from __future__ import annotations

from mmexplore.estimators.tables.corrections import CorrectionInput, Informations, correction
from mmexplore.estimators.tables.entropic import Bins, alone, predicted_bias


@correction(
    "miller_madow",
    label="Miller-Madow",
    summary="Subtracts the leading-order bias, counting the cells that occur. Good where each cell has several rows.",
    reference="Miller 1955",
    centres=True,
    direct=True,
)
def miller_madow(asked: CorrectionInput) -> Informations:
    """Bias with occupied cells."""
    return _corrected(asked, "occupied")


@correction(
    "panzeri_treves",
    label="Panzeri-Treves",
    summary="Subtracts the leading-order bias, guessing how many cells could occur. Best where many cells are empty; S too small where U1 = U2 = 0.",
    reference="Panzeri & Treves 1996",
    centres=True,
    direct=True,
)
def panzeri_treves(asked: CorrectionInput) -> Informations:
    """Bias with effective cells."""
    return _corrected(asked, "effective")


def _corrected(asked: CorrectionInput, bins: Bins) -> Informations:
    r = asked.plugin
    bias = predicted_bias(asked.counts, bins, only=alone(r), spread=asked.spread)
    return Informations(r.i1 - bias.i1, r.i2 - bias.i2, r.i12 - bias.i12, r.union - (bias.i12 - bias.synergy))
