"""The certified interval of every member of a batch, as it tightens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.info.tables import Array
from mmexplore.units import NATS_PER_BIT


@dataclass
class Best:
    """Bounds on the union information in bits, and what was spent on them; shapes (n,).

    Attributes:
        xp: array namespace.
        lower, upper: valid at any moment.
        iterations: steps so far.
        tolerance: gap in bits at which a member is done.
        coupling: the member of Delta behind `upper`, shape (n, y, a, b), where asked for.
        dual: (lam, mu) behind `lower` before their repair, in nats, shapes (n, y, a) and (n, y, b), where asked for.
    """

    xp: Any
    lower: Array
    upper: Array
    iterations: Array
    tolerance: float
    coupling: Array | None = None
    dual: tuple[Array, Array] | None = None

    def improve(self, who: Array, lower_nats: Array, upper_nats: Array, q: Array, dual: tuple[Array, Array]) -> Array:
        """Take over better bounds of the members `who` (indices); returns their gaps."""
        xp = self.xp
        lower, upper = lower_nats / NATS_PER_BIT, upper_nats / NATS_PER_BIT
        old_lower, old_upper = self.lower[who], self.upper[who]
        better = upper < old_upper  # never true of nan
        if self.coupling is not None:
            self.coupling[who[better]] = q[better]
        if self.dual is not None:
            higher = lower > old_lower
            for kept, new in zip(self.dual, dual, strict=True):
                kept[who[higher]] = new[higher]
        self.lower[who] = lower = xp.where(lower > old_lower, lower, old_lower)
        self.upper[who] = upper = xp.where(better, upper, old_upper)
        gap = upper - lower
        return xp.where(gap > 0, gap, 0.0)

    def gap(self, who: Array) -> Array:
        """Certified gaps of some members in bits, at least 0."""
        gap = self.upper[who] - self.lower[who]
        return self.xp.where(gap > 0, gap, 0.0)

    def open(self) -> Array:
        """Indices of the members that are not done."""
        return self.xp.nonzero(self.upper - self.lower > self.tolerance)[0]
