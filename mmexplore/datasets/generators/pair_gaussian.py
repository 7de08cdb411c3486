"""Two correlated Gaussian views with a given mutual information, in any dimension, dense or sparse.

sparse: `pairs` columns of one view are correlated with those of the other, one by one, each with I = -1/2 log2(1 - rho²).
dense: all columns of both views are correlated alike, by r. Only the means of the views count, with correlation d r / (1 + (d-1) r), so
I = -1/2 log2(1 - that²). (The two shapes of Czyż, Grabowski, Vogt, Beerenwinkel & Marx 2023, arXiv 2306.11078.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, declare
from mmexplore.datasets.generators.pairs import BitsPair, sparse_pair
from mmexplore.spec import param


@declare
@dataclass(frozen=True)
class GaussianPair(BitsPair):
    """Correlated Gaussian views."""

    name = "gaussian-pair"
    title = "Correlated Gaussian views"
    sentence = (
        "Two Gaussian views that share as many bits as you say: in a few pairs of columns, or spread over all of them."
    )
    family = "Pairs of views"
    reference = "Czyż et al. 2023, arXiv 2306.11078"
    dials = ("bits", "d", "pairs")

    d: int = param(1, label="Dimension", low=1, high=200, step=1, help="Columns of each view.")
    structure: str = param(
        "sparse",
        label="Correlations",
        choices=("sparse", "dense"),
        help="Sparse: some pairs of columns. Dense: all alike.",
    )
    pairs: int = param(
        2,
        label="Correlated pairs, at most",
        low=1,
        high=200,
        step=1,
        help="Of columns, where sparse; at most as many as there are columns.",
    )

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of the views."""
        return self.d, self.d, self.d

    def views(self) -> tuple[Array, Array]:
        """The two views."""
        if self.structure == "sparse":
            return sparse_pair(self, self.bits, self.d, self.pairs)
        means = math.sqrt(1.0 - 2.0 ** (-2.0 * self.bits))  # correlation of the views' means
        r = means / (self.d - (self.d - 1) * means)  # of any two columns
        common = self.normal("common", 1)
        first, second = (
            np.asarray(math.sqrt(r) * common + math.sqrt(1.0 - r) * self.normal(name, self.d))
            for name in ("first", "second")
        )
        return first, second

    def why(self) -> str:
        """The closed form."""
        return "closed form: -1/2 log2(1 - rho²), summed over the canonical correlations"
