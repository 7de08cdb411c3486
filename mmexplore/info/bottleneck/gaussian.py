"""The information bottleneck of jointly Gaussian variables, in closed form.

T = A X + noise minimises L = I(T;X) - beta I(T;Y). With canonical correlations rho_i, in nats:

    beta_i^c = 1 / rho_i^2                                        (mode i opens there)
    I(T;X)   = 1/2 sum_{beta > beta_i^c} ln[(beta - 1) rho_i^2 / (1 - rho_i^2)]
    I(T;Y)   = I(T;X) - 1/2 sum_{beta > beta_i^c} ln[beta rho_i^2]

and the slope of the curve is 1 / beta. Reference: Chechik, Globerson, Tishby & Weiss 2005 (JMLR 6, 165), theorem 3.1 and section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck.arguments import Array, as_correlations, as_knob, plain
from mmexplore.info.bottleneck.canonical import canonical_correlations
from mmexplore.info.bottleneck.tradeoff import Tradeoff, to_bits
from mmexplore.units import BITS_PER_NAT


@dataclass(frozen=True, eq=False)
class GaussianIB(Tradeoff):
    """The Gaussian information bottleneck at every setting of beta; exact.

    Attributes:
        correlations: canonical correlations, falling, shape (m,).
        critical: beta at which each mode opens, rising, shape (m,); inf where the correlation is 0.
        active: how many modes are open, beta's shape.
        rates, relevances: bits a mode, shape (..., m).
    """

    correlations: Array
    critical: Array
    active: Any
    rates: Array
    relevances: Array

    def relevance_at(self, rate: Any) -> Any:
        """The most bits about Y that `rate` bits about X can hold: the curve itself."""
        return relevance_at(self.correlations, rate)


def gaussian_ib(cov: Any, d1: int, d2: int, betas: Any, *, ridge: float = 0.0) -> GaussianIB:
    """The exact information bottleneck curve of Gaussian (x, y), in bits.

    Args:
        cov: covariance of (x, y) in this order, shape (d1 + d2, d1 + d2).
        d1, d2: columns of x, which is compressed, and of y, about which is to be told.
        betas: the knob, any shape, above 0; large keeps more.
        ridge: see `canonical_correlations`.

    >>> r = gaussian_ib([[1, .8], [.8, 1]], 1, 1, [1.5, 4.0])
    >>> r.active.tolist(), r.rate.round(3).tolist(), r.relevance.round(3).tolist()
    ([0, 1], [0.0, 1.208], [0.0, 0.529])
    """
    return gaussian_ib_of(canonical_correlations(cov, d1, d2, ridge=ridge).correlations, betas)


def gaussian_ib_of(correlations: Any, betas: Any) -> GaussianIB:
    """`gaussian_ib` from canonical correlations alone."""
    rho, beta = as_correlations(correlations), as_knob("betas", betas)
    square = rho**2
    excess = np.maximum(beta[..., None] * square - 1.0, 0.0)  # (..., m), above 0 where the mode is open
    rates = 0.5 * np.log1p(excess / (1.0 - square))
    relevances = rates - 0.5 * np.log1p(excess)
    with np.errstate(divide="ignore"):
        critical = 1.0 / square
    return GaussianIB(
        beta=plain(beta),
        rate=to_bits(rates.sum(-1)),
        relevance=to_bits(relevances.sum(-1)),
        information=float(-0.5 * np.log1p(-square).sum() * BITS_PER_NAT),
        correlations=rho,
        critical=critical,
        active=plain((excess > 0).sum(-1)),
        rates=rates * BITS_PER_NAT,
        relevances=relevances * BITS_PER_NAT,
    )


def relevance_at(correlations: Any, rate: Any) -> Any:
    """Largest I(T;Y) of any T with I(T;X) = rate, both in bits: the curve without its parameter.

    With the m strongest modes open, (beta - 1)^m prod_i rho_i^2 / (1 - rho_i^2) = exp(2 rate); m is the one at which beta opens m modes.
    """
    rho = as_correlations(correlations)
    rho = rho[rho > 0]
    nats = np.asarray(rate, dtype=np.float64) / BITS_PER_NAT
    if not (np.isfinite(nats).all() and (nats >= 0).all()):
        raise BadSpec(f"rate is {rate!r}; allowed: finite numbers from 0 on, in bits")
    if not rho.size:
        return plain(np.zeros(nats.shape))
    gains = np.log(rho**2) - np.log1p(-(rho**2))  # ln of rho^2 / (1 - rho^2)
    first = rate_where_opens(rho)  # rate at which mode k opens, rising
    open_modes = np.clip((nats[..., None] > first).sum(-1), 1, rho.size)  # (...)
    log_gap = (2.0 * nats - np.cumsum(gains)[open_modes - 1]) / open_modes  # ln(beta - 1)
    log_beta = np.logaddexp(0.0, log_gap)
    relevance_nats = nats - 0.5 * (open_modes * log_beta + np.cumsum(2 * np.log(rho))[open_modes - 1])
    return plain(np.where(nats > 0, relevance_nats, 0.0) * BITS_PER_NAT)


def rate_where_opens(rho: Array) -> Array:
    """Rate in nats at which each mode opens, of falling correlations above 0, shape (m,)."""
    square = rho**2
    excess = np.maximum(square[None, :] / square[:, None] - 1.0, 0.0)  # [k, i]: mode i at the critical beta of mode k
    return np.asarray(0.5 * np.log1p(excess / (1.0 - square)).sum(-1))
