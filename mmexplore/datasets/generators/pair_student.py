"""Two views with heavy tails: multivariate Student t with a common scale, which tells something even where nothing is correlated.

I = I_Gauss + c(nu),   c = f(nu) + f(nu + 2d) - 2 f(nu + d),   f(v) = ln Gamma(v/2) - (v/2) psi(v/2)   (in nats),

from the entropy of a multivariate t (Arellano-Valle, Contreras-Reyes & Genton 2013; as a benchmark: Czyż et al. 2023,
arXiv 2306.11078). With one degree of freedom in one dimension c = .2242 nats: one view's size gives away the other's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, Truth, declare
from mmexplore.datasets.generators.pairs import MIGenerator
from mmexplore.spec import param
from mmexplore.units import BITS_PER_NAT


@declare
@dataclass(frozen=True)
class StudentPair(MIGenerator):
    """Views with heavy tails and a common scale."""

    name = "student-pair"
    title = "Heavy tails (Student t)"
    sentence = "Two views with heavy tails that share their scale: outliers come together, and correlation is not what it seems."
    family = "Pairs of views"
    reference = "Czyż et al. 2023, arXiv 2306.11078"
    dials = ("dof", "correlation", "d")

    dof: int = param(
        1, label="Degrees of freedom", low=1, high=30, step=1, help="1 has no mean, 30 is nearly Gaussian."
    )
    correlation: float = param(
        0.0,
        label="Correlation",
        low=0.0,
        high=0.98,
        step=0.02,
        help="Of each column with its partner in the other view.",
    )
    d: int = param(1, label="Dimension", low=1, high=200, step=1, help="Columns of each view.")

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of the views."""
        return self.d, self.d, self.d

    def views(self) -> tuple[Array, Array]:
        """Gaussian views divided by one common scale."""
        rho = self.correlation
        first = self.normal("first", self.d)
        second = rho * first + math.sqrt(1.0 - rho * rho) * self.normal("second", self.d)
        scale = np.sqrt((self.normal("scale", self.dof) ** 2).sum(axis=1, keepdims=True) / self.dof)
        return np.asarray(first / scale), np.asarray(second / scale)

    def truth(self) -> Truth:
        """The closed form above."""
        from scipy.special import digamma

        def f(v: float) -> float:
            return math.lgamma(v / 2) - v / 2 * float(digamma(v / 2))

        tails = (f(self.dof) + f(self.dof + 2 * self.d) - 2 * f(self.dof + self.d)) * BITS_PER_NAT
        straight = -0.5 * self.d * math.log2(1.0 - self.correlation**2)
        return Truth(
            i1=straight + tails, error=1e-10, source="closed form: the Gaussian part and what the common scale tells"
        )
