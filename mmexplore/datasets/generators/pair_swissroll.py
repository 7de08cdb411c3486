"""A number and its partner rolled up: the view is a curve in the plane, no line sees through it.

Two correlated normal numbers become uniform by their distribution function; one is laid along a swiss roll (t cos t, t sin t). Both
steps are invertible, so the information is that of the numbers, -1/2 log2(1 - rho²) (Czyż et al. 2023, arXiv 2306.11078).
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.datasets.generators import Array, declare, maps
from mmexplore.datasets.generators.pairs import BitsPair, sparse_pair
from mmexplore.spec import param


@declare
@dataclass(frozen=True)
class SwissRoll(BitsPair):
    """A swiss roll and a number."""

    name = "swiss-roll"
    title = "Swiss roll"
    sentence = "One view is a point on a rolled-up curve, the other a number that tells how far along: no straight line sees it."
    family = "Pairs of views"
    reference = "Czyż et al. 2023, arXiv 2306.11078"
    dials = ("turns", "bits")

    turns: float = param(2.0, label="Turns", low=0.1, high=6.0, step=0.1, help="How often the curve goes round.")

    def plain_dims(self) -> tuple[int, int, int]:
        """A point in the plane, and a number."""
        return 2, 1, 1

    def views(self) -> tuple[Array, Array]:
        """The roll (n, 2), and the number (n, 1)."""
        first, second = sparse_pair(self, self.bits, 1, 1)
        uniform = maps.NormalCdf()
        return maps.Chain((uniform, maps.SwissRoll(self.turns)))(first), uniform(second)

    def why(self) -> str:
        """Invariance."""
        return "closed form of the Gaussian pair; both views were changed by invertible maps"
