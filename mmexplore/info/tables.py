"""Probability tables p(x1, x2, y): the check at the door, and the informations every measure starts from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np

from mmexplore.errors import BadData
from mmexplore.units import NATS_PER_BIT

Array = Any  # a NumPy array or a torch tensor; one code runs on both

MAX_CELLS = 50_000_000  # of one table, and of one batch: 400 MB in float64
_FLOAT32_SUM = 1e-5  # how far a float32 table's sum may be from 1
_FLOAT64_SUM = 1e-9


@dataclass(frozen=True)
class Problem:
    """A batch of validated tables with their informations: all a measure needs.

    Attributes:
        p: tables, shape (batch, n1, n2, ny), float64, non-negative, each summing to 1.
        i1, i2, i12: mutual informations in bits, shape (batch,).
        tolerance: requested width of a certified interval, in bits.
    """

    p: Array
    i1: Array
    i2: Array
    i12: Array
    tolerance: float

    @property
    def xp(self) -> Any:
        """The array namespace of `p` (array-api-compat's NumPy or torch)."""
        return array_api_compat.array_namespace(self.p)


def as_tables(p: Any, *, normalize: bool = False) -> tuple[Array, tuple[int, ...]]:
    """Check tables and bring them to float64 of sum 1.

    Args:
        p: table(s), shape (..., n1, n2, ny): probabilities (sum 1), or counts in an integer type.
        normalize: divide by the sum whatever it is, instead of refusing it.

    Returns:
        tables of shape (batch, n1, n2, ny), and the leading (batch) shape of `p`.

    Raises:
        BadData: not numeric, wrong number of axes, empty, negative, not finite, or not of sum 1.
    """
    if not array_api_compat.is_array_api_obj(p):
        try:
            p = np.asarray(p)
        except ValueError:
            raise BadData("the table is ragged; allowed: an array of shape (..., n1, n2, ny)") from None
    xp = array_api_compat.array_namespace(p)
    if p.ndim < 3:
        raise BadData(f"the table has shape {tuple(p.shape)}; allowed: (n1, n2, ny), with any leading batch axes")
    if math.prod(p.shape) > MAX_CELLS:
        raise BadData(
            f"the tables have {math.prod(p.shape):,} cells; allowed: {MAX_CELLS:,}. Merge states or split the batch"
        )
    if 0 in p.shape[-3:]:
        raise BadData(f"the table has shape {tuple(p.shape)}; every alphabet needs at least one state")
    try:
        numeric = xp.isdtype(p.dtype, ("bool", "integral", "real floating"))
        counts = numeric and xp.isdtype(p.dtype, ("bool", "integral"))
    except (TypeError, AttributeError):
        numeric = counts = False
    if not numeric:
        raise BadData(f"the table holds {p.dtype}; allowed: real numbers (probabilities or counts)")
    single = str(p.dtype).endswith(("float32", "float16"))
    lead = tuple(p.shape[:-3])
    p = xp.reshape(xp.astype(p, xp.float64), (-1, *p.shape[-3:]))
    if not bool(xp.all(xp.isfinite(p))):
        raise BadData("the table has a cell that is not a finite number; allowed: values from 0 up")
    if bool(xp.any(p < 0)):
        raise BadData(f"the table has a negative cell, {float(xp.min(p)):g}; allowed: values from 0 up")
    total = xp.sum(p, axis=(1, 2, 3))
    if total.shape[0]:
        if not bool(xp.all(total > 0)):
            raise BadData("the table sums to 0; at least one cell must be above 0")
        if not bool(xp.all(xp.isfinite(total))):
            raise BadData("the table's sum overflows; scale it down")
        off = float(xp.max(xp.abs(total - 1.0)))
        allowed = _FLOAT32_SUM if single else _FLOAT64_SUM
        if not (normalize or counts) and off > allowed:
            worst = float(total[int(xp.argmax(xp.abs(total - 1.0)))])
            raise BadData(f"the table sums to {worst:.10g}; allowed: 1 (pass normalize=True to divide by the sum)")
    return p / total[:, None, None, None], lead


def mutual_information(joint: Array, xp: Any) -> Array:
    """I(A;B) in bits of joints of shape (batch, a, b).

    Summed as p ln(p / (p_a p_b)) - p + p_a p_b, whose terms are non-negative, so that small informations lose no digits.
    """
    a = xp.sum(joint, axis=2)  # (batch, a)
    b = xp.sum(joint, axis=1)  # (batch, b)
    product = a[:, :, None] * b[:, None, :]  # (batch, a, b)
    positive = joint > 0
    safe = xp.where(positive, joint, 1.0)
    # ln p - ln a - ln b rather than ln(p / ab): a product of two small marginals may underflow
    logs = xp.log(safe) - xp.log(xp.where(a > 0, a, 1.0))[:, :, None] - xp.log(xp.where(b > 0, b, 1.0))[:, None, :]
    terms = xp.where(positive, joint * logs, 0.0) - joint + product
    return xp.sum(terms, axis=(1, 2)) / NATS_PER_BIT


def problem(p: Array, tolerance: float = 1e-9) -> Problem:
    """The informations of checked tables, shape (batch, n1, n2, ny)."""
    xp = array_api_compat.array_namespace(p)
    batch, n1, n2, ny = p.shape
    return Problem(
        p=p,
        i1=mutual_information(xp.sum(p, axis=2), xp),
        i2=mutual_information(xp.sum(p, axis=1), xp),
        i12=mutual_information(xp.reshape(p, (batch, n1 * n2, ny)), xp),
        tolerance=tolerance,
    )
