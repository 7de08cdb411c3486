"""From tables to certified bounds on BROJA's union information: reduce, choose a method, certify, intersect.

    max(I1, I2) <= I* <= min(I12, I1 + I2)

holds always (R, U1, U2, S >= 0: Bertschinger et al. 2014, arXiv 1311.2852), so the certified interval is cut to it and atoms
that vanish come out as zeros. These informations are closed forms; their own rounding (a few 1e-16) is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np

from mmexplore.info.broja.alternating import alternating
from mmexplore.info.broja.best import Best
from mmexplore.info.broja.binary import binary
from mmexplore.info.broja.certificate import lower_nats, round_to_margins, upper_nats
from mmexplore.info.broja.interior import interior_point
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.broja.margins import NEVER, Margins, indices
from mmexplore.info.broja.newton import system_for
from mmexplore.info.tables import Array, Problem, problem
from mmexplore.units import NATS_PER_BIT

CACHE_BYTES = 16 << 20  # working memory of a chunk in NumPy: what its caches more or less hold
DEVICE_BYTES = 1 << 30  # and in torch, where long batches pay


@dataclass(frozen=True)
class Solution:
    """Certified bounds on the union information in bits, shapes (batch,).

    Attributes:
        value: the answer; never further from the truth than upper - lower.
        lower, upper: certified interval; valid whether converged or not.
        iterations: Newton steps (or sweeps) spent.
        converged: whether upper - lower <= the tolerance asked for.
        coupling: a coupling q with the pair marginals of p and I_q(Y; X1, X2) <= upper, shape (batch, n1, n2, ny); None
            unless asked for. The minimiser is not unique in general.
        dual: (lam, mu) in nats, shapes (batch, n1, ny) and (batch, n2, ny), whose repair proves the lower bound (see `certificate`);
            `NEVER` where a pair marginal vanishes. None unless asked for.
    """

    value: Array
    lower: Array
    upper: Array
    iterations: Array
    converged: Array
    coupling: Array | None = None
    dual: tuple[Array, Array] | None = None


def solve(p: Array, tolerance: float = 1e-9, *, coupling: bool = False, dual: bool = False) -> Solution:
    """BROJA's union information of checked tables, shape (batch, n1, n2, ny), to a certified gap of `tolerance` bits."""
    return solve_problem(problem(p, tolerance), coupling=coupling, dual=dual)


def solve_problem(asked: Problem, *, coupling: bool = False, dual: bool = False) -> Solution:
    """The same for a `Problem`, whose informations are known already."""
    xp = asked.xp
    p, i1, i2, i12 = asked.p, asked.i1, asked.i2, asked.i12
    if array_api_compat.is_torch_namespace(xp):
        p, i1, i2, i12 = (x.detach() for x in (p, i1, i2, i12))  # an iteration is not to be differentiated through
    floor = xp.maximum(i1, i2)
    ceiling = xp.maximum(xp.minimum(i12, i1 + i2), floor)
    best = Best(
        xp=xp,
        lower=xp.asarray(floor, copy=True),
        upper=xp.asarray(ceiling, copy=True),
        iterations=xp.zeros_like(floor, dtype=xp.int64),
        tolerance=asked.tolerance,
        coupling=xp.zeros_like(p) if coupling else None,
        dual=_never(p, xp) if dual else None,
    )
    todo = indices(p.shape[0], p, xp) if coupling or dual else best.open()
    chunk = _chunk(p.shape, array_api_compat.is_numpy_namespace(xp))
    # overflow and 0 / 0 end a run, whose bounds up to there stand
    with one_thread(xp, p.shape[1] * p.shape[2]), np.errstate(all="ignore"):
        for start in range(0, todo.shape[0], chunk):
            who = todo[start : start + chunk]
            _certify(p[who] if who.shape[0] < p.shape[0] else p, who, best)
    return _assemble(floor, ceiling, best)


def _never(p: Array, xp: Any) -> tuple[Array, Array]:
    """Dual points that say nothing, shapes (n, n1, ny) and (n, n2, ny)."""
    return xp.full_like(p[:, :, 0, :], NEVER), xp.full_like(p[:, 0, :, :], NEVER)


def _chunk(shape: tuple[int, ...], numpy: bool) -> int:
    """Members solved together: as many as the memory budget holds, at least one."""
    _, n1, n2, y = shape
    a, b = max(n1, n2), min(n1, n2)
    system = system_for((1, y, a, b))
    newton = 0 if (a, b) == (2, 2) or system is None else system.numbers(y, a, b)
    return max(1, (CACHE_BYTES if numpy else DEVICE_BYTES) // (8 * (20 * y * a * b + newton)))


def _certify(p: Array, who: Array, best: Best) -> None:
    """Tighten the bounds of the members `who` of `best`, whose tables are given."""
    xp = best.xp
    pa, pb = xp.einsum("nabk->nka", p), xp.einsum("nabk->nkb", p)
    used = None
    if not (bool(xp.all(pa > 0)) and bool(xp.all(pb > 0))):
        seen = ((pa, (0, 1)), (pb, (0, 1)), (pa, (0, 2)))
        used = [xp.nonzero(xp.any(m > 0, axis=axes))[0] for m, axes in seen]  # states of x1, x2, y that some member has
        pa, pb = pa[:, used[2]][:, :, used[0]], pb[:, used[2]][:, :, used[1]]
    turned = pb.shape[2] > pa.shape[2]
    margins = Margins.of(*((pb, pa) if turned else (pa, pb)), xp)
    own = Best(
        xp=xp,
        lower=best.lower[who],
        upper=best.upper[who],
        iterations=best.iterations[who],
        tolerance=best.tolerance,
    )
    if best.coupling is not None:
        # p itself is a coupling, too; its bound is wider than the range's end by rounding only
        known = p if used is None else p[:, used[0]][:, :, used[1]][:, :, :, used[2]]
        own.coupling = xp.asarray(xp.permute_dims(known, (0, 3, 2, 1) if turned else (0, 3, 1, 2)), copy=True)
        own.upper = upper_nats(margins, own.coupling) / NATS_PER_BIT
    if best.dual is not None:
        own.dual = margins.log_independent()  # a dual point, if a poor one
        own.lower = xp.full_like(own.lower, -float("inf"))
    _tighten(margins, own)
    best.lower[who], best.upper[who], best.iterations[who] = own.lower, own.upper, own.iterations
    if best.dual is not None and own.dual is not None:
        for kept, new, axis in zip(best.dual, own.dual[::-1] if turned else own.dual, (0, 1), strict=True):
            new = xp.permute_dims(new, (0, 2, 1))
            if used is None:
                kept[who] = new
            else:
                kept[who[:, None, None], used[axis][:, None], used[2]] = new
    if best.coupling is not None:
        q = xp.permute_dims(own.coupling, (0, 3, 2, 1) if turned else (0, 2, 3, 1))
        if used is None:
            best.coupling[who] = q
        else:
            best.coupling[who[:, None, None, None], used[0][:, None, None], used[1][:, None], used[2]] = q


def _tighten(margins: Margins, best: Best) -> None:
    """Start at conditional independence or the binary solution, then whatever method fits what is left."""
    xp = best.xp
    shape = margins.shape
    everyone = indices(shape[0], margins.pa, xp)
    if shape[2:] == (2, 2):
        lam, mu, q, best.iterations = binary(margins, best.tolerance * NATS_PER_BIT)
        z = xp.einsum("nyab->nab", xp.exp(lam[:, :, :, None] + mu[:, :, None, :]))
        q = round_to_margins(margins, q)
        best.improve(everyone, lower_nats(margins, lam, mu, z), upper_nats(margins, q), q, (lam, mu))
    elif shape[3] == 1 or shape[1] == 1:
        # one state: conditional independence is the only coupling there is
        lam, mu = margins.log_independent()
        q = round_to_margins(margins, xp.exp(lam[:, :, :, None] + mu[:, :, None, :]))
        z = xp.einsum("nyab->nab", q)
        best.improve(everyone, lower_nats(margins, lam, mu, z), upper_nats(margins, q), q, (lam, mu))
    who = best.open()
    if who.shape[0] == 0:
        return
    system = system_for(shape)
    if system is None:
        for one in range(who.shape[0]):
            alternating(margins.take(who[one : one + 1]), who[one : one + 1], best)
    else:
        interior_point(margins, who, best, system)


def _assemble(floor: Array, ceiling: Array, best: Best) -> Solution:
    """Cut the certified interval to the range and choose the value."""
    xp: Any = best.xp
    lower = xp.minimum(xp.maximum(best.lower, floor), ceiling)
    upper = xp.maximum(xp.minimum(best.upper, ceiling), lower)
    converged = upper - lower <= best.tolerance
    # an end of the range that cannot be told from the truth is the answer: exact zeros come out as zeros
    # a run cut short is nearer its coupling than its dual point, most of all after sweeps
    value = xp.where(converged, 0.5 * (lower + upper), upper)
    value = xp.where(converged & (upper == ceiling), upper, value)
    value = xp.where(converged & (lower == floor), lower, value)
    return Solution(value, lower, upper, best.iterations, converged, best.coupling, best.dual)
