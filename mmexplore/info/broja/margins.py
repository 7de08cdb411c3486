"""What BROJA's union information depends on: the pair marginals p(x1, y) and p(x2, y), and where they vanish.

Inside this package states are written a (of one source) and b (of the other), and arrays are laid out `(batch, y, a, b)`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import array_api_compat

from mmexplore.info.tables import Array

NEVER = -1e300  # stands for ln 0: exp(NEVER + anything met here) == 0, and 0 * NEVER == 0, unlike with -inf
TINY = 1e-300


@dataclass(frozen=True)
class Margins:
    """Marginals of a batch of tables.

    Attributes:
        xp: array namespace.
        pa, pb: p(a, y) and p(b, y), shapes (n, y, a) and (n, y, b).
        py: p(y), shape (n, y).
        wa, wb: p(a), p(b), shapes (n, a) and (n, b).
        hy: entropy H(Y) in nats, shape (n,).
    """

    xp: Any
    pa: Array
    pb: Array
    py: Array
    wa: Array
    wb: Array
    hy: Array

    @classmethod
    def of(cls, pa: Array, pb: Array, xp: Any) -> Margins:
        """Margins from p(a, y) and p(b, y), shapes (n, y, a) and (n, y, b)."""
        py = xp.einsum("nya->ny", pa)  # (n, y)
        hy = -xp.sum(py * xp.log(xp.where(py > 0, py, 1.0)), axis=1)
        return cls(xp, pa, pb, py, xp.einsum("nya->na", pa), xp.einsum("nyb->nb", pb), hy)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(n, y, a, b)."""
        n, y, a = self.pa.shape
        return n, y, a, self.pb.shape[2]

    def take(self, index: Array | slice) -> Margins:
        """The members of the batch chosen by a mask, an index array or a slice."""
        changes = {f.name: getattr(self, f.name)[index] for f in dataclasses.fields(self) if f.name != "xp"}
        return dataclasses.replace(self, **changes)

    def live(self) -> Array | None:
        """Where q may be positive: p(a, y) > 0 and p(b, y) > 0, shape (n, y, a, b); None if everywhere."""
        xp = self.xp
        if bool(xp.all(self.pa > 0)) and bool(xp.all(self.pb > 0)):
            return None
        return (self.pa > 0)[:, :, :, None] & (self.pb > 0)[:, :, None, :]

    def log_independent(self) -> tuple[Array, Array]:
        """(lam, mu) with exp(lam + mu) = p(a, y) p(b, y) / p(y): sources independent given y; `NEVER` where p is 0."""
        xp = self.xp
        lam = xp.where(self.pa > 0, xp.log(xp.where(self.pa > 0, self.pa, 1.0)), NEVER)
        given = xp.log(xp.where(self.pb > 0, self.pb, 1.0)) - xp.log(xp.where(self.py > 0, self.py, 1.0))[:, :, None]
        return lam, xp.where(self.pb > 0, given, NEVER)


def indices(n: int, like: Array, xp: Any) -> Array:
    """0 ... n - 1 on the device of `like`; not to be written to."""
    return _indices(n, array_api_compat.device(like), xp)


@lru_cache(maxsize=256)
def _indices(n: int, device: Any, xp: Any) -> Array:
    return xp.arange(n, device=device)


def largest(x: Array, axis: int, xp: Any) -> Array:
    """Maximum along one axis; slice by slice where a short axis in a long batch would make reductions slow."""
    if x.shape[axis] > 8 or x.shape[0] < 64:
        return xp.max(x, axis=axis)
    slices = [x[(slice(None),) * axis + (i,)] for i in range(x.shape[axis])]
    best = slices[0]
    for other in slices[1:]:
        best = xp.maximum(best, other)
    return best
