"""y = sign(z1 + z2) of two independent standard normal numbers: the pure form of the "synergy" of arXiv 2302.12247, which is not pure.

Both modalities are alike to the target, so U1 = U2 = 0 and R = I1. With the label wrong by chance e, P(y=1|z1) = e + (1-2e) u with
u = Phi(z1) uniform on (0, 1), so

    R = 1 - 1/(1-2e) int_e^{1-e} h(v) dv,    S = 1 - h(e) - R,    and for e = 0:  R = 1 - 1/(2 ln 2) = .2787,  S = 1/(2 ln 2) = .7213.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmexplore.datasets.closed_forms import binary_entropy
from mmexplore.datasets.generators import Sample, Truth, declare
from mmexplore.datasets.hiding import HiddenNoisy
from mmexplore.units import BITS_PER_NAT


@declare
@dataclass(frozen=True)
class SignSum(HiddenNoisy):
    """The label is the sign of the sum of two numbers, one in each modality."""

    name = "sign-sum"
    title = "Sign of a sum"
    sentence = "The label is the sign of z1 + z2: called synergy, but .28 of its 1 bit is redundancy, since each number alone leans the sum."
    family = "Labels"
    reference = "Liang et al. 2023, arXiv 2302.12247 (synergy setting in its pure form)"
    dials = ("d", "flip")

    def plain_sample(self) -> Sample:
        """Two normal numbers hidden in noise, and the sign of their sum."""
        z1, z2 = (self.normal(name, 1)[:, 0] for name in ("z1", "z2"))
        y = self.flipped(z1 + z2 > 0)
        return Sample(self.hide("x1", z1), self.hide("x2", z2), y)

    def truth(self) -> Truth:
        """The closed form above."""
        e = self.flip
        width = 1.0 - 2.0 * e
        # at 1/2 the labels tell nothing, and h is flat at its top
        one = 0.0 if width <= 1e-6 else max(1.0 - 2.0 * (_entropy_area(1.0 - e) - _entropy_area(e)) / width, 0.0)
        both = 1.0 - binary_entropy(e)
        source = "closed form: the modalities are alike to the target, and P(y=1|z1) is uniform"
        return Truth.of_informations(one, one, both, one, error=1e-15, source=source)


def _entropy_area(v: float) -> float:
    """An integral of -v log2 v; over an interval symmetric about 1/2 twice it is the integral of h."""
    return (0.25 * v * v - 0.5 * v * v * math.log(v)) * BITS_PER_NAT if v > 0 else 0.0
