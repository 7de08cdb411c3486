"""Two classes of points, by the angle and the distance between them: from unique to redundant by turning.

y = -1 or +1 with equal chance, (x1, x2) normal about y · distance · (cos angle, sin angle), variances 1, correlation rho. Given y each
modality is a noisy view of one bit, with amplitudes a1 and a2. The weaker one could be made from the stronger by shrinking it and
adding noise, so it has nothing of its own, and

    min(U1, U2) = 0,   R = min(I1, I2),   I_i = B(a_i),   I12 = B(sqrt(a1² + a2² - 2 rho a1 a2) / sqrt(1 - rho²)),

with B(a) the information between a fair sign and its image in standard normal noise, by certified quadrature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Sample, Truth, declare
from mmexplore.datasets.hiding import Hidden
from mmexplore.datasets.quadrature import bit_through_noise
from mmexplore.spec import param


@declare
@dataclass(frozen=True)
class Mixture(Hidden):
    """Two Gaussian clouds at an angle."""

    name = "mixture"
    title = "Two clouds at an angle"
    sentence = (
        "Two classes of points: turning the line between them turns unique information into redundancy and synergy."
    )
    family = "Labels"
    reference = "Liang et al. 2023, arXiv 2302.12247 (two Gaussians of means at distance 2 from the origin)"
    dials = ("angle", "distance", "correlation", "d")

    angle: float = param(
        30.0,
        label="Angle",
        low=0.0,
        high=90.0,
        step=1.0,
        unit="°",
        help="Direction in which the classes lie apart: 0 along modality 1, 45 along both alike.",
    )
    distance: float = param(
        2.0,
        label="Distance",
        low=0.0,
        high=5.0,
        step=0.1,
        help="Of each class from the origin, in standard deviations.",
    )
    correlation: float = param(
        0.0,
        label="Correlation",
        low=-0.95,
        high=0.95,
        step=0.05,
        help="Of the two modalities within a class: opposite noise cancels when both are read together.",
    )

    def _means(self) -> tuple[float, float]:
        # exact at a right angle, so that nothing is nothing
        turn = math.radians(self.angle)
        return self.distance * (0.0 if self.angle == 90.0 else math.cos(turn)), self.distance * math.sin(turn)

    def plain_sample(self) -> Sample:
        """A fair label, and a point about its class's mean."""
        y = (self.stream("label").random(self.n) < 0.5).astype(np.int64)
        noise = self.normal("noise", 2)
        rho, (a1, a2) = self.correlation, self._means()
        first = a1 * (2.0 * y - 1.0) + noise[:, 0]
        second = a2 * (2.0 * y - 1.0) + rho * noise[:, 0] + math.sqrt(1.0 - rho * rho) * noise[:, 1]
        return Sample(self.hide("x1", first), self.hide("x2", second), y)

    def truth(self) -> Truth:
        """Three informations of one bit in Gaussian noise; the weaker modality has nothing of its own."""
        rho, (a1, a2) = self.correlation, self._means()
        together = math.sqrt(max(a1 * a1 + a2 * a2 - 2.0 * rho * a1 * a2, 0.0) / (1.0 - rho * rho))
        (i1, e1), (i2, e2), (i12, e12) = (bit_through_noise(a) for a in (a1, a2, together))
        return Truth.of_informations(
            i1,
            i2,
            i12,
            max(i1, i2),
            error=e1 + e2 + e12,
            source="quadrature in one dimension; the weaker modality is a noisier copy of the stronger, so min(U1, U2) = 0",
        )
