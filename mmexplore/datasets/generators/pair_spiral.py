"""Gaussian views, one of them wound into a spiral: each point is turned by an angle that grows with its distance.

x -> R(speed · |x|²) x with R a rotation of the first two columns keeps every length, so it is invertible, and the information stays that
of the Gaussian views (Czyż et al. 2023, arXiv 2306.11078).
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.datasets.generators import Array, declare, maps
from mmexplore.datasets.generators.pairs import BitsPair, sparse_pair
from mmexplore.spec import param


@declare
@dataclass(frozen=True)
class Spiral(BitsPair):
    """A view wound into a spiral."""

    name = "spiral"
    title = "Spiral"
    sentence = "Two correlated Gaussian views, one of them wound up: what is far out is turned further, and correlation is gone."
    family = "Pairs of views"
    reference = "Czyż et al. 2023, arXiv 2306.11078"
    dials = ("speed", "bits", "d")

    speed: float = param(1.0, label="Winding", low=0.0, high=3.0, step=0.1, help="Angle in radians at distance 1.")
    d: int = param(2, label="Dimension", low=2, high=200, step=1, help="Columns of each view; two of them are wound.")

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of the views."""
        return self.d, self.d, self.d

    def views(self) -> tuple[Array, Array]:
        """The wound view and the straight one."""
        first, second = sparse_pair(self, self.bits, self.d, 2)
        return maps.Spiral(self.speed)(first), second

    def why(self) -> str:
        """Invariance."""
        return "closed form of the Gaussian pair; the winding is invertible"
