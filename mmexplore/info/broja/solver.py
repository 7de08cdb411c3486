"""From tables to certified bounds on BROJA's union information: reduce, choose a method, certify, intersect.

    max(I1, I2) <= I* <= min(I12, I1 + I2)

holds always (R, U1, U2, S >= 0: Bertschinger et al. 2014, arXiv 1311.2852), so the certified interval is cut to it and atoms
that vanish come out as zeros. These four informations are closed forms; their own rounding (a few 1e-16) is not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmexplore.info.broja.certificate import lower_nats, upper_nats
from mmexplore.info.broja.interior import Best, interior_point
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.broja.margins import Margins
from mmexplore.info.tables import Array, Problem, problem

LN2 = math.log(2.0)


@dataclass(frozen=True)
class Solution:
    """Certified bounds on the union information in bits, shapes (batch,).

    Attributes:
        value: the answer; never further from the truth than upper - lower.
        lower, upper: certified interval; valid whether converged or not.
        iterations: Newton steps (or sweeps) spent.
        converged: whether upper - lower <= the tolerance asked for.
        coupling: a member of Delta that attains `upper` before rounding, shape (batch, n1, n2, ny), where asked for.
    """

    value: Array
    lower: Array
    upper: Array
    iterations: Array
    converged: Array
    coupling: Array | None = None


def solve(p: Array, tolerance: float = 1e-9, *, coupling: bool = False) -> Solution:
    """BROJA's union information of checked tables, shape (batch, n1, n2, ny), to a certified gap of `tolerance` bits."""
    return solve_problem(problem(p, tolerance), coupling=coupling)


def solve_problem(asked: Problem, *, coupling: bool = False) -> Solution:
    """The same for a `Problem`, whose informations are known already."""
    xp = asked.xp
    floor = xp.maximum(asked.i1, asked.i2)
    ceiling = xp.maximum(xp.minimum(asked.i12, asked.i1 + asked.i2), floor)
    best = _certified(asked, floor, ceiling, coupling)
    return _assemble(asked, floor, ceiling, best)


def _certified(asked: Problem, floor: Array, ceiling: Array, coupling: bool) -> Best:
    xp, p = asked.xp, asked.p
    n, n1, n2, _ = p.shape
    pa = xp.swapaxes(xp.sum(p, axis=2), 1, 2)
    pb = xp.swapaxes(xp.sum(p, axis=1), 1, 2)
    turned = n2 > n1
    if turned:
        pa, pb = pb, pa
    margins = Margins.of(pa, pb, xp)
    lam, mu = margins.log_independent()
    q = xp.exp(lam[:, :, :, None] + mu[:, :, None, :])
    z = xp.einsum("nyab->nab", q)
    best = Best(
        lower=lower_nats(margins, lam, mu, z),
        upper=upper_nats(margins, q),
        iterations=xp.zeros((n,), dtype=xp.int64),
        coupling=q if coupling else None,
    )
    if not coupling:
        best.lower = xp.maximum(best.lower, floor * LN2)
        best.upper = xp.minimum(best.upper, ceiling * LN2)
    target = xp.full_like(best.lower, asked.tolerance * LN2)
    with one_thread(xp):
        interior_point(margins, target, best)
    return best


def _assemble(asked: Problem, floor: Array, ceiling: Array, best: Best) -> Solution:
    """Cut the certified interval to the range and choose the value."""
    xp = asked.xp
    lower = xp.minimum(xp.maximum(best.lower / LN2, floor), ceiling)
    upper = xp.maximum(xp.minimum(best.upper / LN2, ceiling), lower)
    converged = upper - lower <= asked.tolerance
    # an end of the range that cannot be told from the truth is the answer: exact zeros come out as zeros
    value = 0.5 * (lower + upper)
    value = xp.where(converged & (upper == ceiling), upper, value)
    value = xp.where(converged & (lower == floor), lower, value)
    coupling = best.coupling
    if coupling is not None:
        coupling = xp.permute_dims(coupling, (0, 2, 3, 1))
        if coupling.shape != asked.p.shape:
            coupling = xp.swapaxes(coupling, 1, 2)
    return Solution(value, lower, upper, best.iterations, converged, coupling)
