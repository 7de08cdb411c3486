"""Gaussian systems seen through invertible maps, one for each variable: the truth stays what it was.

Every mutual information, and with it the union information, is unchanged by bijections of x1, of x2 and of y, each on its own
(Kraskov, Stögbauer & Grassberger 2004, arXiv cond-mat/0305641, for informations). What changes is the picture, and with it
whatever an estimator assumes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, Sample, Truth, declare, rotation
from mmexplore.datasets.generators.gaussian import GaussianCorner
from mmexplore.spec import param


def _cubic(x: Array, bend: float) -> Array:
    return np.asarray(x + bend * x**3)


def _sinh(x: Array, bend: float) -> Array:
    return np.asarray(np.sinh(bend * x) / bend) if bend else x


def _exp(x: Array, bend: float) -> Array:
    return np.asarray(np.expm1(bend * x) / bend) if bend else x


def _wave(x: Array, bend: float) -> Array:
    """Each column moved by a wave of the one before: invertible from the first column on, and not monotone in any other."""
    moved = x.copy()
    moved[:, 1:] += 2.0 * bend * np.cos(2.0 * x[:, :-1])
    return moved


_MAPS: dict[str, Callable[[Array, float], Array]] = {"cubic": _cubic, "sinh": _sinh, "exp": _exp, "wave": _wave}


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

    def sample(self) -> Sample:
        """Each variable standardised, turned, and bent."""
        k, cov = self.columns, np.diagonal(self.covariance())
        scales = (cov[:k], cov[k : 2 * k], cov[2 * k :])
        bent = []
        for role, rows, variances in zip(("x1", "x2", "y"), super().sample(), scales, strict=True):
            unit = rows / np.sqrt(np.tile(variances, self.copies))
            if self.turn:
                unit = unit @ rotation(self.stream(f"turn {role}"), unit.shape[1])
            bent.append(_MAPS[self.warp](unit, self.bend))
        return Sample(*bent)

    def truth(self) -> Truth:
        """That of the system before it was bent."""
        plain = GaussianCorner(
            corner=self.corner, strength=self.strength, columns=self.columns, copies=self.copies, dy=self.dy
        ).truth()
        source = "exact closed form of the Gaussian system; each variable was bent by an invertible map, which changes nothing"
        return Truth(**{**plain.to_dict(), "source": source})
