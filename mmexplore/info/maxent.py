"""Maximum entropy under all pairwise marginals: the flattest table with the given p(x1,x2), p(x1,y) and p(x2,y).

    q = argmax H(q)   subject to   q(x1,x2) = p(x1,x2),  q(x1,y) = p(x1,y),  q(x2,y) = p(x2,y)

Two paths, both batched. A 2x2x2 table has one degree of freedom, q = p +- t by parity, and its odds ratios must cancel: one
scalar root. Every other shape is solved in the dual. One pair (a, b) is kept exactly, the third variable c gets

    q(a,b,c) = p(a,b) softmax_c( lam(a,c) + mu(b,c) ),

and Newton's method minimises the convex sum_ab p(a,b) logsumexp_c(lam + mu) - sum p(a,c) lam - sum p(b,c) mu, whose
gradient is the marginal residual. Iterative proportional fitting climbs the same hill along coordinates and crawls
where cells vanish in the limit; Newton's step with a line search that may lengthen it (a vanishing cell shrinks by
exp(-step)) does not. Zero cells of p that maximum entropy fills, and cells that no feasible table can fill, need no
special care: the form is positive everywhere on the support of the three pair marginals, and vanishing cells fall below
the residual.

Reference: Csiszar 1975 (I-divergence geometry, Ann. Probab. 3, 146); Darroch & Ratcliff 1972 (log-linear models).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.tables import Array

RESIDUAL = 1e-12  # largest marginal residual that counts as converged
_TARGET = 1e-15  # Newton goes on towards this while it helps
_MAX_STEPS = 100
_STALLS = 5  # steps without progress that end a member's iteration
_RIDGE = 0.01  # of the residual: curvature far below the residual must not make giant steps
_FLOOR = 1e-16  # curvature below it belongs to null directions and to vanished cells
_NEAR = 1e-7  # residual below which the line search looks at the residual
_STEP_LENGTHS = np.array([2.0**-12, 2.0**-8, 2.0**-5, 0.125, 0.4, 1.0, 3.0, 9.0])
_DENSE_UNKNOWNS = 512  # above this Newton's system is solved by conjugate gradients first
_MOST_UNKNOWNS = 2048  # up to this the dense system is tried where conjugate gradients fell short
_CHUNK_NUMBERS = 4_000_000  # size of the largest temporary array, in numbers


@dataclass(frozen=True)
class MaxEnt:
    """Maximum-entropy tables and how well they were reached.

    Attributes:
        q: tables, shape (batch, n1, n2, ny).
        residual: largest absolute error of a pair marginal, shape (batch,).
        iterations: Newton steps, shape (batch,).
        converged: residual <= `RESIDUAL`, shape (batch,).
    """

    q: Array
    residual: Array
    iterations: Array
    converged: Array


def pairwise_maxent(p: Array) -> MaxEnt:
    """The maximum-entropy table with the three pair marginals of each `p`, shape (batch, n1, n2, ny), float64."""
    if p.shape[1:] == (2, 2, 2):
        q, iterations = _two_by_two_by_two(p)
    elif sorted(p.shape[1:])[1] == 1 or p.shape[0] == 0:  # at most one variable varies: p is fixed by its marginals
        q, iterations = p.copy(), np.zeros(p.shape[0], dtype=np.int64)
    else:
        last = min(range(3), key=lambda c: (sum(p.shape[1:]) - p.shape[1 + c]) * p.shape[1 + c])
        order = [0, *(1 + k for k in range(3) if k != last), 1 + last]
        turned = np.ascontiguousarray(np.transpose(p, order))
        na, nb, nc = turned.shape[1:]
        unknowns = (na + nb) * nc
        matrix = unknowns**2 if unknowns <= _MOST_UNKNOWNS else 0
        per_table = max(na * nb * nc * max(nc, _STEP_LENGTHS.size), matrix)
        size = max(1, _CHUNK_NUMBERS // per_table)
        with one_thread(np, 0):
            parts = [_solve(turned[k : k + size], unknowns) for k in range(0, p.shape[0], size)]
        q = np.transpose(np.concatenate([part[0] for part in parts]), np.argsort(order))
        iterations = np.concatenate([part[1] for part in parts])
    residual = _residual(p, q)
    return MaxEnt(q=q, residual=residual, iterations=iterations, converged=residual <= RESIDUAL)


def _residual(p: Array, q: Array) -> Array:
    """Largest absolute difference of a pair marginal, shape (batch,)."""
    worst = [np.abs(np.sum(q, axis=k) - np.sum(p, axis=k)).max(axis=(1, 2)) for k in (1, 2, 3)]
    return np.maximum.reduce(worst)


# --- 2x2x2: one scalar root -----------------------------------------------------------------------------------------


def _two_by_two_by_two(p: Array) -> tuple[Array, Array]:
    """Even cells rise and odd cells fall together by t until their products agree.

    With e, o the even and odd cells: even = (e - min e) + s, odd = (o - min o) + (L - s), L = min e + min o, and
    g = sum ln even - sum ln odd = 0. In z = logit(s / L) the slope of g lies between 1 and 4, so Newton from z = 0 is safe.
    """
    cells = p.reshape(-1, 8).T  # (8, batch): long axes last
    parity = np.array([bin(k).count("1") % 2 for k in range(8)], dtype=bool)
    even, odd = cells[~parity], cells[parity]  # (4, batch) each
    low_even, low_odd = even.min(axis=0), odd.min(axis=0)
    room = low_even + low_odd  # L
    free = room > 0  # else p is the only table
    length = np.where(free, room, 1.0)
    a = np.where(free, even - low_even, 1.0)
    b = np.where(free, odd - low_odd, 1.0)
    z = np.zeros(cells.shape[1])
    low, high = np.full_like(z, -np.inf), np.full_like(z, np.inf)
    iterations = np.zeros(z.shape, dtype=np.int64)
    active = free.copy()
    for _ in range(_MAX_STEPS):
        up, down = 1.0 / (1.0 + np.exp(-z)), 1.0 / (1.0 + np.exp(z))
        e, o = a + length * up, b + length * down
        g = np.log(e[0]) + np.log(e[1]) + np.log(e[2]) + np.log(e[3])
        g -= np.log(o[0]) + np.log(o[1]) + np.log(o[2]) + np.log(o[3])
        slope = length * up * down * ((1.0 / e).sum(axis=0) + (1.0 / o).sum(axis=0))
        low, high = np.where(g < 0, z, low), np.where(g > 0, z, high)
        step = -g / np.maximum(slope, 1.0)
        iterations += active
        new = z + step
        outside = (new <= low) | (new >= high)
        middle = 0.5 * (np.maximum(low, -1e4) + np.minimum(high, 1e4))
        z = np.where(active, np.where(outside, middle, new), z)
        active = active & (np.abs(step) > 1e-13 * (1.0 + np.abs(z)))  # rounding in g; Newton converges quadratically
        if not active.any():
            break
    q = np.empty_like(cells)
    q[~parity] = np.where(free, a + length / (1.0 + np.exp(-z)), even)
    q[parity] = np.where(free, b + length / (1.0 + np.exp(z)), odd)
    return np.ascontiguousarray(q.T).reshape(p.shape), iterations


# --- every other shape: Newton on the dual ----------------------------------------------------------------------------


def _solve(p: Array, unknowns: int) -> tuple[Array, Array]:
    """Maximum entropy of tables (batch, a, b, c) by whichever linear algebra suits their size; q and the number of steps."""
    q, steps = _newton(p, dense=unknowns <= _DENSE_UNKNOWNS)
    if _DENSE_UNKNOWNS < unknowns <= _MOST_UNKNOWNS:
        hard = np.flatnonzero(_residual(p, q) > RESIDUAL)  # sparse tables: ill-conditioned
        if hard.size:
            q[hard], more = _newton(p[hard], dense=True)
            steps[hard] += more
    return q, steps


def _newton(p: Array, dense: bool) -> tuple[Array, Array]:
    """Maximum entropy of tables (batch, a, b, c), keeping (a, b) exactly; returns q and the number of steps."""
    batch = p.shape[0]
    s = p.sum(axis=3)  # (batch, a, b)
    pac, pbc = p.sum(axis=2), p.sum(axis=1)  # (batch, a, c), (batch, b, c)
    support = (s > 0)[..., None] & (pac > 0)[:, :, None, :] & (pbc > 0)[:, None, :, :]
    pc = pac.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # start at conditional independence given c
        lam = np.where(pac > 0, np.log(pac), 0.0)
        mu = np.where(pbc > 0, np.log(pbc) - np.log(pc)[:, None, :], 0.0)
    best_q = np.empty_like(p)
    best = np.full(batch, np.inf)
    stalls = np.zeros(batch, dtype=np.int64)
    iterations = np.zeros(batch, dtype=np.int64)
    rows = np.arange(batch)  # members still iterated
    for _ in range(_MAX_STEPS + 1):
        q = _table(s[rows], support[rows], lam[rows], mu[rows])
        ga, gb = q.sum(axis=2) - pac[rows], q.sum(axis=1) - pbc[rows]
        residual = np.maximum(np.abs(ga).max(axis=(1, 2)), np.abs(gb).max(axis=(1, 2)))
        better = residual < best[rows]
        # far from the solution the residual may rise while the dual falls: stalls count only near it
        stalls[rows] = np.where((residual < 0.5 * best[rows]) | (best[rows] > RESIDUAL), 0, stalls[rows] + 1)
        best[rows[better]] = residual[better]
        best_q[rows[better]] = q[better]
        going = (residual > _TARGET) & (stalls[rows] < _STALLS) & (iterations[rows] < _MAX_STEPS)
        if not going.any():
            break
        rows, q, ga, gb = rows[going], q[going], ga[going], gb[going]
        da, db = _direction(s[rows], q, ga, gb, _RIDGE * residual[going] + _FLOOR, dense)
        t = _step_length(
            s[rows], support[rows], lam[rows], mu[rows], da, db, pac[rows], pbc[rows], iterations[rows] % 2
        )
        lam[rows] += t[:, None, None] * da
        mu[rows] += t[:, None, None] * db
        iterations[rows] += 1
    return best_q, iterations


def _table(s: Array, support: Array, lam: Array, mu: Array) -> Array:
    """q = s softmax_c(lam + mu) on the support; any leading axes."""
    logits = np.where(support, lam[..., :, None, :] + mu[..., None, :, :], -np.inf)
    top = logits.max(axis=-1, keepdims=True)
    weight = np.exp(logits - np.where(np.isfinite(top), top, 0.0))
    total = weight.sum(axis=-1, keepdims=True)
    return weight * (s[..., None] / np.where(total > 0, total, 1.0))


def _direction(s: Array, q: Array, ga: Array, gb: Array, ridge: Array, dense: bool) -> tuple[Array, Array]:
    """Newton's step for (lam, mu): minus the inverse of (Hessian + ridge) times the gradient."""
    batch, na, nb, nc = q.shape
    unknowns = (na + nb) * nc
    if not dense:
        return _conjugate_gradients(s, q, ga, gb, ridge)
    share = q / np.where(s > 0, s, 1.0)[..., None]
    # -q_c q_c'/s off the diagonal, its diagonal minus the row sums: no cancellation where one c has nearly all the mass
    block = -q[..., :, None] * share[..., None, :]  # (batch, a, b, c, c')
    index = np.arange(nc)
    block[..., index, index] = 0.0
    block[..., index, index] = -block.sum(axis=-1)
    hessian = np.zeros((batch, na + nb, nc, na + nb, nc))
    ia, ib = np.arange(na), np.arange(na, na + nb)
    hessian[:, ia, :, ia, :] = np.moveaxis(block.sum(axis=2), 1, 0)
    hessian[:, ib, :, ib, :] = np.moveaxis(block.sum(axis=1), 1, 0)
    hessian[:, :na, :, na:, :] = np.transpose(block, (0, 1, 3, 2, 4))
    hessian[:, na:, :, :na, :] = np.transpose(block, (0, 2, 4, 1, 3))
    hessian = hessian.reshape(batch, unknowns, unknowns)
    diagonal = np.arange(unknowns)
    hessian[:, diagonal, diagonal] += ridge[:, None]
    scale = 1.0 / np.sqrt(hessian[:, diagonal, diagonal])  # (batch, unknowns)
    hessian *= scale[:, :, None] * scale[:, None, :]
    hessian[:, diagonal, diagonal] += 1e-15
    gradient = np.concatenate([ga, gb], axis=1).reshape(batch, unknowns)
    step = -scale * np.linalg.solve(hessian, (scale * gradient)[..., None])[..., 0]
    step = step.reshape(batch, na + nb, nc)
    return step[:, :na], step[:, na:]


def _step_length(
    s: Array, support: Array, lam: Array, mu: Array, da: Array, db: Array, pac: Array, pbc: Array, turn: Array
) -> Array:
    """The trial length at which the slope along the step is nearest to 0; shape (batch,).

    Near the solution the slope is lost in the rounding of the null directions; there the residual itself decides.
    """
    t = _STEP_LENGTHS[:, None, None, None]
    q = _table(s, support, lam + t * da, mu + t * db)  # (lengths, batch, a, b, c)
    ga, gb = q.sum(axis=3) - pac, q.sum(axis=2) - pbc
    slope = np.abs((ga * da).sum(axis=(2, 3)) + (gb * db).sum(axis=(2, 3)))
    residual = np.maximum(np.abs(ga).max(axis=(2, 3)), np.abs(gb).max(axis=(2, 3)))
    size = np.where((residual.min(axis=0) < _NEAR) & (turn == 1), residual, slope)
    return _STEP_LENGTHS[np.argmin(np.where(np.isfinite(size), size, np.inf), axis=0)]


def _conjugate_gradients(s: Array, q: Array, ga: Array, gb: Array, ridge: Array) -> tuple[Array, Array]:
    """Newton's step without the matrix, for large alphabets: Jacobi-preconditioned, cut off at a tenth of the residual."""
    ridge = ridge[:, None, None]
    share = q / np.where(s > 0, s, 1.0)[..., None]
    spread = q * (1.0 - share)
    inverse = 1.0 / (np.concatenate([spread.sum(axis=2), spread.sum(axis=1)], axis=1) + ridge)  # (batch, a + b, c)
    na = q.shape[1]

    def product(v: Array) -> Array:
        change = v[:, :na, None, :] + v[:, None, na:, :]
        w = q * (change - (share * change).sum(axis=3, keepdims=True))
        return np.concatenate([w.sum(axis=2), w.sum(axis=1)], axis=1) + ridge * v

    def dot(u: Array, v: Array) -> Array:
        return (u * v).sum(axis=(1, 2), keepdims=True)

    residual = -np.concatenate([ga, gb], axis=1)
    x = np.zeros_like(residual)
    z = inverse * residual
    direction = z
    rho = dot(residual, z)
    goal = 0.01 * rho  # the squared, preconditioned residual
    for _ in range(200):
        along = product(direction)
        curvature = dot(direction, along)
        alpha = np.where(rho > goal, rho / np.where(curvature > 0, curvature, np.inf), 0.0)
        x = x + alpha * direction
        residual = residual - alpha * along
        z = inverse * residual
        new = dot(residual, z)
        if not (new > goal).any():
            break
        direction = z + np.where(rho > 0, new / np.where(rho > 0, rho, 1.0), 0.0) * direction
        rho = new
    return x[:, :na], x[:, na:]
