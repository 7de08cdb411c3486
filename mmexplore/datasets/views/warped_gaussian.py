"""Warped Gaussian views of known canonical correlations: every Gaussian bottleneck stays exact behind the warp.

    (u, v) standard normal, corr(u_i, v_i) = rho_i,      x = Q2 g(Q1 [u, private]),   g(t) = t + 0.45 warp sin(2 t)

with random rotations Q1, Q2; g is strictly rising (its slope is between 1 - 0.9 warp and 1 + 0.9 warp), so x is an invertible function of u
and its private coordinates, and all informations are those of the Gaussian (u, v). y is [v, private], or warped in the same
way. Both are brought to variance 1 on average by one factor each.
"""

from __future__ import annotations

import math

import numpy as np

from mmexplore.datasets.views.base import (
    Array,
    Factor,
    Facts,
    GaussianCoordinates,
    SharedTruth,
    TwoViews,
    View,
    declare,
)
from mmexplore.errors import BadSpec
from mmexplore.spec import param
from mmexplore.units import BITS_PER_NAT

_MOST = 12


@declare
class WarpedGaussian(View):
    """See the module."""

    name = "warped-gaussian"
    title = "Warped Gaussian"
    sentence = "X is a smooth invertible warp of Gaussian coordinates, some of which Y knows by a known correlation."

    correlations: str = param(
        "0.9,0.8,0.6,0.3",
        label="Canonical correlations",
        help="Numbers from 0 to below 1, parted by commas: how well Y knows each shared coordinate.",
        max_length=200,
    )
    private: int = param(
        2, label="Private coordinates", low=0, high=8, step=1, help="Of each view, of which the other knows nothing."
    )
    warp: float = param(0.7, label="Warp of X", low=0.0, high=1.0, step=0.1, help="0: X is Gaussian itself.")
    warp_y: float = param(0.0, label="Warp of Y", low=0.0, high=1.0, step=0.1, help="0: Y is Gaussian itself.")
    n: int = param(20_000, label="Rows", low=100, high=100_000, step=100, help="Rows to train on.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the rows.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rho()

    def rho(self) -> Array:
        """The canonical correlations, falling."""
        allowed = f"allowed: 1 to {_MOST} numbers from 0 to below 1, parted by commas"
        try:
            values = [float(part) for part in self.correlations.split(",")]
        except ValueError:
            raise BadSpec(f"correlations is {self.correlations[:60]!r}; {allowed}") from None
        if not 1 <= len(values) <= _MOST or not all(math.isfinite(v) and 0 <= v <= 0.999 for v in values):
            raise BadSpec(f"correlations is {self.correlations[:60]!r}; {allowed}")
        return np.sort(np.array(values))[::-1].copy()

    def facts(self) -> Facts:
        """As many columns as coordinates."""
        columns = len(self.rho()) + self.private
        return Facts(self.n + self._n_held_out(), columns, columns)

    def truth(self) -> SharedTruth:
        """The information between the views, which no invertible warp changes."""
        rho = self.rho()
        nats = float(-0.5 * np.log1p(-(rho**2)).sum())
        words = "closed form: -1/2 log2(1 - rho²), summed over the canonical correlations; the warps are invertible"
        return SharedTruth(nats * BITS_PER_NAT, True, words, tuple(rho.tolist()))

    def _n_held_out(self) -> int:
        return min(self.n, 4000)

    def sample(self, seed: int) -> TwoViews:
        """As many held-out rows as training rows, up to 4,000."""
        rho = self.rho()
        n_held_out = self._n_held_out()
        total, m = self.n + n_held_out, len(rho)
        normal = [self.stream(what).standard_normal((total, m)) for what in ("u", "v")]
        u, v = normal[0], rho * normal[0] + np.sqrt(1 - rho**2) * normal[1]
        own = [self.stream(what).standard_normal((total, self.private)) for what in ("private x", "private y")]
        x = _warped(np.hstack([u, own[0]]), self.warp, self.stream("turns of x"))
        y = np.hstack([v, own[1]])
        if self.warp_y > 0:
            y = _warped(y, self.warp_y, self.stream("turns of y"))
        factors = [Factor(f"shared {i + 1}: correlation {r:g}", "shared", u[:, i]) for i, r in enumerate(rho) if r > 0]
        factors += [Factor(f"private {i + 1} of X", "unique1", own[0][:, i]) for i in range(min(2, self.private))]
        factors += [Factor(f"private {i + 1} of Y", "unique2", own[1][:, i]) for i in range(min(2, self.private))]
        return TwoViews(
            x1=x,
            x2=y,
            held_out=np.arange(total) >= self.n,
            columns1=tuple(f"x{i + 1}" for i in range(x.shape[1])),
            columns2=tuple(f"y{i + 1}" for i in range(y.shape[1])),
            names=("the warped view", "the other view"),
            factors=tuple(factors),
            canonical=GaussianCoordinates(rho, u, v),
            ceiling=f"the views share exactly {self.truth().bits:.3f} bit",
        )


def _warped(coordinates: Array, strength: float, rng: np.random.Generator) -> Array:
    """Q2 g(Q1 .), divided by its root mean variance."""
    if strength == 0:
        return coordinates
    d = coordinates.shape[1]
    first, second = (np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(2))
    turned = coordinates @ first
    bent = turned + 0.45 * strength * np.sin(2 * turned)
    # Var(t + a sin 2t) of a standard normal t: 1 + 2 a E[t sin 2t] + a^2 E[sin^2 2t]
    a = 0.45 * strength
    variance = 1 + 4 * a * math.exp(-2) + 0.5 * a * a * (1 - math.exp(-8))
    return np.asarray(bent @ second / math.sqrt(variance))
