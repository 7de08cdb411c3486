"""What every bottleneck answers: how much is kept at each setting of the knob, and what it costs.

The Lagrangian is L = rate - beta * relevance, minimised: LARGE beta keeps more, small beta compresses.
Along an optimal curve d relevance / d rate = 1 / beta.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.info.bottleneck.arguments import Array
from mmexplore.types import _plain
from mmexplore.units import BITS_PER_NAT


@dataclass(frozen=True, eq=False)
class Tradeoff:
    """Points of the information plane, one for every setting of the knob.

    Attributes:
        beta: the settings; every other field has this shape, with further axes last.
        rate: what the representation costs, in bits: I(T;X), or the sum over the views where each has its own.
        relevance: what it keeps, in bits: I(T;Y), or I(Zx;Zy).
        information: I(X;Y) in bits, the most that can be kept.
    """

    beta: Any
    rate: Any
    relevance: Any
    information: float

    @property
    def rate_nats(self) -> Any:
        """The rate in nats."""
        return self.rate / BITS_PER_NAT

    @property
    def relevance_nats(self) -> Any:
        """The relevance in nats."""
        return self.relevance / BITS_PER_NAT

    @property
    def lagrangian_nats(self) -> Any:
        """rate - beta * relevance in nats, what the bottleneck minimises."""
        return self.rate_nats - self.beta * self.relevance_nats

    @property
    def residual_nats(self) -> float:
        """How far any point could be improved by taking another point's solution: max of (L_i(i) - L_i(j)) / beta_i in nats, from 0 on.

        On the optimal curve, whose slope at beta is 1 / beta, it is 0 but for rounding.
        """
        beta, rate, relevance = (np.ravel(v) for v in (self.beta, self.rate_nats, self.relevance_nats))
        score = rate[None, :] / beta[:, None] - relevance[None, :]  # (setting, solution)
        return float(np.max(np.diagonal(score) - score.min(axis=1), initial=0.0))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what is not finite becomes None."""
        return {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}


def to_bits(nats: Array | float) -> Any:
    """Bits, a float where there is one number only."""
    array = np.asarray(nats) * BITS_PER_NAT
    return array.item() if array.ndim == 0 else array
