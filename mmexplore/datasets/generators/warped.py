"""Gaussian systems seen through invertible maps, one for each variable: the truth stays what it was.

Every mutual information, and with it the union information, is unchanged by bijections of x1, of x2 and of y, each on its own
(Kraskov, Stögbauer & Grassberger 2004, arXiv cond-mat/0305641, for informations). What changes is the picture, and with it
whatever an estimator assumes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Sample, Truth, declare, maps, rotation
from mmexplore.datasets.generators.gaussian import GaussianCorner
from mmexplore.spec import param

_MAPS: dict[str, Callable[[float], maps.Map]] = {
    "cubic": maps.Cubic,
    "sinh": maps.Sinh,
    "exp": maps.Exp,
    "wave": maps.Wave,
}


@declare
@dataclass(frozen=True)
class WarpedGaussian(GaussianCorner):
    """A Gaussian system whose variables were each bent by an invertible map."""

    name = "warped"
    title = "Warped Gaussian system"
    sentence = "A Gaussian system whose modalities and target were each bent by an invertible map: the truth stays, covariances mislead."
    family = "Gaussian"
    reference = "invariance of mutual information under bijections of each variable; closed form of this package"
    dials = ("bend", "strength", "columns", "copies")

    warp: str = param(
        "cubic",
        label="Map",
        choices=tuple(_MAPS),
        help="cubic x + b x³, sinh, exp (one heavy tail), or wave (each column moved by a wave of the one before).",
    )
    bend: float = param(
        0.5, label="Bend", low=0.0, high=1.5, step=0.05, help="How strong the map is: 0 leaves all as it was."
    )
    turn: bool = param(
        True, label="Turn first", help="Rotate each variable before it is bent, so that no column is bent on its own."
    )

    def plain_sample(self) -> Sample:
        """Each variable standardised, turned, and bent."""
        k, cov = self.columns, np.diagonal(self.covariance())
        scales = (cov[:k], cov[k : 2 * k], cov[2 * k :])
        bent = []
        for role, rows, variances in zip(("x1", "x2", "y"), super().plain_sample(), scales, strict=True):
            unit = rows / np.sqrt(np.tile(variances, self.copies))
            if self.turn:
                unit = unit @ rotation(self.stream(f"turn {role}"), unit.shape[1])
            bent.append(_MAPS[self.warp](self.bend)(unit))
        return Sample(*bent)

    def truth(self) -> Truth:
        """That of the system before it was bent."""
        plain = GaussianCorner(
            corner=self.corner, strength=self.strength, columns=self.columns, copies=self.copies, dy=self.dy
        ).truth()
        source = "exact closed form of the Gaussian system; each variable was bent by an invertible map, which changes nothing"
        return Truth(**{**plain.to_dict(), "source": source})
