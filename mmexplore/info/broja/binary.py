"""Two binary sources: union information is the root of one scalar equation, whatever |Y|.

A member of Delta has one free number for each y, and stationarity says that all q_y share one log odds ratio w, that of
s = sum_y q_y:

    g(w) = w - lnOR(sum_y q_y(w)) = 0,    g' = 1 - (sum_y 1 / h_y) (sum_ab 1 / s_ab),    h_y = sum_ab 1 / q_yab,

g nondecreasing. Columns are swapped where needed so that OR(s) <= 1 at conditional independence (w = 0); then the root lies in
[-90, lnOR(s)], and g(-90) >= 0 says that q lies on the boundary. A y with a vanishing marginal has no freedom and joins s only.

With theta = e^w, m and m + d the diagonal, m the smaller, whose row and column sum to r and k:
(1 - theta) m^2 + (d + theta (r + k)) m = theta r k. The smaller off-diagonal cell follows from theta, since k - m would cancel.

Arrays lie batch last here, (y, n): their reductions run over the long axis. The result is only a candidate; `certificate`
judges it, and what it leaves over goes the general way.
"""

from __future__ import annotations

from typing import Any

from mmexplore.info.broja.margins import NEVER, TINY, Margins
from mmexplore.info.tables import Array

LOWEST = -90.0  # e^-90 of odds: less mass than any rounding
MAX_STEPS = 60


def binary(margins: Margins, tolerance_nats: float) -> tuple[Array, Array, Array, Array]:
    """Candidates (lam, mu, q) for |A| = |B| = 2, shapes (n, y, 2), (n, y, 2), (n, y, 2, 2), and steps spent, (n,)."""
    xp = margins.xp
    a0, a1 = (_columns(margins.pa[:, :, i], xp) for i in (0, 1))  # (y, n)
    b0, b1 = (_columns(margins.pb[:, :, i], xp) for i in (0, 1))
    py = _columns(margins.py, xp)
    scale = 1.0 / xp.where(py > 0, py, 1.0)
    independent = (a0 * b0 * scale, a0 * b1 * scale, a1 * b0 * scale, a1 * b1 * scale)
    swapped = _log_odds([xp.sum(cell, axis=0) for cell in independent], xp) > 0  # (n,)
    b0, b1 = xp.where(swapped, b1, b0), xp.where(swapped, b0, b1)

    sides = (a0, a1, b0, b1)
    free = xp.any((a0 > 0) & (a1 > 0) & (b0 > 0) & (b1 > 0), axis=0)
    w, steps = _root(sides, free, tolerance_nats, xp)
    cells, _ = _cells(xp.exp(w), sides, xp)
    q00, q01, q10, q11 = cells
    q00, q01 = xp.where(swapped, q01, q00), xp.where(swapped, q00, q01)
    q10, q11 = xp.where(swapped, q11, q10), xp.where(swapped, q10, q11)
    lam, mu = _dual((q00, q01, q10, q11), margins, xp)
    q = xp.stack((q00, q01, q10, q11), axis=2)  # (y, n, 4)
    n, y = margins.py.shape
    return lam, mu, xp.reshape(xp.permute_dims(q, (1, 0, 2)), (n, y, 2, 2)), steps


def _columns(x: Array, xp: Any) -> Array:
    """(n, y) -> (y, n), contiguous."""
    return xp.asarray(xp.permute_dims(x, (1, 0)), copy=True) if x.shape[0] > 1 else xp.permute_dims(x, (1, 0))


def _log_odds(cells: Any, xp: Any) -> Array:
    """ln(c00 c11 / (c01 c10)), finite."""
    c00, c01, c10, c11 = (xp.where(c > TINY, c, TINY) for c in cells)
    return xp.log(c00 / c01) - xp.log(c10 / c11)


def _cells(theta: Array, sides: tuple[Array, ...], xp: Any) -> tuple[tuple[Array, ...], Array]:
    """q_y of odds ratio theta <= 1 and its marginals, and 1 / h_y = dq00 / dw; all (y, n)."""
    a0, a1, b0, b1 = sides
    d = a1 - b0  # q11 - q00
    flipped = d < 0  # then 11 is the smaller diagonal cell
    r, k = xp.where(flipped, a1, a0), xp.where(flipped, b1, b0)
    d = xp.abs(d)
    rk = theta * r * k
    linear = d + theta * (r + k)
    root = linear + xp.sqrt(linear * linear + 4.0 * (1.0 - theta) * rk)
    m = 2.0 * rk / xp.where(root > 0, root, 1.0)
    larger_diagonal = m + d
    wide = r > k
    larger = xp.where(wide, r, k) - m
    product = m * larger_diagonal
    bound = theta * larger
    # where theta * larger underflows there is nothing to share
    smaller = product / xp.where(bound > 0, bound, 1.0)
    row_off, column_off = xp.where(wide, larger, smaller), xp.where(wide, smaller, larger)
    q00, q11 = xp.where(flipped, larger_diagonal, m), xp.where(flipped, m, larger_diagonal)
    # the off-diagonal cell of m's row is 01 if m is 00, and 10 if m is 11
    q01, q10 = xp.where(flipped, column_off, row_off), xp.where(flipped, row_off, column_off)
    diagonal = m + larger_diagonal
    diagonal = product / xp.where(diagonal > 0, diagonal, 1.0)
    off = larger + smaller
    off = larger * smaller / xp.where(off > 0, off, 1.0)
    both = diagonal + off
    return (q00, q01, q10, q11), diagonal * off / xp.where(both > 0, both, 1.0)


def _g(w: Array, sides: tuple[Array, ...], xp: Any) -> tuple[Array, Array]:
    """g and g' at w, shapes (n,)."""
    cells, inverse_h = _cells(xp.exp(w), sides, xp)
    s = [xp.sum(cell, axis=0) for cell in cells]
    s = [xp.where(cell > TINY, cell, TINY) for cell in s]
    slope = 1.0 - xp.sum(inverse_h, axis=0) * ((1.0 / s[0] + 1.0 / s[1]) + (1.0 / s[2] + 1.0 / s[3]))
    return w - _log_odds(s, xp), slope


def _root(sides: tuple[Array, ...], free: Array, tolerance_nats: float, xp: Any) -> tuple[Array, Array]:
    """The root w of g by safeguarded Newton, and the steps spent, shapes (n,); w = 0 where nothing is free."""
    w = xp.zeros_like(sides[0][0])
    steps = xp.zeros_like(w, dtype=xp.int64)
    low = w + LOWEST
    high = -_g(w, sides, xp)[0]  # lnOR(s) at conditional independence
    high = xp.where(high > low, high, low)
    boundary = _g(low, sides, xp)[0] >= 0
    w = xp.where(boundary & free, low, w)
    # the last Newton step squares the error of w, and the gap is quadratic in it
    near = 0.01 * tolerance_nats**0.25
    who = xp.nonzero(free & ~boundary)[0]  # still on their way
    sides, low, high = tuple(side[:, who] for side in sides), low[who], high[who]
    at = high
    for _ in range(MAX_STEPS):
        if who.shape[0] == 0:
            break
        value, slope = _g(at, sides, xp)
        high, low = xp.where(value >= 0, at, high), xp.where(value < 0, at, low)
        new = at - value / xp.where(slope > TINY, slope, TINY)
        inside = (new >= low) & (new <= high)
        new = xp.where(inside, new, 0.5 * (low + high))
        done = (inside & (xp.abs(new - at) < near)) | (high - low < 1e-12)
        at = new
        steps[who] += 1
        w[who] = at
        if bool(xp.any(done)):
            go = ~done
            who, at, low, high = who[go], at[go], low[go], high[go]
            sides = tuple(side[:, go] for side in sides)
    return w, steps


def _dual(cells: tuple[Array, Array, Array, Array], margins: Margins, xp: Any) -> tuple[Array, Array]:
    """(lam, mu) with exp(lam + mu) = q / s on the three cells of largest s, hence nearly so on the fourth; (n, y, 2)."""
    s = [xp.sum(cell, axis=0) for cell in cells]
    x00, x01, x10, x11 = (
        xp.log(xp.where(q > TINY, q, TINY) / xp.where(t > TINY, t, 1.0)) for q, t in zip(cells, s, strict=True)
    )
    # reference row and column: away from the cell of smallest s
    small = xp.argmin(xp.stack(s), axis=0)  # 0..3 = 00, 01, 10, 11
    row0, column0 = small >= 2, (small == 1) | (small == 3)  # the reference is row 0, column 0
    on_a = [_columns(margins.pa[:, :, i], xp) > 0 for i in (0, 1)]
    on_b = [_columns(margins.pb[:, :, i], xp) > 0 for i in (0, 1)]
    # reorder so that the reference is first
    c_ref = xp.where(row0, xp.where(column0, x00, x01), xp.where(column0, x10, x11))
    c_row = xp.where(row0, xp.where(column0, x01, x00), xp.where(column0, x11, x10))  # reference row, other column
    c_col = xp.where(row0, xp.where(column0, x10, x11), xp.where(column0, x00, x01))  # other row, reference column
    c_far = xp.where(row0, xp.where(column0, x11, x10), xp.where(column0, x01, x00))
    row_on = xp.where(row0, on_a[0], on_a[1])
    column_on = xp.where(column0, on_b[0], on_b[1])
    # reference row alive: lam_ref = 0; else the other row carries all, lam_other = 0
    mu_ref = xp.where(row_on, c_ref, c_col)
    mu_other = xp.where(row_on, c_row, c_far)
    lam_other = xp.where(row_on, xp.where(column_on, c_col - c_ref, c_far - c_row), 0.0)
    lam = (xp.where(row0, 0.0, lam_other), xp.where(row0, lam_other, 0.0))
    mu = (xp.where(column0, mu_ref, mu_other), xp.where(column0, mu_other, mu_ref))

    def gathered(values: tuple[Array, Array], on: list[Array]) -> Array:
        pair = xp.stack([xp.where(o, v, NEVER) for v, o in zip(values, on, strict=True)], axis=2)  # (y, n, 2)
        return xp.permute_dims(pair, (1, 0, 2))

    return gathered(lam, on_a), gathered(mu, on_b)
