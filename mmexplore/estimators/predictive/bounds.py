"""What holds whatever the predictors: bounds of the atoms from lower confidence bounds of two informations.

    R >= L1 + L2 - H(Y),   S <= H(Y) - max(L1, L2),   U1 <= H(Y) - L2,   U2 <= H(Y) - L1

since R = I1 + I2 - I* with I* <= H(Y), S = I12 - I* with I12 <= H(Y) and I* >= max(I1, I2), and U1 = I* - I2. A cross-fitted predictor
scores at most the information there is, so L1 and L2 are lower bounds for any predictor (Liang et al. 2023, arXiv 2306.04539, for bounds
from predictors of one modality; limits of lower bounds: McAllester & Stratos 2018, arXiv 1811.04251).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Bounds without a model, in bits, at 95 % each.

    Attributes:
        i1, i2: lower confidence bounds of I1 and I2, at least 0.
        redundancy: R is at least this.
        synergy, unique1, unique2: these are at most this.
    """

    i1: float
    i2: float
    redundancy: float
    unique1: float
    unique2: float
    synergy: float


def bounds(low1: float, low2: float, entropy: float) -> Bounds:
    """From lower bounds of I1 and I2 and the entropy of the label, in bits."""
    low1, low2 = (min(max(low, 0.0), entropy) for low in (low1, low2))
    return Bounds(
        low1, low2, max(0.0, low1 + low2 - entropy), entropy - low2, entropy - low1, entropy - max(low1, low2)
    )
