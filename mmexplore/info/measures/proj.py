"""I_proj (I_red): what each modality says about the target, as far as the other one could have said it.

    R = min( I(X1 -> X2), I(X2 -> X1) ),    I(X1 -> X2) = sum p(x1,y) log2 r_x1(y) / p(y)
    r_x1 = argmin KL( p(y|x1) || r )  over the mixtures r = sum_j w_j p(y|x2=j)

so I(X1 -> X2) = I1 - sum p(x1) min KL: every belief of X1 is projected onto the convex hull of the beliefs of X2. Harder,
Salge & Polani 2013 (Phys. Rev. E 87, 012130; arXiv 1207.2080).

For two values of y the hull is an interval and the projection a clip. Otherwise each projection is the concave problem
max sum_y p(y|x1) ln r(y), solved for all x1 of all tables at once by a primal-dual interior point on

    1 - g_j - z_j = 0,  w_j z_j = tau,    g_j = sum_y p(y|x1) p(y|j) / r(y),

and certified: for any weights of sum 1 Jensen's inequality bounds what is missing by ln max_j g_j.
"""

from __future__ import annotations

import numpy as np

from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.measures import MeasureResult, measure
from mmexplore.info.tables import Array, Problem
from mmexplore.units import NATS_PER_BIT

_MAX_STEPS = 60
_STALLS = 4  # steps without progress after which the centring becomes careful
_BOLD, _CAREFUL = 1e-3, 0.5  # cube roots of the least share of complementarity that a step aims for
_TIGHTER = 0.01  # of the tolerance asked for: the solver's own goal
_LEAST_GOAL = 1e-13  # nats: rounding allows no more
_CHUNK_NUMBERS = 2_000_000  # numbers in the largest temporary array
_EM_STEPS = 3
_FLOOR = 1e-3  # least total weight that a corner starts with, times their number
_TINY = 1e-300


@measure(
    "proj",
    label="I_proj",
    supplies="redundancy",
    certificate="certified",
    signed=False,
    summary="Shared is what each modality's belief keeps when it must be mixed from the other's beliefs; at least BROJA's redundancy.",
    reference="Harder, Salge & Polani 2013, arXiv 1207.2080",
)
def proj(problem: Problem) -> MeasureResult:
    """R = min of the two projected informations in bits, with its certified interval; shapes (batch,)."""
    batch, n1, n2, ny = problem.p.shape
    size = max(1, _CHUNK_NUMBERS // max(1, n1 * n2 * max(n1, n2, ny)))
    first, second = problem.p.sum(axis=2), problem.p.sum(axis=1)
    parts = []
    for k in range(0, max(batch, 1), size):
        a, b = first[k : k + size], second[k : k + size]
        both = _projected(a, b, problem.tolerance), _projected(b, a, problem.tolerance)
        parts.append([np.stack(pair) for pair in zip(*both, strict=True)])
    low, missing, steps = (np.concatenate([part[k] for part in parts], axis=1) for k in range(3))  # (2, batch)
    lower, upper = low.min(axis=0), (low + missing).min(axis=0)
    return MeasureResult(
        value=lower,
        lower=lower,
        upper=upper,
        iterations=steps.max(axis=0),
        converged=upper - lower <= problem.tolerance,
    )


def _projected(xy: Array, other: Array, tolerance: float) -> tuple[Array, Array, Array]:
    """I(X -> other) in bits from joints (batch, x, y) and (batch, j, y): lower bound, how much may be missing, steps."""
    px, pj, py = xy.sum(axis=2), other.sum(axis=2), xy.sum(axis=1)
    belief = xy / np.where(px > 0, px, 1.0)[..., None]  # p(y|x), 0 for unused x
    corner = other / np.where(pj > 0, pj, 1.0)[..., None]  # p(y|j)
    if xy.shape[2] <= 2:
        inf = np.where((pj > 0)[..., None], corner, np.inf).min(axis=1, keepdims=True)
        sup = corner.max(axis=1, keepdims=True)
        r = np.clip(belief, inf, sup)
        gap, steps = np.zeros(px.shape), np.zeros(px.shape[0], dtype=np.int64)
    else:
        with one_thread(np, 0):
            r, gap, steps = _project(belief, corner, pj, max(tolerance * NATS_PER_BIT * _TIGHTER, _LEAST_GOAL))
    py = np.where(py > 0, py, 1.0)[:, None, :]
    logs = np.log(np.where(xy > 0, r, 1.0)) - np.log(py)
    return (xy * logs).sum(axis=(1, 2)) / NATS_PER_BIT, (px * gap).sum(axis=1) / NATS_PER_BIT, steps


def _project(belief: Array, corner: Array, pj: Array, goal: float) -> tuple[Array, Array, Array]:
    """The mixtures of `corner` (batch, j, y) nearest to `belief` (batch, x, y), the gap in nats (batch, x), and the steps.

    Newton's matrix is M + diag(z / w), M_jk = sum_y p(y|x) p(y|j) p(y|k) / r(y)^2. Every (table, x) is one row of its own:
    w, z and g have shape (rows, j).
    """
    batch, nx, ny = belief.shape
    nj = corner.shape[1]
    row_table = np.repeat(np.arange(batch), nx)
    pi = belief.reshape(-1, ny)
    used = (pj > 0)[row_table]
    w, z = _start(pi, corner[row_table], np.maximum(pj, _FLOOR / nj)[row_table])
    best_w, best_gap = np.where(used, w, 0.0), np.zeros(w.shape[0])
    steps, stalls = np.zeros(w.shape[0], dtype=np.int64), np.zeros(w.shape[0], dtype=np.int64)
    rows = np.flatnonzero(pi.sum(axis=1) > 0)  # an unused x has no belief, and no weight
    best_gap[rows] = np.inf
    for _ in range(_MAX_STEPS):
        live = np.where(used[rows], w[rows], 0.0)
        gap = _gap(pi[rows], corner[row_table[rows]], live)
        stalls[rows] = np.where(gap < 0.5 * best_gap[rows], 0, stalls[rows] + 1)
        better = gap < best_gap[rows]
        best_w[rows[better]], best_gap[rows[better]] = live[better], gap[better]
        rows = rows[best_gap[rows] > goal]
        if not rows.size:
            break
        centring = np.where(stalls[rows] > _STALLS, _CAREFUL, _BOLD)
        dw, dz = _step(pi[rows], corner[row_table[rows]], w[rows], z[rows], centring[:, None])
        reach = np.minimum(1.0, 0.995 * np.minimum(_reach(w[rows], dw), _reach(z[rows], dz)))
        w[rows] = np.maximum(w[rows] + reach * dw, _TINY)
        z[rows] = np.maximum(z[rows] + reach * dz, _TINY)
        steps[rows] += 1
    weights = best_w / best_w.sum(axis=1, keepdims=True)
    r = np.matmul(weights.reshape(batch, nx, nj), corner)
    return r, np.maximum(best_gap, 0.0).reshape(batch, nx), steps.reshape(batch, nx).max(axis=1)


def _start(pi: Array, corner: Array, w: Array) -> tuple[Array, Array]:
    """Strictly feasible (w, z): a few steps of expectation maximisation, then w scaled up until g <= 0.9."""
    for _ in range(_EM_STEPS):
        g = np.einsum("njy,ny->nj", corner, pi / np.maximum(_mixture(w, corner), _TINY))
        w = np.maximum(w * g, _FLOOR / w.shape[1])
    g = np.einsum("njy,ny->nj", corner, pi / np.maximum(_mixture(w, corner), _TINY))
    up = np.maximum(g.max(axis=1, keepdims=True), 0.1) / 0.9
    return w * up, 1.0 - g / up


def _step(pi: Array, corner: Array, w: Array, z: Array, centring: Array) -> tuple[Array, Array]:
    """Predictor-corrector step of (w, z), both (rows, j), from beliefs (rows, y) and corners (rows, j, y)."""
    r = np.maximum(_mixture(w, corner), _TINY)
    ratio = pi / r
    excess = np.einsum("njy,ny->nj", corner, ratio) - 1.0  # g - 1
    m = np.matmul(corner * (ratio / r)[:, None, :], np.swapaxes(corner, 1, 2))  # (rows, j, j)
    diagonal = np.arange(w.shape[1])
    m[:, diagonal, diagonal] += z / w
    scale = 1.0 / np.sqrt(m[:, diagonal, diagonal])
    m *= scale[:, :, None] * scale[:, None, :]
    m[:, diagonal, diagonal] += 1e-14
    inverse = np.linalg.inv(m)

    def solve(right: Array) -> Array:
        return scale * np.einsum("njk,nk->nj", inverse, scale * right)

    dw = solve(excess)
    dz = -z - z / w * dw
    reach = np.minimum(1.0, np.minimum(_reach(w, dw), _reach(z, dz)))
    mean = (w * z).mean(axis=1, keepdims=True)
    after = ((w + reach * dw) * (z + reach * dz)).mean(axis=1, keepdims=True)
    target = np.clip(after / mean, centring, 1.0) ** 3 * mean - reach**2 * dw * dz  # with the second-order correction
    dw = solve(excess + target / w)
    return dw, target / w - z - z / w * dw


def _mixture(w: Array, corner: Array) -> Array:
    """r = sum_j w_j corner_j, shape (rows, y)."""
    return np.einsum("nj,njy->ny", w, corner)


def _gap(pi: Array, corner: Array, w: Array) -> Array:
    """ln max_j g_j for weights scaled to sum 1: an upper bound on the missing nats; shape (rows,)."""
    r = _mixture(w / w.sum(axis=1, keepdims=True), corner)
    return np.log(np.einsum("njy,ny->nj", corner, pi / np.maximum(r, _TINY)).max(axis=1))


def _reach(value: Array, step: Array) -> Array:
    """The largest length (at most 1e3) that keeps `value` + length * `step` >= 0; shape (rows, 1)."""
    return 1.0 / np.maximum((-step / value).max(axis=1, keepdims=True), 1e-3)
