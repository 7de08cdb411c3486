"""Fallback for tables too large for a Newton step: over-relaxed alternating minimisation in the memory of its marginals.

The minimiser has q_yab = r_ab u_ya v_yb. Alternate the exact updates u = p(a,y) / (v r^T), v = p(b,y) / (u r) and
r <- r (sum_y u v)^eta, eta = 1.9, from r = 1, v = p(b | y). Then lam = ln u, mu = ln v is a dual point, and its certificate
is as valid as any: what is slow here is only how fast the gap closes.
"""

from __future__ import annotations

import dataclasses
import math

from mmexplore.info.broja.best import Best
from mmexplore.info.broja.certificate import lower_nats, objective_nats, round_to_margins, upper_from_nats
from mmexplore.info.broja.margins import NEVER, TINY, Margins
from mmexplore.info.tables import Array

RELAXATION = 1.9
MAX_SWEEPS = 20_000
MAX_WORK = 3e11  # floating-point operations a table, some 30 s on one thread; the certificate says how far it came
FIRST_CHECK = 50  # a check costs several sweeps, so the next one comes a quarter later, counted in sweeps
SLICE = 1 << 21  # cells of a coupling in memory at once


def alternating(margins: Margins, who: Array, best: Best) -> None:
    """Sweep members `who` of `best` until their gap is within the tolerance or the budget is spent."""
    xp = margins.xp
    pa, pb = margins.pa, margins.pb
    rows = xp.sum(pb, axis=2)[:, :, None]
    v = pb / xp.where(rows > 0, rows, 1.0)
    r = xp.ones_like(margins.wa[:, :, None] * margins.wb[:, None, :])  # (n, a, b)
    sweeps = min(MAX_SWEEPS, max(FIRST_CHECK, int(MAX_WORK / (6.0 * math.prod(margins.shape)))))
    check = FIRST_CHECK
    for sweep in range(1, sweeps + 1):
        u = _quotient(pa, v @ xp.swapaxes(r, 1, 2), margins)
        v = _quotient(pb, u @ r, margins)
        z = xp.swapaxes(u, 1, 2) @ v  # (n, a, b)
        if sweep in (sweeps, check):
            check += 1 + sweep // 4
            _certify(margins, who, best, u, v, r, z)
            if bool(xp.all(best.gap(who) <= best.tolerance)):
                break
        r = r * z**RELAXATION
    best.iterations[who] += sweep


def _quotient(p: Array, mass: Array, margins: Margins) -> Array:
    """p / mass, 0 where p is 0."""
    xp = margins.xp
    return xp.where(p > 0, p / xp.where(mass > TINY, mass, TINY), 0.0)


def _certify(margins: Margins, who: Array, best: Best, u: Array, v: Array, r: Array, z: Array) -> None:
    """Hand the bounds of an iterate to `best`."""
    xp = margins.xp
    lam = xp.where(u > 0, xp.log(xp.where(u > 0, u, 1.0)), NEVER)
    mu = xp.where(v > 0, xp.log(xp.where(v > 0, v, 1.0)), NEVER)
    lower = lower_nats(margins, lam, mu, z)
    n, y, a, b = margins.shape
    step = y if best.coupling is not None else max(1, SLICE // (n * a * b))
    slices = [slice(start, start + step) for start in range(0, y, step)]

    def coupling(at: slice) -> Array:
        part = dataclasses.replace(margins, pa=margins.pa[:, at], pb=margins.pb[:, at])
        return round_to_margins(part, r[:, None] * u[:, at, :, None] * v[:, at, None, :])

    # twice through the coupling, a few y at a time: once for s, once for f
    s, f, q = xp.zeros_like(r), xp.zeros_like(margins.hy), None
    for at in slices:
        q = coupling(at)
        s = s + xp.einsum("nyab->nab", q)
    for at in slices:
        q = q if len(slices) == 1 else coupling(at)
        f = f + objective_nats(q, s, xp)
    best.improve(who, lower, upper_from_nats(margins, f), q, (lam, mu))
