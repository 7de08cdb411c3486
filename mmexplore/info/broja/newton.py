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

from dataclasses import dataclass
from typing import Any

from mmexplore.info.broja.linalg import identity, inverse_factor, spd_solver
from mmexplore.info.broja.margins import TINY, Margins, indices
from mmexplore.info.tables import Array

MAX_WORK = 2e11  # multiplications of a step: some ten seconds on one thread
MAX_NUMBERS = 3e8  # 2.4 GB
RIDGE = 1e-14  # relative, on unit diagonals: keeps disconnected supports solvable, moves a step by rounding only


@dataclass(frozen=True)
class Structure:
    """What of a batch does not change from step to step.

    Attributes:
        live: where q may be positive, shape (n, y, a, b); None if everywhere.
        cells: pairs (a, b) with a live y, shape (n, a, b); None if all.
        count: their number, shape (n,).
        keep: 1, but 0 at each y's grounded state b, the most likely one, shape (n, y, b).
        off: 1 - the identity on b.
    """

    live: Array | None
    cells: Array | None
    count: Array
    keep: Array
    off: Array

    @classmethod
    def of(cls, margins: Margins) -> Structure:
        """From the marginals."""
        xp = margins.xp
        n, _, a, b = margins.shape
        live = margins.live()
        cells = None if live is None else xp.any(live, axis=1)
        count = xp.full_like(margins.hy, float(a * b))
        if cells is not None:
            count = xp.sum(xp.reshape(xp.astype(cells, margins.pa.dtype), (n, a * b)), axis=1)
            if bool(xp.all(cells)):
                cells = None
        off = 1.0 - identity(b, margins.pb, xp)
        return cls(live, cells, count, off[xp.argmax(margins.pb, axis=2)], off)

    def take(self, index: Array) -> Structure:
        """Some members of the batch."""
        live, cells = (None if x is None else x[index] for x in (self.live, self.cells))
        return Structure(live, cells, self.count[index], self.keep[index], self.off)


def _unit(diagonal: Array, xp: Any) -> Array:
    """Scale that brings a diagonal to 1; 1 where nothing stands."""
    return 1.0 / xp.sqrt(xp.where(diagonal > TINY, diagonal, 1.0))


class CellSystem:
    """The step through theta on the cells (a, b)."""

    @staticmethod
    def work(y: int, a: int, b: int) -> float:
        """Multiplications of one factorisation."""
        return y * b * (a * b) ** 2 + (a * b) ** 3 / 3

    @staticmethod
    def numbers(y: int, a: int, b: int) -> int:
        """Numbers held at once."""
        return 2 * y * b * a * b + 3 * (a * b) ** 2

    def __init__(self, margins: Margins, structure: Structure, c: Array, q: Array, s: Array, zeta: Array) -> None:
        xp = self.xp = margins.xp
        n, y, a, b = margins.shape
        self.s, self.c, self.q, keep = s, c, q, structure.keep
        self.inverse_rows = 1.0 / (xp.einsum("nyab->nya", q) + TINY)
        given = self.given = q * self.inverse_rows[:, :, :, None]  # q(b | y, a)
        # Schur complement on b, its diagonal as minus the sum of the rest of the row: nothing cancels
        links = (xp.swapaxes(given, 2, 3) @ q) * structure.off  # (n, y, b, b)
        scale = _unit(xp.einsum("nybc->nyb", links), xp)
        masked_scale = scale * keep
        root = inverse_factor(
            (1.0 - structure.off) * (1.0 + RIDGE) - links * masked_scale[:, :, :, None] * masked_scale[:, :, None, :],
            xp,
        )
        root = self.root = root * masked_scale[:, :, None, :]  # (n, y, k, b): L^-1 on b is root^T root
        self.root_t = xp.swapaxes(root, 2, 3)
        lift = root @ xp.swapaxes(given, 2, 3)  # (n, y, k, a)
        w = (root[:, :, :, None, :] - lift[:, :, :, :, None]) * q[:, :, None]  # (n, y, k, a, b)
        w = xp.reshape(w, (n, y * b, a * b))
        k = xp.swapaxes(w, 1, 2) @ w  # (n, ab, ab)
        blocks = xp.reshape(k, (n, a, b, a, b))
        same_a, cells = indices(a, q, xp), indices(a * b, q, xp)
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


class MarginSystem:
    """The step through mu on the marginals (y, b)."""

    @staticmethod
    def work(y: int, a: int, b: int) -> float:
        """Multiplications of one factorisation."""
        return a * y * (y * b) ** 2 + (y * b) ** 3 / 3

    @staticmethod
    def numbers(y: int, a: int, b: int) -> int:
        """Numbers held at once."""
        return 3 * a * y * y * b + 3 * (y * b) ** 2

    def __init__(self, margins: Margins, structure: Structure, c: Array, q: Array, s: Array, zeta: Array) -> None:
        xp = self.xp = margins.xp
        n, y, a, b = margins.shape
        self.c, keep = c, structure.keep
        rho = self.rho = s / zeta
        weighted = rho[:, None] * c
        block_a, scale_a = self._blocks(weighted, c, q, (0, 2, 1, 3))
        block_b, scale_b = self._blocks(weighted, c, q, (0, 3, 1, 2))
        root = self.root = inverse_factor(block_a, xp) * scale_a[:, :, None, :]  # (n, a, y, y)
        self.root_t = xp.swapaxes(root, 2, 3)
        self.scale_b = xp.permute_dims(scale_b, (0, 2, 1)) * keep  # (n, y, b)
        # coupling of (y, a) to (z, b): rho c_yab c_zab, and q_yab where y is z
        link = xp.permute_dims(weighted, (0, 2, 1, 3))[:, :, :, None, :] * xp.permute_dims(c, (0, 2, 1, 3))[:, :, None]
        same = indices(y, q, xp)
        link[:, :, same, same, :] += xp.permute_dims(q, (0, 2, 1, 3))
        link = link * self.scale_b[:, None, None]  # (n, a, y, z, b)
        tall = root @ xp.reshape(link, (n, a, y, y * b))
        tall = self.tall = xp.reshape(tall, (n, a * y, y * b))
        schur = -(xp.swapaxes(tall, 1, 2) @ tall)
        blocks = xp.reshape(schur, (n, y, b, y, b))
        at_b, diagonal = indices(b, q, xp), indices(y * b, q, xp)
        mask_b = xp.permute_dims(keep, (2, 0, 1))  # (b, n, y)
        blocks[:, :, at_b, :, at_b] += (
            xp.permute_dims(block_b, (1, 0, 2, 3)) * mask_b[:, :, :, None] * mask_b[:, :, None]
        )
        schur[:, diagonal, diagonal] += xp.reshape(1.0 - keep, (n, y * b))
        scale = self.scale = _unit(schur[:, diagonal, diagonal], xp)
        schur *= scale[:, :, None]
        schur *= scale[:, None, :]
        schur[:, diagonal, diagonal] = 1.0 + RIDGE
        self.solve_margins = spd_solver(schur, xp)

    def _blocks(self, weighted: Array, c: Array, q: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
        """One source's diagonal blocks over y, scaled to a unit diagonal, and the scale: (n, k, y, y), (n, k, y)."""
        xp = self.xp
        left, right, mass = (xp.permute_dims(x, axes) for x in (weighted, c, q))  # (n, k, y, the other source)
        one = identity(c.shape[1], c, xp)
        block = left @ xp.swapaxes(right, 2, 3) + xp.einsum("nkyo->nky", mass)[:, :, :, None] * one
        scale = _unit(xp.einsum("nkyy->nky", block), xp)
        block = block * scale[:, :, :, None] * scale[:, :, None, :]
        return block * (1.0 - one) + (1.0 + RIDGE) * one, scale

    def step(self, ra: Array, rb: Array, t: Array) -> tuple[Array, Array, Array]:
        """(dlam, dmu, ds) for right-hand sides r = (ra, rb) and t."""
        xp, c = self.xp, self.c
        n, y, a, b = c.shape
        w = c * t[:, None]
        ra, rb = ra - xp.einsum("nyab->nya", w), rb - xp.einsum("nyab->nyb", w)
        half = self.root @ xp.permute_dims(ra, (0, 2, 1))[:, :, :, None]  # (n, a, y, 1)
        right = (xp.swapaxes(self.tall, 1, 2) @ xp.reshape(half, (n, a * y, 1)))[:, :, 0]
        right = xp.reshape(self.scale_b * rb, (n, y * b)) - right
        x = self.solve_margins(right * self.scale) * self.scale  # (n, yb)
        back = xp.reshape(self.tall @ x[:, :, None], (n, a, y, 1))
        dlam = xp.permute_dims((self.root_t @ (half - back))[:, :, :, 0], (0, 2, 1))
        dmu = self.scale_b * xp.reshape(x, (n, y, b))
        dsum = xp.einsum("nyab,nya->nab", c, dlam) + xp.einsum("nyab,nyb->nab", c, dmu)
        return dlam, dmu, t + self.rho * dsum


def affordable(system: type[CellSystem] | type[MarginSystem], shape: tuple[int, int, int, int]) -> bool:
    """Whether one member of a shape (n, y, a, b) can be solved in that form in reasonable time and memory."""
    _, y, a, b = shape
    return system.work(y, a, b) <= MAX_WORK and system.numbers(y, a, b) <= MAX_NUMBERS


def system_for(shape: tuple[int, int, int, int]) -> type[CellSystem] | type[MarginSystem] | None:
    """The cheaper reduced form for tables of a shape (n, y, a, b), a >= b; None where neither is affordable.

    In doubt the one on cells, which loses no digits.
    """
    _, y, a, b = shape
    best = MarginSystem if 2 * MarginSystem.work(y, a, b) < CellSystem.work(y, a, b) else CellSystem
    return best if affordable(best, shape) else None
