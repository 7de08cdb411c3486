"""Two views whose mutual information is known: the base of the generators for estimators of information alone."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, Generator, Sample, Target, Truth
from mmexplore.spec import param


@dataclass(frozen=True)
class MIGenerator(Generator):
    """Base: `views` draws the two views; the target is the second one."""

    kind = "mi"

    @abstractmethod
    def views(self) -> tuple[Array, Array]:
        """The two views, each (n, columns)."""

    @property
    def target(self) -> Target:
        """The second view."""
        return "scalar" if self.dims()[2] == 1 else "vector"

    def plain_sample(self) -> Sample:
        """x1, x2, and x2 again as the target."""
        x1, x2 = self.views()
        return Sample(x1, x2, x2)


@dataclass(frozen=True)
class BitsPair(MIGenerator):
    """Base of pairs made from correlated Gaussian numbers with a given mutual information."""

    bits: float = param(
        1.0,
        label="True information",
        low=0.0,
        high=12.0,
        step=0.1,
        unit="bit",
        help="Between the two views; the correlations follow.",
    )

    def truth(self) -> Truth:
        """The information that was asked for."""
        return Truth(i1=self.bits, error=1e-12, source=self.why())

    @abstractmethod
    def why(self) -> str:
        """Why the truth is true."""


def sparse_pair(made: Generator, bits: float, d: int, pairs: int) -> tuple[Array, Array]:
    """Two normal views (n, d) whose first `pairs` columns are correlated one by one and share `bits` evenly."""
    pairs = min(pairs, d)
    rho = math.sqrt(1.0 - 2.0 ** (-2.0 * bits / pairs))
    first, second = made.normal("first", d), made.normal("second", d)
    second[:, :pairs] = rho * first[:, :pairs] + math.sqrt(1.0 - rho * rho) * second[:, :pairs]
    return first, np.asarray(second)
