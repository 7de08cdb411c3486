"""Decoders of fixed variance 1 trace reverse water-filling, not the information bottleneck; and a dial from one modality to the shared part.

A linear encoder of Gaussian x is scored by squared error with weights: loss = I(T;X) + beta/2 (wx E|x - x^|^2 + wy E|y - y^|^2).
With B = Cov(y,x) Cov(x)^-1 and nu_i, v_i the eigenpairs of

    K = Sx^1/2 (wx I + wy B^T B) Sx^1/2,

mode i of Sx^-1/2 x is kept where beta nu_i > 1, and then its posterior variance is 1 / (beta nu_i), in nats:

    I(T;X) = 1/2 sum_i ln+(beta nu_i),   weighted error = wy tr Cov(y|x) + sum_i min(nu_i, 1/beta).

beta-VAE is (wx, wy) = (1, 0), DVIB (0, 1), beta-DVCCA (1, 1), the blend (1 - a, a). What such a code truly tells about y follows
from Cov(x|T). Reference: reverse water-filling, Cover & Thomas 2006, theorem 10.3.3; the objectives: Abdelaleem, Nemenman & Martini
2023 (arXiv 2310.03311), whose decoders have variance 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck.arguments import Array, as_knob, plain
from mmexplore.info.bottleneck.canonical import canonical_correlations, two_views
from mmexplore.info.bottleneck.tradeoff import Tradeoff, to_bits
from mmexplore.info.broja.linalg import one_thread
from mmexplore.units import BITS_PER_NAT

WEIGHTS = {"beta-VAE": (1.0, 0.0), "DVIB": (0.0, 1.0), "beta-DVCCA": (1.0, 1.0)}


@dataclass(frozen=True, eq=False)
class DecoderIB(Tradeoff):
    """What a linear encoder with decoders of variance 1 keeps at every setting of beta; exact.

    Here the slope of relevance over rate is not 1 / beta: the decoders minimise squared error, not what is told.

    Attributes:
        weights: (wx, wy), weights of the errors of x and of y.
        variances: nu, eigenvalues of K, falling, shape (d1,): what each mode weighs in the loss.
        critical: 1 / nu, the beta at which each mode opens.
        active: how many modes are open, beta's shape.
        rates: bits a mode, shape (..., d1).
        error_x, error_y: E|x - x^|^2 and E|y - y^|^2, summed over columns; the best linear decoders of T.
        total_x, total_y: the same when nothing is kept, the sums of the variances.
        floor_y: the part of `error_y` that no code of x can remove, tr Cov(y|x).
        loss_nats: rate + beta/2 (wx error_x + wy error_y), in nats.
    """

    weights: tuple[float, float]
    variances: Array
    critical: Array
    active: Any
    rates: Array
    error_x: Any
    error_y: Any
    total_x: float
    total_y: float
    floor_y: float
    loss_nats: Any


def decoder_ib(cov: Any, d1: int, d2: int, betas: Any, method: str = "DVIB") -> DecoderIB:
    """Reverse water-filling of one of the methods ``"beta-VAE"``, ``"DVIB"``, ``"beta-DVCCA"``.

    Args:
        cov: covariance of (x, y); in the units in which the decoders have variance 1, which matter here.
        d1, d2: columns of x, which is compressed, and of y.
        betas: the knob, any shape, above 0; large keeps more.
        method: whose errors count.

    >>> r = decoder_ib([[4, 1], [1, 1]], 1, 1, 2.0, "beta-VAE")
    >>> round(r.rate, 4), r.error_x, r.critical
    (1.5, 0.5, array([0.25]))
    """
    if method not in WEIGHTS:
        raise BadSpec(f"method is {str(method)[:40]!r}; allowed: {', '.join(WEIGHTS)}")
    return _water_filling(cov, d1, d2, betas, WEIGHTS[method])


def blend_ib(cov: Any, d1: int, d2: int, betas: Any, blend: float) -> DecoderIB:
    """The exact dial from modality-specific (blend 0: a VAE of x) to shared (blend 1: only what x tells about y).

    Args:
        cov, d1, d2, betas: as in `decoder_ib`.
        blend: a, from 0 to 1: the errors weigh 1 - a for x and a for y.
    """
    if not isinstance(blend, int | float | np.floating) or not 0.0 <= blend <= 1.0:
        raise BadSpec(f"blend is {blend!r}; allowed: a number from 0 to 1")
    return _water_filling(cov, d1, d2, betas, (1.0 - float(blend), float(blend)))


def _water_filling(cov: Any, d1: int, d2: int, betas: Any, weights: tuple[float, float]) -> DecoderIB:
    canonical = canonical_correlations(cov, d1, d2)  # refuses what is singular
    matrix, beta = two_views(cov, d1, d2), as_knob("betas", betas)
    wx, wy = weights
    with one_thread(np, 0):
        sx, sy, sxy = matrix[:d1, :d1], matrix[d1:, d1:], matrix[:d1, d1:]
        values, vectors = np.linalg.eigh(sx)
        root = (vectors * np.sqrt(values)) @ vectors.T
        gain = np.linalg.solve(root, sxy)  # Sx^1/2 B^T, (d1, d2)
        nu, v = np.linalg.eigh(wx * sx + wy * gain @ gain.T)
        nu, v = np.maximum(nu[::-1], 0.0), v[:, ::-1]
        open_ = beta[..., None] * nu > 1.0
        level = beta[..., None] * np.where(open_, nu, 1.0)  # (..., d1)
        rates = np.where(open_, 0.5 * np.log(np.where(open_, level, 1.0)), 0.0)
        left = np.where(open_, 1.0 / level, 1.0)  # posterior variance of each mode
        seen_x, seen_y = root @ v, gain.T @ v  # (d1, d1), (d2, d1): columns are the modes in x and in y
        error_x = (left * (seen_x**2).sum(0)).sum(-1)
        removed = 1.0 - left
        posterior = sy - np.einsum("ik,...k,jk->...ij", seen_y, removed, seen_y)  # Cov(y|T)
        error_y = np.trace(posterior, axis1=-2, axis2=-1)
        # det Cov(y|T) / det Cov(y) = det(I - D G D), with G the modes' own told share of whitened y
        white = np.linalg.solve(np.linalg.cholesky(sy), seen_y)
        scale = np.sqrt(removed)[..., :, None] * np.sqrt(removed)[..., None, :]
        relevance = -0.5 * np.linalg.slogdet(np.eye(d1) - scale * (white.T @ white))[1]
    rate = rates.sum(-1)
    with np.errstate(divide="ignore"):
        critical = np.where(nu > 1e-14 * max(nu[0], 1e-300), 1.0 / np.where(nu > 0, nu, 1.0), math.inf)
    return DecoderIB(
        beta=plain(beta),
        rate=to_bits(rate),
        relevance=to_bits(np.maximum(relevance, 0.0)),
        information=canonical.information,
        weights=weights,
        variances=nu,
        critical=critical,
        active=plain(open_.sum(-1)),
        rates=rates * BITS_PER_NAT,
        error_x=plain(error_x),
        error_y=plain(error_y),
        total_x=float(np.trace(sx)),
        total_y=float(np.trace(sy)),
        floor_y=float(np.trace(sy) - (gain**2).sum()),
        loss_nats=plain(rate + 0.5 * beta * (wx * error_x + wy * error_y)),
    )
