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

from mmexplore.info.broja.best import Best
from mmexplore.info.broja.certificate import lower_nats, round_to_margins, upper_nats
from mmexplore.info.broja.margins import Margins
from mmexplore.info.broja.newton import CellSystem, MarginSystem, Structure, affordable
from mmexplore.info.tables import Array
from mmexplore.units import NATS_PER_BIT

MAX_STEPS = 80
CENTRING = 5  # first steps, which may improve nothing
FILL = 0.97  # the fast start's largest Z_ab, so that no slack is below 1 - FILL
LEAST = 0.1  # the fast start's least s, relative; without it some runs start too close to the boundary
NEAR = 20.0  # bounds are computed once the duality measure is within this factor of the tolerance


@dataclass(frozen=True)
class SolverSettings:
    """How carefully to walk: start, least centring, share of the primal residual that the target tau keeps, patience."""

    fast_start: bool
    centring: float
    residual: float
    patience: int


LADDER = (
    SolverSettings(fast_start=True, centring=1e-3, residual=0.0, patience=5),
    SolverSettings(fast_start=False, centring=0.1, residual=0.1, patience=10),
    SolverSettings(fast_start=False, centring=0.3, residual=1.0, patience=15),
    SolverSettings(fast_start=False, centring=1e-3, residual=0.0, patience=5),
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
    alpha = xp.maximum(rows, LEAST * xp.max(rows, axis=1)[:, None])
    beta = xp.max(z / alpha[:, :, None], axis=1)
    beta = xp.where(beta > LEAST, beta, LEAST)
    s = alpha[:, :, None] * beta[:, None, :] / FILL
    slack = 1.0 - z / s
    lam = lam - xp.log(alpha)[:, None, :]
    mu = mu - xp.log(beta / FILL)[:, None, :]
    return lam, mu, s, xp.where(slack > 1e-3, slack, 1e-3)


def _total(c: Array, xp: Any) -> Array:
    """Sum over y."""
    return xp.einsum("nyab->nab", c)


def _run(
    margins: Margins, who: Array, best: Best, how: SolverSettings, system: type[CellSystem] | type[MarginSystem]
) -> None:
    """One rung of the ladder for the members `who` of `best`, whose margins are given."""
    xp = margins.xp
    structure = Structure.of(margins)
    lam, mu, s, zeta = _start(margins, how.fast_start)
    if structure.cells is not None:
        s, zeta = xp.where(structure.cells, s, 0.0), xp.where(structure.cells, zeta, 1.0)
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
        # not >, so that nan counts as near
        near = ~(duality > NEAR * NATS_PER_BIT * best.tolerance) | (stalled >= how.patience)
        some_near = iteration == MAX_STEPS or bool(xp.any(near))
        if some_near:
            gap = _certify(margins, who, best, lam, mu, z, q, linear, duality)
            stalled = xp.where(gap < 0.9 * record_gap, 0.0, stalled)
            record_gap = xp.where(gap < record_gap, gap, record_gap)
            go = (gap > best.tolerance) & (stalled < how.patience) & (duality < float("inf"))
            if iteration == MAX_STEPS or not bool(xp.any(go)):
                return
            if not bool(xp.all(go)):
                margins, structure, who = margins.take(go), structure.take(go), who[go]
                lam, mu, s, zeta, c, z, q = (x[go] for x in (lam, mu, s, zeta, c, z, q))
                duality, gap, stalled = duality[go], gap[go], stalled[go]
                record_duality, record_gap = record_duality[go], record_gap[go]
        best.iterations[who] += 1
        lam, mu, s, zeta, linear = _advance(
            system(margins, structure, c, q, s, zeta),
            margins,
            structure,
            how,
            (lam, mu, s, zeta),
            (c, z, q),
            duality,
            gap if some_near else None,
        )


def _advance(
    newton: CellSystem | MarginSystem,
    margins: Margins,
    structure: Structure,
    how: SolverSettings,
    iterate: tuple[Array, Array, Array, Array],
    primal: tuple[Array, Array, Array],
    duality: Array,
    gap: Array | None,
) -> tuple[Array, Array, Array, Array, Array | None]:
    """One predictor-corrector step of lam, mu, s, zeta at their c, z, q; near the end, where `gap` is given, also the linearised q."""
    xp = margins.xp
    (lam, mu, s, zeta), (c, z, q) = iterate, primal
    ra = margins.pa - xp.einsum("nyab->nya", q)
    rb = margins.pb - xp.einsum("nyab->nyb", q)
    rh = 1.0 - z - zeta
    ratio = s / zeta
    divisor = s if structure.cells is None else xp.where(structure.cells, s, 1.0)

    # predictor: straight to tau = 0
    _, _, dx, cdx, ds, dzeta = _direction(newton, structure, c, ra, rb, rh, -s - ratio * rh, xp)
    alpha = _step_length(divisor, ds, zeta, dzeta, dx, 1.0, 2.0, xp)

    # corrector: aim at tau on the central path, second-order terms included
    sigma = (1.0 - alpha) ** 2
    tau = xp.where(sigma > how.centring, sigma, how.centring) * duality / structure.count
    if how.residual > 0:
        tau = xp.maximum(tau, how.residual * (_size(ra, xp) + _size(rb, xp)) / structure.count)
    if gap is not None:
        # s zeta has run ahead of the gap, which the residuals hold up: centre until they have followed
        share = 0.1 * NATS_PER_BIT * gap  # nats
        lifted = duality < share
        tau = xp.where(lifted, xp.maximum(tau, share / structure.count), tau)
        # the second-order terms count as far as the step follows the predictor: not at all where tau only centres
        centred = tau * structure.count / duality
        alpha = xp.where(lifted, alpha * xp.where(centred < 1.0, 1.0 - centred, 0.0), alpha)
    square = (alpha * alpha)[:, None, None]
    bent = (0.5 * square)[:, None] * cdx * dx
    rh2 = rh - _total(bent, xp)
    bent = s[:, None] * bent + cdx * (square * ds)[:, None]
    t = (tau[:, None, None] - square * ds * dzeta) / zeta - s - ratio * rh2
    if structure.cells is not None:
        t = xp.where(structure.cells, t, 0.0)
    ra, rb = ra - xp.einsum("nyab->nya", bent), rb - xp.einsum("nyab->nyb", bent)
    dlam, dmu, dx, cdx, ds, dzeta = _direction(newton, structure, c, ra, rb, rh2, t, xp)
    linear = q + c * ds[:, None] + s[:, None] * cdx + bent if gap is not None else None
    # close to the end go closer to the boundary, which makes the convergence superlinear
    reach = 1.0 - xp.where(sigma < 0.005, xp.where(sigma > 5e-4, sigma, 5e-4), 0.005)
    step = _step_length(divisor, ds, zeta, dzeta, dx, reach, 3.0, xp)[:, None, None]
    return lam + step * dlam, mu + step * dmu, s + step * ds, zeta + step * dzeta, linear


def _certify(
    margins: Margins,
    who: Array,
    best: Best,
    lam: Array,
    mu: Array,
    z: Array,
    q: Array,
    linear: Array | None,
    duality: Array,
) -> Array:
    """Hand the bounds of an iterate to `best`; returns the gaps in bits."""
    xp = margins.xp
    lower = lower_nats(margins, lam, mu, z)
    rounded = round_to_margins(margins, q)
    gap = best.improve(who, lower, upper_nats(margins, rounded), rounded, (lam, mu))
    if linear is not None and bool(xp.any((gap > best.tolerance) & (duality < 0.1 * NATS_PER_BIT * gap))):
        # what is left is the residual of q; the last step's linearised q has none
        rounded = round_to_margins(margins, xp.where(linear > 0, linear, 0.0))
        gap = best.improve(who, lower, upper_nats(margins, rounded), rounded, (lam, mu))
    return gap


def _direction(
    newton: CellSystem | MarginSystem,
    structure: Structure,
    c: Array,
    ra: Array,
    rb: Array,
    rh: Array,
    t: Array,
    xp: Any,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """(dlam, dmu, dx, c dx, ds, dzeta) of one Newton step."""
    dlam, dmu, ds = newton.step(ra, rb, t)
    dx = dlam[:, :, :, None] + dmu[:, :, None, :]
    if structure.live is not None:
        dx = xp.where(structure.live, dx, 0.0)
    cdx = c * dx
    return dlam, dmu, dx, cdx, ds, rh - _total(cdx, xp)


def _size(x: Array, xp: Any) -> Array:
    """Sum of absolute values, shape (n,)."""
    return xp.sum(xp.abs(xp.reshape(x, (x.shape[0], -1))), axis=1)


def _step_length(
    s: Array, ds: Array, zeta: Array, dzeta: Array, dx: Array, reach: float | Array, longest: float, xp: Any
) -> Array:
    """Largest step <= 1 that goes `reach` of the way to the boundary of s, zeta >= 0, with |dx| <= `longest`; (n,)."""
    n = s.shape[0]
    fall = -xp.min(xp.reshape(xp.minimum(ds / s, dzeta / zeta), (n, -1)), axis=1) / reach
    stretch = xp.max(xp.abs(xp.reshape(dx, (n, -1))), axis=1) / longest
    inverse = xp.maximum(fall, stretch)
    return 1.0 / xp.where(inverse > 1.0, inverse, 1.0)
