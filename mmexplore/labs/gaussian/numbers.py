"""What the page shows of a system or a data set, as rows of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from mmexplore.lab import Number
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.runs import Run
from mmexplore.types import ATOMS, INFORMATIONS


def numbers(scene: GaussianScene, run: Run | None) -> Iterator[Number]:
    """Atoms and informations of the covariance, in the scene's unit: the closed form, exact up to rounding.

    Raises:
        BadData: the covariance is a visitor's own, which a view does not hold.
    """
    result = scene.decompose()
    for name in (*ATOMS, *INFORMATIONS):
        yield Number(name, float(getattr(result, name)), result.unit, certificate="exact for this covariance")
