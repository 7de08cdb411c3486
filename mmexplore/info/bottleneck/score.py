"""The score of a trained representation: how far above the exact optimum its Lagrangian lies, in nats.

    excess = (R / beta - I) - (R* / beta - I*) >= 0

where R and I are the rate and the relevance it reached at beta and (R*, I*) is the exact point. In units of relevance: nats about Y that
it lacks at the price beta. Below 0 only where R or I is an estimate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck.arguments import as_knob, plain
from mmexplore.info.bottleneck.gaussian import gaussian_ib_of
from mmexplore.info.bottleneck.symmetric import symmetric_ib_of
from mmexplore.info.bottleneck.tradeoff import Tradeoff

AGAINST = ("gaussian", "symmetric")


def excess_lagrangian_nats(
    rate_nats: Any, relevance_nats: Any, beta: Any, correlations: Any, *, against: str = "gaussian"
) -> Any:
    """Excess Lagrangian of points of the information plane, in nats of relevance; arrays broadcast.

    Args:
        rate_nats: R, I(T;X), or I(X;Zx) + I(Y;Zy) for two codes.
        relevance_nats: I, I(T;Y), or I(Zx;Zy).
        beta: the setting each point was trained at; large keeps more.
        correlations: canonical correlations of the data (of the Gaussian variables beneath an invertible warp).
        against: ``"gaussian"`` for one code, ``"symmetric"`` for two.

    >>> exact = gaussian_ib_of([.9, .5], 8.0)
    >>> abs(excess_lagrangian_nats(exact.rate_nats, exact.relevance_nats, 8.0, [.9, .5])) < 1e-12
    True
    """
    if against not in AGAINST:
        raise BadSpec(f"against is {str(against)[:40]!r}; allowed: {', '.join(AGAINST)}")
    knob = as_knob("beta", beta)
    optimum = gaussian_ib_of(correlations, knob) if against == "gaussian" else symmetric_ib_of(correlations, knob)
    return excess_over_nats(rate_nats, relevance_nats, optimum)


def excess_over_nats(rate_nats: Any, relevance_nats: Any, optimum: Tradeoff) -> Any:
    """The same against any exact result at the same settings of beta."""
    rate, relevance = (np.asarray(v, dtype=np.float64) for v in (rate_nats, relevance_nats))
    for name, value in (("rate_nats", rate), ("relevance_nats", relevance)):
        if not np.isfinite(value).all():
            raise BadSpec(f"{name} holds a number that is not finite; allowed: finite numbers")
    beta = np.asarray(optimum.beta)
    return plain(rate / beta - relevance - (optimum.rate_nats / beta - optimum.relevance_nats))
