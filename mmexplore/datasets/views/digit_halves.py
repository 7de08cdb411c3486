"""Handwritten digits, 8 x 8 pixels: the top half of the image against the bottom half."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.views.base import Factor, Facts, TwoViews, View, declare, held_out_rows, pixel_names
from mmexplore.datasets.views.linear_factors import linear_factors
from mmexplore.spec import param


@declare
class DigitHalves(View):
    """See the module."""

    name = "digit-halves"
    title = "Digits: top and bottom"
    sentence = (
        "The top four rows of an 8 x 8 image of a digit, and the bottom four: they share the digit, and the hand."
    )
    source = "UCI Optical Recognition of Handwritten Digits, ships with scikit-learn; Alpaydin & Kaynak 1998; CC BY 4.0"

    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the choice of held-out rows.")

    def facts(self) -> Facts:
        """1,797 images."""
        return Facts(1797, 32, 32, "image", "image", classes=10, continuous=False)

    def sample(self, seed: int) -> TwoViews:
        """The 1,797 images, a quarter held out."""
        from sklearn.datasets import load_digits

        bunch = load_digits()
        images = bunch.images / 16.0
        n = len(images)
        x, y = images[:, :4].reshape(n, -1), images[:, 4:].reshape(n, -1)
        held_out = held_out_rows(n, 0.25, self.stream("held out"))
        label = bunch.target.astype(np.int64)
        return TwoViews(
            x1=x,
            x2=y,
            held_out=held_out,
            columns1=pixel_names(4, 8),
            columns2=tuple(name.replace(f"row {r + 1}", f"row {r + 5}") for r in range(4) for name in _row(r)),
            names=("top half", "bottom half"),
            y=label,
            class_names=tuple("0123456789"),
            factors=(Factor("digit", "shared", label, classes=10), *linear_factors(x, y, ~held_out)),
            form1="image",
            form2="image",
            image1=(4, 8),
            image2=(4, 8),
        )


def _row(r: int) -> tuple[str, ...]:
    return pixel_names(4, 8)[8 * r : 8 * (r + 1)]
