"""y = |n| sign(z1 z2) with z1, z2, n independent standard normal: one bit of synergy that no pair of variables shows.

Every pair of (z1, z2, y) is independent, and standard normal: an estimator that looks at pairs, or at covariances, finds nothing.
|y| = |n| tells nothing, the sign of y is the product of the signs: I12 = S = 1 - h(e), all else 0, where e is the chance of a wrong sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.closed_forms import binary_entropy
from mmexplore.datasets.generators import Sample, Target, Truth, declare
from mmexplore.datasets.hiding import HiddenNoisy


@declare
@dataclass(frozen=True)
class SignProduct(HiddenNoisy):
    """The sign of the target is the product of two signs; all pairs are independent normal numbers."""

    name = "sign-product"
    title = "Sign of a product"
    sentence = "y = |n|·sign(z1·z2): every pair looks like independent Gaussian noise, and the two together tell 1 bit. Pure synergy."
    family = "Continuous targets"
    reference = "the blind spot of pairwise-Gaussian methods, by derivation"
    dials = ("d", "flip")

    @property
    def target(self) -> Target:
        """One number."""
        return "scalar"

    def plain_sample(self) -> Sample:
        """Two normal numbers hidden in noise, and a third with the product of their signs."""
        z1, z2 = (self.normal(name, 1)[:, 0] for name in ("z1", "z2"))
        sign = 2.0 * self.flipped(z1 * z2 > 0) - 1.0
        y = np.abs(self.normal("size", 1)[:, 0]) * sign
        return Sample(self.hide("x1", z1), self.hide("x2", z2), y[:, None])

    def truth(self) -> Truth:
        """S = 1 - h(flip), all else 0."""
        both = 1.0 - binary_entropy(self.flip)
        return Truth.of_informations(0.0, 0.0, both, 0.0, error=1e-15, source="closed form: every pair is independent")
