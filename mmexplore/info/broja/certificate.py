"""Certified bounds on BROJA's union information: any dual point gives a lower bound, any primal point an upper one.

With a, b the states of the two sources, Delta = {q : q(a,y) = p(a,y), q(b,y) = p(b,y)} and f(q) = sum q ln(q_yab / s_ab),
s_ab = sum_y q_yab, the union information is I* = H(Y) + min f over Delta (Bertschinger, Rauh, Olbrich, Jost & Ay 2014,
arXiv 1311.2852). For every (lam, mu) with

    Z_ab = sum_y exp(lam_ya + mu_yb) <= 1   for all (a, b)          (sum over y with p(a,y) > 0 and p(b,y) > 0)

Gibbs' inequality gives f(q) >= D(lam, mu) = sum p(a,y) lam_ya + sum p(b,y) mu_yb for every q in Delta.

**Repair.** Any (lam, mu) becomes feasible by lam -= alpha_a, mu -= beta_b with alpha_a = max_b ln Z_ab and
beta_b = max_a (ln Z_ab - alpha_a), or the same in the other order; D falls by sum p(a) alpha_a + sum p(b) beta_b.
**Rounding.** Any q >= 0 becomes a member of Delta by scaling rows, then columns, down to their marginals and adding the
rank-one remainder (Altschuler, Weed & Rigollet 2017, arXiv 1705.09634, algorithm 2), here for each y.

**Floating point.** Both bounds are pushed outward by more than their rounding error. A sum of N products t_i, each rounded a
few times and added pairwise, is off by at most (8 + log2 N) eps sum |t_i|; ln Z by at most (8 + ln |Y|) eps, since
c |ln c| <= 1/e bounds what the rounding of lam + mu does to each exp. The rounded q misses its marginals, themselves sums of
|A| or |B| numbers, by some delta = (4 + sqrt max(|A|, |B|)) eps in total variation; the entropy H(Y|A,B) of the true neighbour
in Delta then differs by at most delta ln|Y| + h(delta) (Fannes-Audenaert), 7e-14 bit for small tables. That is the floor
under every gap.
"""

from __future__ import annotations

import math
from typing import Any

from mmexplore.info.broja.margins import TINY, Margins, largest
from mmexplore.info.tables import Array

EPS = 2.0**-52


def _growth(n: int) -> float:
    """Rounding errors, in eps, of a pairwise sum of n products relative to the sum of their sizes."""
    return 8.0 + math.log2(max(n, 2))


def lower_nats(margins: Margins, lam: Array, mu: Array, z: Array) -> Array:
    """Lower bound on I* in nats from any (lam, mu); z_ab = sum_y exp(lam_ya + mu_yb), shape (n, a, b).

    lam and mu are `NEVER` where p(a, y) or p(b, y) is 0, so that these y do not enter z.
    """
    xp = margins.xp
    n, y, a, b = margins.shape
    gains_a = xp.reshape(margins.pa * lam, (n, y * a))
    gains_b = xp.reshape(margins.pb * mu, (n, y * b))
    dual = xp.sum(gains_a, axis=1) + xp.sum(gains_b, axis=1)
    sizes = xp.sum(xp.abs(gains_a), axis=1) + xp.sum(xp.abs(gains_b), axis=1)
    log_z = xp.log(xp.where(z > TINY, z, TINY))
    loss, moved = _repair(log_z, margins.wa, margins.wb, xp)
    other, moved_other = _repair(xp.swapaxes(log_z, 1, 2), margins.wb, margins.wa, xp)
    first = loss < other
    loss, moved = xp.where(first, loss, other), xp.where(first, moved, moved_other)
    slack = EPS * (_growth(y * max(a, b)) * (sizes + moved + margins.hy) + 2 * (8.0 + math.log(y)))
    return margins.hy + dual - loss - slack


def _repair(log_z: Array, wa: Array, wb: Array, xp: Any) -> tuple[Array, Array]:
    """What the repair, rows first, takes from D; and the sum of the sizes of its terms."""
    alpha = xp.where(wa > 0, largest(log_z, 2, xp), 0.0)
    beta = largest(log_z - alpha[:, :, None], 1, xp)
    rows, columns = wa * alpha, wb * beta
    loss = xp.sum(rows, axis=1) + xp.sum(columns, axis=1)
    return loss, xp.sum(xp.abs(rows), axis=1) + xp.sum(xp.abs(columns), axis=1)


def round_to_margins(margins: Margins, q: Array) -> Array:
    """The nearest simple member of Delta to any q >= 0, shape (n, y, a, b); q must vanish where a marginal does."""
    xp = margins.xp
    row = xp.einsum("nyab->nya", q)
    q = q * xp.where(row > margins.pa, margins.pa / xp.where(row > TINY, row, 1.0), 1.0)[:, :, :, None]
    column = xp.einsum("nyab->nyb", q)
    q = q * xp.where(column > margins.pb, margins.pb / xp.where(column > TINY, column, 1.0), 1.0)[:, :, None, :]
    lack_a = margins.pa - xp.einsum("nyab->nya", q)
    lack_b = margins.pb - xp.einsum("nyab->nyb", q)
    lack_a = xp.where(lack_a > 0, lack_a, 0.0)
    lack_b = xp.where(lack_b > 0, lack_b, 0.0)
    total = xp.sum(lack_a, axis=2)[:, :, None]
    return q + (lack_a / xp.where(total > TINY, total, 1.0))[:, :, :, None] * lack_b[:, :, None, :]


def upper_nats(margins: Margins, q: Array) -> Array:
    """Upper bound on I* in nats: the information I_q(Y; A, B) of a member q of Delta."""
    xp = margins.xp
    return upper_from_nats(margins, objective_nats(q, xp.einsum("nyab->nab", q), xp))


def objective_nats(q: Array, s: Array, xp: Any) -> Array:
    """sum q_yab ln(q_yab / s_ab), shape (n,); q may be some of the y only."""
    ratio = q / xp.where(s > TINY, s, 1.0)[:, None]
    terms = q * xp.log(xp.where(ratio > TINY, ratio, TINY))
    return xp.sum(xp.reshape(terms, (q.shape[0], math.prod(q.shape[1:]))), axis=1)


def upper_from_nats(margins: Margins, f: Array) -> Array:
    """Upper bound on I* in nats from f(q) of a member q of Delta."""
    _, y, a, b = margins.shape
    slack = EPS * _growth(y * a * b) * (margins.hy - f + 1.0) + _continuity_nats(y, max(a, b))
    return margins.hy + f + slack


def _continuity_nats(ny: int, longest: int) -> float:
    """How far H(Y|A,B) can move when a coupling moves by delta in total variation."""
    delta = EPS * (4.0 + math.sqrt(longest))
    return delta * (math.log(ny) + 1.0 - math.log(delta))
