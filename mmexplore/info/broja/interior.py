"""Structured primal-dual interior point for BROJA's union information, batched.

Minimises f(q) over Delta (see `certificate`) through its dual: maximise D(lam, mu) subject to Z_ab(lam, mu) + zeta_ab = 1,
zeta >= 0, with multipliers s_ab >= 0. The barrier stands on these |A||B| constraints alone: q = s exp(lam + mu) stays positive
by itself. Mehrotra's predictor and corrector, the latter with the second-order term of the exponential, too.

Near the end every iterate yields certified bounds (`certificate`); a run stops on their gap, not on residuals, and keeps the
best. Members that are done leave the batch. What one setting leaves over is tried again with more careful ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.info.broja.best import LN2, Best
from mmexplore.info.broja.certificate import lower_nats, round_to_margins, upper_nats
from mmexplore.info.broja.margins import Margins
from mmexplore.info.broja.newton import CellSystem, MarginSystem, affordable, grounding
from mmexplore.info.tables import Array

MAX_STEPS = 80
CENTRING = 5  # first steps, which may improve nothing
NEAR = 100.0  # bounds are computed once the duality measure is within this factor of the tolerance


@dataclass(frozen=True)
class Settings:
    """How carefully to walk: start, least centring, share of the primal residual that the target tau keeps, patience."""

    fast_start: bool
    centring: float
    residual: float
    patience: int


LADDER = (
    Settings(fast_start=True, centring=1e-3, residual=0.0, patience=5),
    Settings(fast_start=False, centring=0.1, residual=0.1, patience=10),
    Settings(fast_start=False, centring=0.3, residual=1.0, patience=15),
    Settings(fast_start=False, centring=1e-3, residual=0.0, patience=5),
)


def interior_point(margins: Margins, who: Array, best: Best, system: type[CellSystem] | type[MarginSystem]) -> None:
    """Improve members `who` (indices into `margins` and `best`) until each is within the tolerance, or nothing helps."""
    for settings in LADDER:
        if settings is not LADDER[0] and affordable(CellSystem, margins.shape):
            system = CellSystem
        whole = who.shape[0] == best.lower.shape[0]
        _run(margins if whole else margins.take(who), who, best, settings, system)
        who = who[best.gap(who) > best.tolerance]
        if who.shape[0] == 0:
            return


def _start(margins: Margins, fast: bool) -> tuple[Array, Array, Array, Array]:
    """(lam, mu, s, zeta) at conditional independence of the sources given y.

    The fast start rescales so that q is exactly primal feasible and the dual constraints hold strictly.
    """
    xp = margins.xp
    lam, mu = margins.log_independent()
    z = _total(xp.exp(lam[:, :, :, None] + mu[:, :, None, :]), xp)
    if not fast:
        return lam, mu, xp.ones_like(z), xp.where(z < 0.999, 1.0 - z, 1e-3)
    rows = xp.max(z, axis=2)
    alpha = xp.maximum(rows, 0.1 * xp.max(rows, axis=1)[:, None])
    beta = xp.max(z / alpha[:, :, None], axis=1)
    beta = xp.where(beta > 0.1, beta, 0.1)
    s = alpha[:, :, None] * beta[:, None, :] / 0.97
    slack = 1.0 - z / s
    lam = lam - xp.log(alpha)[:, None, :]
    mu = mu - xp.log(beta / 0.97)[:, None, :]
    return lam, mu, s, xp.where(slack > 1e-3, slack, 1e-3)


def _total(c: Array, xp: Any) -> Array:
    """Sum over y."""
    return xp.einsum("nyab->nab", c)


def _boundary(x: Array, dx: Array, xp: Any) -> Array:
    """max over cells of -dx / x: the inverse of the step length that reaches 0, shape (n,)."""
    n = x.shape[0]
    return xp.max(xp.reshape(-dx / x, (n, -1)), axis=1)


def _run(
    margins: Margins, who: Array, best: Best, how: Settings, system: type[CellSystem] | type[MarginSystem]
) -> None:
    """One rung of the ladder for the members `who` of `best`, whose margins are given."""
    xp = margins.xp
    lam, mu, s, zeta = _start(margins, how.fast_start)
    live, cells, count, keep = _structure(margins)
    if cells is not None:
        s, zeta = xp.where(cells, s, 0.0), xp.where(cells, zeta, 1.0)
    # the least duality measure and gap so far, to notice a stall
    record_duality = record_gap = gap = xp.full_like(margins.hy, float("inf"))
    stalled = xp.zeros_like(gap)
    linear: Array | None = None
    for iteration in range(MAX_STEPS + 1):
        c = xp.exp(lam[:, :, :, None] + mu[:, :, None, :])  # (n, y, a, b); 0 where not live
        z = _total(c, xp)
        q = s[:, None] * c
        duality = xp.einsum("nab,nab->n", s, zeta)
        if iteration >= CENTRING:
            stalled = xp.where(duality < 0.9 * record_duality, 0.0, stalled + 1.0)
        record_duality = xp.where(duality < record_duality, duality, record_duality)
        near = ~(duality > NEAR * LN2 * best.tolerance) | (stalled >= how.patience)
        if iteration == MAX_STEPS or bool(xp.any(near)):
            rounded = round_to_margins(margins, q)
            lower = lower_nats(margins, lam, mu, z)
            gap = best.improve(who, lower, upper_nats(margins, rounded), rounded)
            if linear is not None and bool(xp.any((gap > best.tolerance) & (duality < 0.1 * LN2 * gap))):
                # what is left is the residual of q; the last step's linearised q has none
                rounded = round_to_margins(margins, xp.where(linear > 0, linear, 0.0))
                gap = best.improve(who, lower, upper_nats(margins, rounded), rounded)
            stalled = xp.where(gap < 0.9 * record_gap, 0.0, stalled)
            record_gap = xp.where(gap < record_gap, gap, record_gap)
        go = (gap > best.tolerance) & (stalled < how.patience) & (duality < float("inf"))
        if not bool(xp.all(go)) or iteration == MAX_STEPS:
            if iteration == MAX_STEPS or not bool(xp.any(go)):
                return
            margins, who, lam, mu, s, zeta = margins.take(go), who[go], lam[go], mu[go], s[go], zeta[go]
            c, z, q, duality, gap, count, near = c[go], z[go], q[go], duality[go], gap[go], count[go], near[go]
            record_duality, record_gap, stalled, keep = record_duality[go], record_gap[go], stalled[go], keep[go]
            live, cells, linear = (None if x is None else x[go] for x in (live, cells, linear))
        best.iterations[who] += 1

        ra = margins.pa - xp.einsum("nyab->nya", q)
        rb = margins.pb - xp.einsum("nyab->nyb", q)
        rh = 1.0 - z - zeta
        if cells is not None:
            rh = xp.where(cells, rh, 0.0)
        newton = system(margins, keep, c, s, zeta)
        safe_s = s if cells is None else xp.where(cells, s, 1.0)
        ratio = s / zeta

        def direction(
            t: Array, ra: Array, rb: Array, rh: Array, _n: Any = newton, _c: Array = c, _live: Any = live
        ) -> Any:
            dlam, dmu, ds = _n.step(ra, rb, t)
            dx = dlam[:, :, :, None] + dmu[:, :, None, :]
            if _live is not None:
                dx = xp.where(_live, dx, 0.0)
            return dlam, dmu, dx, ds, rh - xp.einsum("nyab,nyab->nab", _c, dx)

        # predictor: straight to tau = 0
        dlam, dmu, dx, ds, dzeta = direction(-s - ratio * rh, ra, rb, rh)
        if cells is not None:
            dzeta = xp.where(cells, dzeta, 0.0)
        alpha = _step_length(safe_s, ds, zeta, dzeta, dx, 1.0, 2.0, xp)

        # corrector: aim at tau on the central path, second-order terms included
        sigma = (1.0 - alpha) ** 2
        tau = xp.where(sigma > how.centring, sigma, how.centring) * duality / count
        residual = xp.sum(xp.abs(xp.reshape(ra, (ra.shape[0], -1))), axis=1)
        residual = residual + xp.sum(xp.abs(xp.reshape(rb, (rb.shape[0], -1))), axis=1)
        share = xp.where(gap < float("inf"), 0.1 * LN2 * gap, 0.0)  # nats
        tau = xp.where(duality < share, xp.maximum(tau, share / count), tau)
        tau = xp.maximum(tau, how.residual * residual / count)
        # the predictor's second-order terms, as far as the step will follow it: not at all where tau only centres
        centred = xp.where(tau * count < duality, tau * count / duality, 1.0)
        follows = xp.where(duality < share, alpha * (1.0 - centred), alpha)
        square = (follows * follows)[:, None, None]
        curved = (0.5 * square)[:, None] * c * dx * dx
        rh2 = rh - _total(curved, xp)
        curved = s[:, None] * curved + c * (dx * (square * ds)[:, None])
        t = (tau[:, None, None] - square * ds * dzeta) / zeta - s - ratio * rh2
        if cells is not None:
            t = xp.where(cells, t, 0.0)
        ra2 = ra - xp.einsum("nyab->nya", curved)
        rb2 = rb - xp.einsum("nyab->nyb", curved)
        dlam, dmu, dx, ds, dzeta = direction(t, ra2, rb2, rh2)
        if cells is not None:
            dzeta = xp.where(cells, dzeta, 0.0)
        # close to the end go closer to the boundary, which makes the convergence superlinear
        reach = 1.0 - xp.where(sigma < 0.005, xp.where(sigma > 5e-4, sigma, 5e-4), 0.005)
        alpha = _step_length(safe_s, ds, zeta, dzeta, dx, reach, 3.0, xp)
        linear = q + c * ds[:, None] + q * dx + curved if bool(xp.any(near)) else None
        step = alpha[:, None, None]
        lam, mu = lam + step * dlam, mu + step * dmu
        s, zeta = s + step * ds, zeta + step * dzeta


def _structure(margins: Margins) -> tuple[Array | None, Array | None, Array, Array]:
    """Live (y, a, b), supported cells (a, b) (None if all), their number, and the grounding."""
    xp = margins.xp
    n, _, a, b = margins.shape
    live = margins.live()
    cells = None if live is None else xp.any(live, axis=1)
    count = xp.ones_like(margins.hy) * (a * b)
    if cells is not None:
        count = xp.sum(xp.reshape(xp.astype(cells, margins.pa.dtype), (n, a * b)), axis=1)
        if bool(xp.all(cells)):
            cells = None
    return live, cells, count, grounding(margins)


def _step_length(
    s: Array, ds: Array, zeta: Array, dzeta: Array, dx: Array, reach: float | Array, longest: float, xp: Any
) -> Array:
    """Largest step <= 1 that goes `reach` of the way to the boundary of s, zeta >= 0, with |dx| <= `longest`; (n,)."""
    n = s.shape[0]
    inverse = xp.maximum(_boundary(s, ds, xp), _boundary(zeta, dzeta, xp)) / reach
    inverse = xp.maximum(inverse, xp.max(xp.abs(xp.reshape(dx, (n, -1))), axis=1) / longest)
    return 1.0 / xp.where(inverse > 1.0, inverse, 1.0)
