"""The symmetric information bottleneck of Gaussian views: a first-order transition, two branches, hysteresis; in closed form.

Both views are compressed, and what the two codes share is kept: L = I(X;Zx) + I(Y;Zy) - beta I(Zx;Zy), optionally with a
reconstruction of both views by decoders of variance 1, weighted by gamma. For one canonical pair with correlation rho, and
kappa = 1 - exp(-2 I(X;Zx)) alike in both views (any stationary point is), in nats:

    L(kappa) = -ln(1 - kappa) + beta/2 ln(1 - rho^2 kappa^2) + gamma v (1 - kappa)

where v is the variance of the pair's coordinate in the views (their modes are taken to be at right angles there).

Without reconstruction (gamma = 0): kappa = 0 is a local minimum at every beta; another one,

    kappa_+ = [beta + sqrt(beta^2 - 4 (beta - 1)/rho^2)] / (2 (beta - 1)),   with the barrier at kappa_-,

exists from the spinodal beta_sp = (2/rho^2)(1 + sqrt(1 - rho^2)) on, and is the lower one only above beta_1 > beta_sp, where L = 0. So
training from scratch stays collapsed at any beta, while coming down from a large beta stays open until beta_sp.
With it, stationary points are roots of a cubic; the collapsed state ends at gamma v = 1, smoothly where beta rho^2 < 1, else by a jump.

All of this is about Gaussian codes; other codes may do better (`sign_codes`).

References: Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311) for the objective; Martini & Nemenman 2023 (arXiv 2309.05649) for the
Gaussian symmetric bottleneck. The closed forms above are derived here and held against numerical optimisation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.devices import on_host
from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck.arguments import Array, as_correlations, as_knob, plain
from mmexplore.info.bottleneck.canonical import canonical_correlations
from mmexplore.info.bottleneck.tradeoff import Tradeoff
from mmexplore.units import BITS_PER_NAT, NATS_PER_BIT

_HALVINGS = 200


@dataclass(frozen=True, eq=False)
class SymmetricIB(Tradeoff):
    """The Gaussian symmetric bottleneck at every setting: the global minimum, and the branches around it.

    `rate` is I(X;Zx) + I(Y;Zy), `relevance` is I(Zx;Zy), both at the global minimum. Arrays over pairs have shape (..., m).

    Attributes:
        gamma: weight of the reconstruction, beta's shape.
        correlations: canonical correlations, falling, shape (m,).
        variances: v of each pair, shape (m,).
        collapsed: kappa of the lower branch: 0 while gamma v <= 1.
        open: kappa of the upper branch; nan where there is none.
        barrier: kappa of the local maximum between the two; nan where there is none.
        kappa: that of the global minimum.
        spinodal: beta from which on the upper branch exists at gamma = 0, shape (m,).
        transition: beta above which it is the global minimum at gamma = 0, shape (m,).
    """

    gamma: Any
    correlations: Array
    variances: Array
    collapsed: Array
    open: Array
    barrier: Array
    kappa: Array
    spinodal: Array
    transition: Array

    def on(self, branch: str) -> Tradeoff:
        """The point where every pair is on the branch ``"collapsed"``, ``"open"`` (where there is one) or ``"global"``."""
        if branch not in ("collapsed", "open", "global"):
            raise BadSpec(f"branch is {branch!r}; allowed: collapsed, open, global")
        upper = np.where(np.isnan(self.open), self.collapsed, self.open)
        kappa = {"collapsed": self.collapsed, "open": upper, "global": self.kappa}[branch]
        return self.at(kappa)

    def at(self, kappa: Array) -> Tradeoff:
        """The point of the information plane where the pairs have these kappa, shape (..., m)."""
        rate, relevance = informations_nats(kappa, self.correlations)
        return Tradeoff(
            self.beta, plain(rate.sum(-1) * BITS_PER_NAT), plain(relevance.sum(-1) * BITS_PER_NAT), self.information
        )


def symmetric_ib(
    cov: Any, d1: int, d2: int, betas: Any, *, gamma: Any = 0.0, variance: Any = 1.0, ridge: float = 0.0
) -> SymmetricIB:
    """The Gaussian symmetric bottleneck of two views, in bits.

    Args:
        cov: covariance of (x, y), shape (d1 + d2, d1 + d2).
        d1, d2: columns of the views.
        betas: the knob on what the codes share, any shape, above 0; large keeps more.
        gamma: weight of the reconstruction by decoders of variance 1, from 0 on, broadcast against `betas`.
        variance: of the canonical coordinates in the views, one number or one a pair; matters only with gamma.
        ridge: see `canonical_correlations`.

    >>> r = symmetric_ib([[1, .9 ** .5], [.9 ** .5, 1]], 1, 1, [3.0, 4.0])
    >>> r.spinodal.round(3), r.transition.round(3), r.kappa[:, 0].round(3)
    (array([2.925]), array([3.521]), array([0.   , 0.939]))
    """
    rho = canonical_correlations(cov, d1, d2, ridge=ridge).correlations
    return symmetric_ib_of(rho, betas, gamma=gamma, variance=variance)


def symmetric_ib_of(correlations: Any, betas: Any, *, gamma: Any = 0.0, variance: Any = 1.0) -> SymmetricIB:
    """`symmetric_ib` from canonical correlations alone."""
    given = np.atleast_1d(np.asarray(on_host(correlations), dtype=np.float64))
    rho = as_correlations(given)
    v = as_knob("variance", variance, zero=True)
    if v.ndim > 1 or (v.ndim == 1 and v.shape != rho.shape):
        raise BadSpec(
            f"variance has shape {v.shape}; allowed: one number, or one for each of the {len(rho)} correlations"
        )
    v = v[np.argsort(-given, kind="stable")] if v.ndim else np.full(rho.shape, float(v))
    beta, weight = as_knob("betas", betas), as_knob("gamma", gamma, zero=True)
    try:
        beta, weight = np.broadcast_arrays(beta, weight)
    except ValueError:
        raise BadSpec(
            f"gamma has shape {np.shape(gamma)} and betas {np.shape(betas)}; allowed: shapes that broadcast"
        ) from None
    collapsed, open_, barrier = _branches(beta[..., None], weight[..., None] * v, rho)
    lower = pair_lagrangian_nats(collapsed, beta[..., None], rho, weight[..., None] * v)
    upper = pair_lagrangian_nats(open_, beta[..., None], rho, weight[..., None] * v)
    kappa = np.where(upper < lower, open_, collapsed)  # nan compares as false
    rate, relevance = informations_nats(kappa, rho)
    return SymmetricIB(
        beta=plain(np.array(beta)),
        rate=plain(rate.sum(-1) * BITS_PER_NAT),
        relevance=plain(relevance.sum(-1) * BITS_PER_NAT),
        information=float(-0.5 * np.log1p(-(rho**2)).sum() * BITS_PER_NAT),
        gamma=plain(np.array(weight)),
        correlations=rho,
        variances=v,
        collapsed=collapsed,
        open=open_,
        barrier=barrier,
        kappa=kappa,
        spinodal=spinodal(rho),
        transition=transition(rho),
    )


def informations_nats(kappa: Array, rho: Array) -> tuple[Array, Array]:
    """I(X;Zx) + I(Y;Zy) and I(Zx;Zy) of each pair, in nats."""
    return -np.log1p(-kappa), -0.5 * np.log1p(-((rho * kappa) ** 2))


def pair_lagrangian_nats(kappa: Any, beta: Any, rho: Any, recon: Any = 0.0) -> Array:
    """L(kappa) of one pair in nats, 0 at kappa = 0; `recon` is gamma v. Everything broadcasts."""
    kappa, beta, rho, recon = (np.asarray(a, dtype=np.float64) for a in (kappa, beta, rho, recon))
    return np.asarray(-np.log1p(-kappa) + 0.5 * beta * np.log1p(-((rho * kappa) ** 2)) - recon * kappa)


def spinodal(rho: Any) -> Array:
    """beta_sp, from which on a state that tells something is stable; inf at rho = 0."""
    square = np.asarray(rho, dtype=np.float64) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(2.0 / square * (1.0 + np.sqrt(1.0 - square)))


def transition(rho: Any) -> Array:
    """beta_1, above which that state is the global minimum (L(kappa_+) = 0, by bisection to rounding); inf at rho = 0."""
    rho = np.asarray(rho, dtype=np.float64)
    low = spinodal(rho)
    finite = np.isfinite(low)
    low = np.where(finite, low, 1.0)
    safe = np.where(finite, rho, 0.5)

    def above(beta: Array) -> npt.NDArray[np.bool_]:
        return np.asarray(pair_lagrangian_nats(_open_of(beta, safe), beta, safe) < 0)

    high = 2.0 * low
    while not np.all(above(high) | ~finite):
        high = np.where(above(high), high, 2.0 * high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        lower = above(middle)
        low, high = np.where(lower, low, middle), np.where(lower, middle, high)
        if np.all(high - low <= 4e-16 * high):
            break
    return np.asarray(np.where(finite, high, math.inf))


def escape(rho: Any, kick: float) -> Array:
    """beta from which on a kick to kappa = `kick` leads out of the collapsed state (gamma = 0): where the barrier has come down to it."""
    if not 0.0 < kick < 1.0:
        raise BadSpec(f"kick is {kick!r}; allowed: a number between 0 and 1")
    square = np.asarray(rho, dtype=np.float64) ** 2
    with np.errstate(divide="ignore"):
        threshold = (1.0 - square * kick**2) / (square * kick * (1.0 - kick))
    return np.asarray(np.maximum(threshold, spinodal(rho)))


def sign_codes(rho: float) -> float:
    """beta from which on the signs of a pair's coordinates beat silence (gamma = 0); inf at rho = 0.

    The signs cost ln 2 a view and share ln 2 - H(p), p = arccos(rho) / pi the chance that they differ (Sheppard 1899). They are no Gaussian
    codes: for strong correlations they are worth their price before any Gaussian code is (`transition`).

    >>> round(sign_codes(.99 ** .5), 2)
    2.51
    """
    differ = math.acos(min(abs(rho), 1.0)) / math.pi
    entropy = -sum(p * math.log(p) for p in (differ, 1.0 - differ) if p > 0)
    shared = NATS_PER_BIT - entropy
    return 2.0 * NATS_PER_BIT / shared if shared > 0 else math.inf


def _open_of(beta: Array, rho: Array) -> Array:
    """kappa_+ at gamma = 0, for beta at or above the spinodal."""
    inside = np.maximum(beta**2 - 4.0 * (beta - 1.0) / rho**2, 0.0)
    return np.minimum((beta + np.sqrt(inside)) / (2.0 * (beta - 1.0)), 1.0 - 1e-16)


def _branches(beta: Array, recon: Array, rho: Array) -> tuple[Array, Array, Array]:
    """kappa of the lower branch, of the upper one and of the barrier between (nan where there is none), shape (..., m).

    Stationary points with c = gamma v, r = rho^2:  -c r k^3 + (beta r + c r - r) k^2 + (c - beta r) k + 1 - c = 0.
    """
    beta, recon, square = np.broadcast_arrays(beta, recon, rho**2)
    shape = beta.shape
    b, c, r = beta.ravel(), recon.ravel(), square.ravel()
    roots = np.full((b.size, 3), np.nan)
    bare = c == 0
    roots[bare, :2] = _quadratic(b[bare], r[bare])
    plain_ = ~bare & (r == 0)  # nothing shared: water-filling alone
    roots[plain_, 0] = 1.0 - 1.0 / c[plain_]
    rest = ~bare & (r > 0)
    roots[rest] = _cubic(b[rest], c[rest], r[rest])
    roots = np.where((roots > 1e-12) & (roots < 1), roots, np.nan)  # at c = 1 exactly 0 is a root
    roots = np.sort(roots, axis=1)  # nan last
    many = np.isfinite(roots).sum(1)
    # where L falls at 0 the first root is a minimum (the lower branch), else the barrier; L'(0) = 1 - c, L''(0) = 1 - beta r
    falls = (c > 1) | ((c == 1) & (b * r > 1))
    lower = np.where(falls & (many > 0), roots[:, 0], 0.0)
    with_barrier = np.where(falls, many == 3, many >= 2)
    first = falls.astype(int)
    rows = np.arange(b.size)
    barrier = np.where(with_barrier, roots[rows, first], np.nan)
    upper = np.where(with_barrier, roots[rows, np.minimum(first + 1, 2)], np.nan)
    return lower.reshape(shape), upper.reshape(shape), barrier.reshape(shape)


def _quadratic(b: Array, r: Array) -> Array:
    """Roots of (b - 1) r k^2 - b r k + 1 at b > 1, else nan, shape (n, 2)."""
    roots = np.full((b.size, 2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = b**2 - 4.0 * (b - 1.0) / r
        some = (b > 1) & (r > 0) & (inside >= 0)
        root = np.sqrt(np.where(some, inside, 0.0))
        large = (b + root) / (2.0 * (b - 1.0))
        roots[:, 0] = np.where(some, 1.0 / ((b - 1.0) * r * large), np.nan)  # the product of the roots: no cancellation
        roots[:, 1] = np.where(some, large, np.nan)
    return roots


def _cubic(b: Array, c: Array, r: Array) -> Array:
    """Real roots, shape (n, 3), nan for complex ones: companion matrices, each root polished by Newton's steps."""
    lead = -c * r
    p2, p1, p0 = (b * r + c * r - r) / lead, (c - b * r) / lead, (1.0 - c) / lead
    companion = np.zeros((b.size, 3, 3))
    companion[:, 1, 0] = companion[:, 2, 1] = 1.0
    companion[:, 0, 2], companion[:, 1, 2], companion[:, 2, 2] = -p0, -p1, -p2
    roots = np.linalg.eigvals(companion)
    real = np.where(np.abs(roots.imag) < 1e-7 * (1.0 + np.abs(roots.real)), roots.real, np.nan)
    p2, p1, p0 = p2[:, None], p1[:, None], p0[:, None]
    for _ in range(3):
        slope = (3.0 * real + 2.0 * p2) * real + p1
        step = (((real + p2) * real + p1) * real + p0) / np.where(slope == 0, np.inf, slope)
        real = real - np.where(np.abs(step) < 1e-3, step, 0.0)
    return real
