"""Pointwise quantities shared by the measures that look at single outcomes: marginals kept broadcastable, safe logarithms.

i(x;y) = log2 p(x,y) / (p(x) p(y)), and 0 where p(x,y) = 0 (such outcomes have no weight).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.info.tables import Array
from mmexplore.units import NATS_PER_BIT


@dataclass(frozen=True)
class Marginals:
    """Every marginal of tables of shape (batch, n1, n2, ny), summed-out axes kept with length 1."""

    x1: Array
    x2: Array
    y: Array
    x1x2: Array
    x1y: Array
    x2y: Array


def marginals(p: Array, xp: Any) -> Marginals:
    """All six marginals of `p`, shape (batch, n1, n2, ny)."""
    x1y = xp.sum(p, axis=2, keepdims=True)
    x2y = xp.sum(p, axis=1, keepdims=True)
    return Marginals(
        x1=xp.sum(x1y, axis=3, keepdims=True),
        x2=xp.sum(x2y, axis=3, keepdims=True),
        y=xp.sum(x1y, axis=1, keepdims=True),
        x1x2=xp.sum(p, axis=3, keepdims=True),
        x1y=x1y,
        x2y=x2y,
    )


def log2(value: Array, xp: Any) -> Array:
    """log2 of `value` where it is positive, else 0."""
    positive = value > 0
    return xp.where(positive, xp.log(xp.where(positive, value, 1.0)), 0.0) / NATS_PER_BIT
