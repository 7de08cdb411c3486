"""The latent generator of Liang et al. 2023 (arXiv 2302.12247): three latents, two linear views, a label from some of the latents.

    z1, z2, zc ~ N(0, 1.5 I_d),   x1 = [z1 T1, zc Tc],   x2 = [z2 T2, zc Tc],   T ~ U(0, 1)^{d x t},
    y = rank class of sigmoid(mean(Dropout(selected latents))),

cut into equal classes. `redundancy` selects zc, `uniqueness0` z1, `uniqueness1` z2, `synergy` z1 and z2; a mix selects half of the
entries of some (anew for every row, as the published code does) and all of others. The halves of mix1-6 were not checked against the
paper's text; with them, d=50, t=100, dropout .5 and 1,800 rows the paper's pipeline gives all ten rows of its table within .02 nats.

The sizes of the atoms have no closed form, so they are None, but some are exactly 0: what selects zc alone is known to both modalities
alike, what selects z1 alone leaves modality 2 independent of the label. `published` holds the paper's table (PCA to 2, k-means to 20
clusters a modality, exact PID of the table, given in nats): about .05 nats of its synergy is bias of 800 cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, Generator, Sample, Truth, declare
from mmexplore.spec import param
from mmexplore.types import Atoms
from mmexplore.units import BITS_PER_NAT

# shares of the entries of z1, z2 and zc that make the label
SETTINGS: dict[str, tuple[float, float, float]] = {
    "redundancy": (0, 0, 1),
    "uniqueness0": (1, 0, 0),
    "uniqueness1": (0, 1, 0),
    "synergy": (1, 1, 0),
    "mix1": (0.5, 0.5, 0.5),
    "mix2": (1, 0.5, 0.5),
    "mix3": (1, 1, 0.5),
    "mix4": (0.5, 0.5, 1),
    "mix5": (0, 0.5, 0.5),
    "mix6": (0, 0.5, 1),
}
# R, U1, U2, S in nats
PUBLISHED_NATS: dict[str, tuple[float, float, float, float]] = {
    "redundancy": (0.16, 0, 0, 0.05),
    "uniqueness0": (0, 0.16, 0, 0.05),
    "uniqueness1": (0, 0, 0.17, 0.05),
    "synergy": (0.07, 0, 0.01, 0.14),
    "mix1": (0.04, 0.01, 0, 0.07),
    "mix2": (0.04, 0.06, 0, 0.07),
    "mix3": (0.07, 0, 0, 0.12),
    "mix4": (0.10, 0, 0.01, 0.07),
    "mix5": (0.03, 0, 0.04, 0.05),
    "mix6": (0.10, 0, 0.04, 0.05),
}
_VARIANCE = 1.5


@declare
@dataclass(frozen=True)
class Latent(Generator):
    """Labels made from shared and private latents, seen through random linear maps."""

    name = "latent"
    title = "Latents behind two views"
    sentence = "Labels made from shared and private latents behind two wide linear views: the synthetic data of the PID papers."
    family = "Labels"
    reference = "Liang et al. 2023, arXiv 2302.12247"
    dials = ("dropout", "d", "t")

    setting: str = param(
        "redundancy",
        label="Label from",
        choices=tuple(SETTINGS),
        help="Which latents make the label; mixes take halves of some.",
    )
    d: int = param(50, label="Latent dimension", low=1, high=100, step=1, help="Of each of the three latents.")
    t: int = param(
        100,
        label="Width of a view",
        low=1,
        high=200,
        step=1,
        help="Columns each latent is spread over; a modality has twice as many.",
    )
    dropout: float = param(
        0.5,
        label="Dropout",
        low=0.0,
        high=0.9,
        step=0.05,
        help="Chance that an entry does not count towards the label.",
    )
    classes: int = param(
        2, label="Classes", low=2, high=20, step=1, help="Equal shares of the rows, in order of the score."
    )

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of x1, x2 and the label."""
        return 2 * self.t, 2 * self.t, 1

    def plain_sample(self) -> Sample:
        """Latents, their views, and the class of the score by rank."""
        z = {name: math.sqrt(_VARIANCE) * self.normal(name, self.d) for name in ("z1", "z2", "zc")}
        seen = {name: values @ self.stream(f"map {name}").random((self.d, self.t)) for name, values in z.items()}
        score = np.zeros(self.n)
        for (name, values), share in zip(z.items(), SETTINGS[self.setting], strict=True):
            not_dropped = self.stream(f"dropout {name}").random((self.n, self.d)) >= self.dropout
            score += (self._chosen(name, share) * not_dropped * values).sum(axis=1)
        # a dropout that leaves nothing ties the scores at 0: such rows are ranked at random
        order = np.lexsort((self.stream("ties").random(self.n), score))
        y = np.empty(self.n, dtype=np.int64)
        y[order] = np.arange(self.n) * self.classes // self.n
        x1, x2 = (np.concatenate([seen[name], seen["zc"]], axis=1) for name in ("z1", "z2"))
        return Sample(x1, x2, y)

    def _chosen(self, name: str, share: float) -> Array | float:
        """Which entries make the label: none, all, or so many of every row."""
        if share in (0, 1):
            return float(share)
        order = self.stream(f"choice {name}").random((self.n, self.d)).argsort(axis=1)
        return np.asarray(order < int(share * self.d), dtype=np.float64)

    def truth(self) -> Truth:
        """What symmetry and independence give; the sizes are not known."""
        published = Atoms(*(value * BITS_PER_NAT for value in PUBLISHED_NATS[self.setting]))
        known: dict[str, float] = {}
        why = "no closed form"
        if self.setting == "redundancy":
            known, why = (
                {"unique1": 0.0, "unique2": 0.0, "synergy": 0.0},
                "both modalities know the label's latents alike",
            )
        elif self.setting == "uniqueness0":
            known = {"redundancy": 0.0, "unique2": 0.0, "synergy": 0.0, "i2": 0.0}
            why = "modality 2 is independent of the label, whether modality 1 is known or not"
        elif self.setting == "uniqueness1":
            known = {"redundancy": 0.0, "unique1": 0.0, "synergy": 0.0, "i1": 0.0}
            why = "modality 1 is independent of the label, whether modality 2 is known or not"
        elif self.setting == "synergy" and self.t >= self.d:
            known, why = {"unique1": 0.0, "unique2": 0.0}, "the two latents are alike to the label"
        return Truth(**known, source=why + "; published: binned to 20 x 20 x 2", published=published)
