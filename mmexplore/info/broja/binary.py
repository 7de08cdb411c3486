"""Two binary sources: union information is the root of one scalar equation, whatever |Y|.

A member of Delta has one free number for each y, and stationarity says that all q_y share one log odds ratio w, that of
s = sum_y q_y:

    g(w) = w - lnOR(sum_y q_y(w)) = 0,    g' = 1 - (sum_y 1 / h_y) (sum_ab 1 / s_ab),    h_y = sum_ab 1 / q_yab,

g nondecreasing. Columns are swapped where needed so that OR(s) <= 1 at conditional independence (w = 0); then the root lies in
[-90, lnOR(s)], and g(-90) >= 0 says that q lies on the boundary. A y with a vanishing marginal has no freedom and joins s only.

Cells of q_y: m and m + |d| on the diagonal, o and o + |e| off it, d = q11 - q00 and e = q01 - q10 fixed by the marginals, whose
least is m + o = k. With theta = e^w = m (m + |d|) / (o (o + |e|)), m solves

    (1 - theta) m^2 + (|d| + theta (2 k + |e|)) m = theta k (k + |e|),

and o follows from theta, since k - m would cancel.

Arrays lie batch last here, (y, n): their reductions run over the long axis. The result is only a candidate; `certificate`
judges it, and what it leaves over goes the general way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.info.broja.margins import NEVER, TINY, Margins
from mmexplore.info.tables import Array

LOWEST = -90.0  # e^-90 of odds: less mass than any rounding
MAX_STEPS = 60


def binary(margins: Margins, tolerance_nats: float) -> tuple[Array, Array, Array, Array]:
    """Candidates (lam, mu, q) for |A| = |B| = 2, shapes (n, y, 2), (n, y, 2), (n, y, 2, 2), and steps spent, (n,)."""
    xp = margins.xp
    n, y = margins.py.shape
    a0, a1, b0, b1 = (_columns(m[:, :, i], xp) for m in (margins.pa, margins.pb) for i in (0, 1))  # (y, n)
    scale = 1.0 / (_columns(margins.py, xp) + TINY)
    log_odds = _log_odds([xp.sum(r * c * scale, axis=0) for r in (a0, a1) for c in (b0, b1)], xp)  # independent given y
    swapped = log_odds > 0  # (n,)
    b0, b1 = xp.where(swapped, b1, b0), xp.where(swapped, b0, b1)
    family = _Family.of(a0, a1, b0, b1, xp)
    free = xp.any(family.k > 0, axis=0)
    w, steps = _root(family, -xp.abs(log_odds), free, tolerance_nats)
    m, o, _, _ = family.cells(xp.exp(w))
    q00, q11 = m + family.extra[0], m + family.extra[3]
    q01, q10 = o + family.extra[1], o + family.extra[2]
    q00, q01 = xp.where(swapped, q01, q00), xp.where(swapped, q00, q01)
    q10, q11 = xp.where(swapped, q11, q10), xp.where(swapped, q10, q11)
    lam, mu = _dual((q00, q01, q10, q11), margins)
    q = xp.stack((q00, q01, q10, q11), axis=2)  # (y, n, 4)
    return lam, mu, xp.reshape(xp.permute_dims(q, (1, 0, 2)), (n, y, 2, 2)), steps


def _columns(x: Array, xp: Any) -> Array:
    """(n, y) -> (y, n), contiguous."""
    return xp.asarray(xp.permute_dims(x, (1, 0)), copy=True)


def _log_odds(cells: Any, xp: Any) -> Array:
    """ln(c00 c11 / (c01 c10)), finite."""
    c00, c01, c10, c11 = (c + TINY for c in cells)
    return xp.log(c00 / c01) - xp.log(c10 / c11)


@dataclass(frozen=True)
class _Family:
    """The tables q_y of odds ratio theta <= 1 and given marginals, for all y and members of a batch, shapes (y, n).

    Attributes:
        d, e: |q11 - q00| and |q01 - q10|.
        k: the least of the four marginals.
        extra: what q00, q01, q10, q11 have above m (diagonal) or o (off-diagonal): 0, d or e.
        sums: the same summed over y, shapes (n,).
    """

    xp: Any
    d: Array
    e: Array
    k: Array
    extra: tuple[Array, ...]
    sums: tuple[Array, ...]

    @classmethod
    def of(cls, a0: Array, a1: Array, b0: Array, b1: Array, xp: Any) -> _Family:
        """From the marginals of rows and columns."""
        signed_d, signed_e = a1 - b0, a0 - b0
        d, e = xp.abs(signed_d), xp.abs(signed_e)
        extra = (0.5 * (d - signed_d), 0.5 * (e + signed_e), 0.5 * (e - signed_e), 0.5 * (d + signed_d))  # exact
        k = xp.minimum(xp.minimum(a0, a1), xp.minimum(b0, b1))
        return cls(xp, d, e, k, extra, tuple(xp.sum(x, axis=0) for x in extra))

    def take(self, who: Array) -> _Family:
        """Some members of the batch."""
        extra, sums = (x[:, who] for x in self.extra), (x[who] for x in self.sums)
        return _Family(self.xp, self.d[:, who], self.e[:, who], self.k[:, who], tuple(extra), tuple(sums))

    def cells(self, theta: Array) -> tuple[Array, Array, Array, Array]:
        """m, o, the larger off-diagonal cell and m times the larger diagonal cell."""
        longer = self.k + self.e
        share = theta * self.k * longer
        linear = self.d + theta * (self.k + longer)
        root = linear + self.xp.sqrt(linear * linear + 4.0 * (1.0 - theta) * share)
        m = 2.0 * share / (root + TINY)
        larger = longer - m
        product = m * (m + self.d)
        return m, product / (theta * larger + TINY), larger, product

    def g(self, w: Array) -> tuple[Array, Array]:
        """g and g' at w, shapes (n,)."""
        xp = self.xp
        m, o, larger, product = self.cells(xp.exp(w))
        diagonal = product / (m + m + self.d + TINY)
        off = o * larger / (o + larger + TINY)
        inverse_h = xp.sum(diagonal * off / (diagonal + off + TINY), axis=0)
        sum_m, sum_o = xp.sum(m, axis=0) + TINY, xp.sum(o, axis=0) + TINY
        s00, s11 = sum_m + self.sums[0], sum_m + self.sums[3]
        s01, s10 = sum_o + self.sums[1], sum_o + self.sums[2]
        slope = 1.0 - inverse_h * ((1.0 / s00 + 1.0 / s11) + (1.0 / s01 + 1.0 / s10))
        return w - (xp.log(s00 / s01) - xp.log(s10 / s11)), slope


def _root(family: _Family, high: Array, free: Array, tolerance_nats: float) -> tuple[Array, Array]:
    """The root w <= high of g by safeguarded Newton, and the steps spent, shapes (n,); w = 0 where nothing is free."""
    xp = family.xp
    low = xp.full_like(high, LOWEST)
    boundary = family.g(low)[0] >= 0
    w = xp.where(boundary & free, low, 0.0)
    steps = xp.zeros_like(w, dtype=xp.int64)
    # the last Newton step squares the error of w, and the gap is quadratic in it
    near = 0.01 * tolerance_nats**0.25
    who = xp.nonzero(free & ~boundary)[0]  # still on their way
    if who.shape[0] < w.shape[0]:
        family, low, high = family.take(who), low[who], high[who]
    at = high = xp.where(high > low, high, low)
    for _ in range(MAX_STEPS):
        if who.shape[0] == 0:
            break
        value, slope = family.g(at)
        high, low = xp.where(value >= 0, at, high), xp.where(value < 0, at, low)
        new = at - value / xp.where(slope > TINY, slope, TINY)
        inside = (new >= low) & (new <= high)
        new = xp.where(inside, new, 0.5 * (low + high))
        done = (inside & (xp.abs(new - at) < near)) | (high - low < 1e-12)
        at = new
        steps[who] += 1
        w[who] = at
        if bool(xp.any(done)):
            go = xp.nonzero(~done)[0]
            who, at, low, high, family = who[go], at[go], low[go], high[go], family.take(go)
    return w, steps


def _dual(cells: tuple[Array, Array, Array, Array], margins: Margins) -> tuple[Array, Array]:
    """(lam, mu) with exp(lam + mu) = q / s on the three cells of largest s, hence nearly so on the fourth; (n, y, 2)."""
    xp = margins.xp
    s = [xp.sum(cell, axis=0) for cell in cells]
    x00, x01, x10, x11 = (xp.log(q / (t + TINY) + TINY) for q, t in zip(cells, s, strict=True))
    # the reference cell lies opposite to the one of smallest s
    smallest = xp.argmin(xp.stack(s), axis=0)  # 0..3 = 00, 01, 10, 11
    row0, column0 = smallest >= 2, (smallest == 1) | (smallest == 3)
    near0, far0 = xp.where(column0, x00, x01), xp.where(column0, x01, x00)
    near1, far1 = xp.where(column0, x10, x11), xp.where(column0, x11, x10)
    here, beside = (
        xp.where(row0, near0, near1),
        xp.where(row0, far0, far1),
    )  # reference row: its own and the other column
    below, opposite = xp.where(row0, near1, near0), xp.where(row0, far1, far0)
    on = [_columns(m[:, :, i], xp) > 0 for m in (margins.pa, margins.pb) for i in (0, 1)]
    row_on, column_on = xp.where(row0, on[0], on[1]), xp.where(column0, on[2], on[3])
    # lam = 0 on the reference row; where that is empty, on the other one
    mu_here, mu_beside = xp.where(row_on, here, below), xp.where(row_on, beside, opposite)
    lam_below = xp.where(row_on, xp.where(column_on, below - here, opposite - beside), 0.0)
    lam = (xp.where(row0, 0.0, lam_below), xp.where(row0, lam_below, 0.0))
    mu = (xp.where(column0, mu_here, mu_beside), xp.where(column0, mu_beside, mu_here))
    duals = [xp.where(alive, value, NEVER) for alive, value in zip(on, (*lam, *mu), strict=True)]
    both = xp.permute_dims(xp.stack(duals, axis=2), (1, 0, 2))  # (n, y, 4)
    return both[:, :, :2], both[:, :, 2:]
