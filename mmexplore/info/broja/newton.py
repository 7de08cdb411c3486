"""Newton systems of the interior point, in two reduced forms; both are algebraically the same step.

With q = s c, c = exp(lam + mu), A the map from cells to their marginals and L_y = [[diag(q_ya), q_y], [q_y^T, diag(q_yb)]]
(a weighted bipartite graph's signless Laplacian), the linearised conditions are

    L d + A(c ds) = r,    sum_y c dx + dzeta = r_h,    s dzeta + zeta ds = tau - corr - s zeta,    dx_yab = dlam_ya + dmu_yb.

Eliminating dzeta leaves ds = t + (s / zeta) sum_y c dx. Then either

- **cells**: theta = sum_y c dx / zeta solves K theta = sum_y q J^T L^-1 (r - A(c t)), K = diag(s zeta) + sum_y (q J^T) L^-1 (J q), of
  size |A||B|; a sum of Gram matrices, which loses no digits; or
- **margins**: (L + sum_ab (s / zeta) g g^T) d = r - A(c t), g = the column of c over y in both blocks; its A block is block
  diagonal, eliminating it leaves a matrix of size |Y||B|. Cheaper where |Y| < |A|, and memory grows with |Y| only.

L_y is singular along (1, -1): one state b of each y, the most likely one, is grounded.
"""

from __future__ import annotations

from typing import Any

from mmexplore.info.broja.linalg import identity, inverse_factor, spd_solver
from mmexplore.info.broja.margins import TINY, Margins
from mmexplore.info.tables import Array

RIDGE = 1e-14  # relative, on unit diagonals: keeps disconnected supports solvable, moves a step by rounding only


def grounding(margins: Margins) -> Array:
    """1 everywhere but 0 at each y's most likely state b, shape (n, y, b)."""
    xp = margins.xp
    _, _, _, b = margins.shape
    top = xp.argmax(margins.pb, axis=2)
    return 1.0 - identity(b, margins.pb, xp)[top]


def _unit(diagonal: Array, xp: Any) -> Array:
    """Scale that brings a diagonal to 1; 1 where nothing stands."""
    return 1.0 / xp.sqrt(xp.where(diagonal > TINY, diagonal, 1.0))


class CellSystem:
    """The step through theta on the cells (a, b)."""

    def __init__(self, margins: Margins, keep: Array, c: Array, s: Array, zeta: Array) -> None:
        xp = self.xp = margins.xp
        n, y, a, b = margins.shape
        self.s, self.c = s, c
        q = self.q = s[:, None] * c
        rows = xp.einsum("nyab->nya", q)
        self.inverse_rows = 1.0 / xp.where(rows > TINY, rows, 1.0)
        given = self.given = q * self.inverse_rows[:, :, :, None]  # q(b | y, a)
        # Schur complement on b, its diagonal as minus the sum of the rest of the row: nothing cancels
        one = identity(b, q, xp)
        links = (xp.swapaxes(given, 2, 3) @ q) * (1.0 - one)  # (n, y, b, b)
        scale = _unit(xp.einsum("nybc->nyb", links), xp)
        kept = scale * keep
        root = inverse_factor(one * (1.0 + RIDGE) - links * (kept[:, :, :, None] * kept[:, :, None, :]), xp)
        root = self.root = root * kept[:, :, None, :]  # (n, y, k, b): L^-1 on b is root^T root
        self.root_t = xp.swapaxes(root, 2, 3)
        lift = root @ xp.swapaxes(given, 2, 3)  # (n, y, k, a)
        w = (root[:, :, :, None, :] - lift[:, :, :, :, None]) * q[:, :, None]  # (n, y, k, a, b)
        w = xp.reshape(w, (n, y * b, a * b))
        k = xp.swapaxes(w, 1, 2) @ w  # (n, ab, ab)
        blocks = xp.reshape(k, (n, a, b, a, b))
        same_a, cells = xp.arange(a), xp.arange(a * b)
        blocks[:, same_a, :, same_a, :] += xp.einsum("nyab,nyac->anbc", given, q)
        k[:, cells, cells] += xp.reshape(s * zeta, (n, a * b))
        scale = self.scale = _unit(k[:, cells, cells], xp)
        k *= scale[:, :, None]
        k *= scale[:, None, :]
        k[:, cells, cells] = 1.0 + RIDGE
        self.solve_cells = spd_solver(k, xp)

    def _apply_inverse(self, ra: Array, rb: Array) -> tuple[Array, Array]:
        """L^-1 (ra, rb) with the grounded state at 0."""
        xp = self.xp
        ra = ra * self.inverse_rows
        right = rb - (xp.swapaxes(self.q, 2, 3) @ ra[:, :, :, None])[:, :, :, 0]
        xb = self.root_t @ (self.root @ right[:, :, :, None])
        return ra - (self.given @ xb)[:, :, :, 0], xb[:, :, :, 0]

    def step(self, ra: Array, rb: Array, t: Array) -> tuple[Array, Array, Array]:
        """(dlam, dmu, ds) for right-hand sides r = (ra, rb) and t."""
        xp, q = self.xp, self.q
        n, _, a, b = q.shape
        w = self.c * t[:, None]
        ra, rb = ra - xp.einsum("nyab->nya", w), rb - xp.einsum("nyab->nyb", w)
        xa, xb = self._apply_inverse(ra, rb)
        moved = xp.einsum("nyab,nya->nab", q, xa) + xp.einsum("nyab,nyb->nab", q, xb)
        theta = self.solve_cells(xp.reshape(moved, (n, a * b)) * self.scale) * self.scale
        theta = xp.reshape(theta, (n, a, b))
        u = q * theta[:, None]
        dlam, dmu = self._apply_inverse(ra - xp.einsum("nyab->nya", u), rb - xp.einsum("nyab->nyb", u))
        return dlam, dmu, t + self.s * theta
