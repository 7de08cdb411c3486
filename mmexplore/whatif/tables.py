"""What if the label were noisy, a sensor failed, the inputs leaned or agreed? Transforms of any table p(x1, x2, y).

They act in this order, each on the result of the one before:

1. input reweighting, p(y|x1,x2) kept:
   bias        p <- p * prod_i (1-b_i)^(1-t_i) b_i^t_i,  t_i = x_i/(n_i-1), renormalised
   correlation p <- p * (1 + c s(x1) s(x2)),  s = 2t-1 in [-1, 1], renormalised
2. sensor noise, each modality on its own:  p <- (1-e_i) p + e_i/n_i sum_{x_i} p
3. label noise, a symmetric channel:  p <- (1-e) p + e/(ny-1) (sum_y p - p)

For fair independent bits: bias b gives P(x_i=1) = b, correlation c gives P(x1=x2) = (1+c)/2. XOR with label noise e has
S = 1 - h(e). Reference of the correlation's form: Farlie 1960, Gumbel 1960, Morgenstern 1956 (the FGM copula).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.tables import MAX_CELLS, as_tables
from mmexplore.spec import Parameter, Spec, param


@dataclass(frozen=True)
class WhatIf(Spec):
    """The dials that turn on any table; the defaults leave it as it is."""

    noise: float = param(
        0.0,
        label="Label noise",
        low=0.0,
        high=0.5,
        step=0.01,
        help="Chance that the target's label is wrong: replaced by one of the other labels, all equally likely.",
    )
    noise1: float = param(
        0.0,
        label="Noise in modality 1",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Chance that modality 1 shows a random state instead of its own. At 1 it tells nothing.",
    )
    noise2: float = param(
        0.0,
        label="Noise in modality 2",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Chance that modality 2 shows a random state instead of its own. At 1 it tells nothing.",
    )
    bias1: float = param(
        0.5,
        label="Bias of modality 1",
        low=0.01,
        high=0.99,
        step=0.01,
        help="How often modality 1 takes its high states; 0.5 changes nothing. For a fair bit it is the chance of a 1.",
    )
    bias2: float = param(
        0.5,
        label="Bias of modality 2",
        low=0.01,
        high=0.99,
        step=0.01,
        help="How often modality 2 takes its high states; 0.5 changes nothing. For a fair bit it is the chance of a 1.",
    )
    correlation: float = param(
        0.0,
        label="Correlation of the modalities",
        low=-1.0,
        high=1.0,
        step=0.01,
        help="Makes both modalities high or low together (above 0) or opposite (below 0). At 1, fair bits always agree.",
    )

    def apply(self, p: Any) -> np.ndarray:
        """`what_if` with this spec's values."""
        return what_if(p, **dataclasses.asdict(self))


@dataclass(frozen=True)
class Mix(Spec):
    """How much of the second table."""

    t: float = param(
        0.5, label="Mix", low=0.0, high=1.0, step=0.01, help="Chance that the world follows the second table."
    )


def what_if(p: Any, **values: Any) -> np.ndarray:
    """Transform table(s) p(x1, x2, y) as the fields of `WhatIf` say.

    Args:
        p: table(s), shape (..., n1, n2, ny).
        values: fields of `WhatIf`. Each may also be an array; arrays broadcast with each other (and with the leading
            axes of `p`) to the leading axes of the result. That is how a grid of a dial is computed in one go.

    Returns:
        float64 tables, shape (..., n1, n2, ny), each of sum 1. A reweighting that would leave no mass at all (correlation
        -1 on a table that only has agreeing corners) leaves that table as it is, which is also the limit.

    Raises:
        BadSpec: an unknown field, a value out of its range, or arrays that do not broadcast.
        BadData: `p` is no probability table, or the result would be too large.

    >>> xor = [[[0.25, 0], [0, 0.25]], [[0, 0.25], [0.25, 0]]]
    >>> what_if(xor, noise=0.1)[0, 0]
    array([0.225, 0.025])
    """
    tables, lead = as_tables(p)
    q = np.asarray(on_host(tables)).reshape(*lead, *tables.shape[1:])
    checked = _checked(values)
    n1, n2, ny = q.shape[-3:]
    try:
        shape = np.broadcast_shapes(lead, *(value.shape for value in checked.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in checked.items() if value.shape)
        raise BadSpec(f"shapes {shapes} and tables {lead} do not broadcast together") from None
    cells = math.prod(shape) * n1 * n2 * ny
    if cells > MAX_CELLS:
        raise BadData(f"the tables would have {cells:,} cells; allowed: {MAX_CELLS:,}. Use a coarser grid")
    for name, step in _STEPS:
        # a dial that stands still costs nothing and changes no digit
        if name in checked and np.any(checked[name] != WhatIf.parameter(name).default):
            q = step(q, checked[name])
    return np.array(np.broadcast_to(q, (*shape, n1, n2, ny)))


def mix(p: Any, q: Any, t: Any) -> np.ndarray:
    """The mixture (1-t) p + t q of two tables: with chance t the world follows q.

    Args:
        p, q: tables of shape (n1, n2, ny), not necessarily equal: alphabets are padded with unused states to the larger.
        t: the share of `q`, from 0 to 1; an array gives leading axes.

    Returns:
        tables of shape t.shape + (n1, n2, ny).
    """
    (a, lead_a), (b, lead_b) = as_tables(p), as_tables(q)
    if lead_a or lead_b:
        raise BadData(f"mix takes two single tables; got leading axes {lead_a} and {lead_b}")
    a, b = pad_to_common(on_host(a)[0], on_host(b)[0])
    share = _in_range(Mix.parameter("t"), t)[..., None, None, None]
    cells = share.size * a.size
    if cells > MAX_CELLS:
        raise BadData(f"the tables would have {cells:,} cells; allowed: {MAX_CELLS:,}. Use a coarser grid")
    return (1.0 - share) * a + share * b


def pad_to_common(*tables: np.ndarray) -> list[np.ndarray]:
    """Append unused states so that all tables have the largest of each alphabet."""
    shape = np.max([table.shape[-3:] for table in tables], axis=0)
    return [
        np.pad(t, [(0, 0)] * (t.ndim - 3) + [(0, int(n) - k) for n, k in zip(shape, t.shape[-3:], strict=True)])
        for t in tables
    ]


def _in_range(parameter: Parameter, value: Any) -> np.ndarray:
    """One value or an array of values of a parameter, checked, as a float64 array."""
    try:
        if np.ndim(value) == 0:
            return np.asarray(parameter.check(value), dtype=np.float64)
        if np.size(value) > MAX_CELLS:
            raise BadData(
                f"{parameter.name} has {np.size(value):,} values; allowed: {MAX_CELLS:,} cells in all. Use a coarser grid"
            )
        array = np.asarray(value, dtype=np.float64)
    except (BadSpec, BadData):
        raise
    except (TypeError, ValueError):
        raise BadSpec(f"{parameter.name} is no array of numbers; allowed: {parameter.allowed()}") from None
    low = -math.inf if parameter.low is None else parameter.low
    high = math.inf if parameter.high is None else parameter.high
    bad = ~((array >= low) & (array <= high))
    if bad.any():
        raise BadSpec(f"{parameter.name} holds {array[bad][0]:g}; allowed: {parameter.allowed()}")
    return array


def _checked(values: dict[str, Any]) -> dict[str, np.ndarray]:
    return {name: _in_range(WhatIf.parameter(name), value) for name, value in values.items()}


def _positions(n: int) -> np.ndarray:
    """Where each of n states lies between 0 (the first) and 1 (the last); a lone state lies in the middle."""
    return np.linspace(0.0, 1.0, n) if n > 1 else np.array([0.5])


def _total(q: np.ndarray) -> np.ndarray:
    # einsum beats sum over several short axes
    return np.einsum("...aby->...", q)[..., None, None, None]


def _bias(q: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    t = _positions(q.shape[axis])
    b = b[..., None]
    weight = (1.0 - b) ** (1.0 - t) * b**t  # (..., n)
    q = q * np.expand_dims(weight, (-2, -1) if axis == -3 else (-3, -1))
    return q / _total(q)


def _correlation(q: np.ndarray, c: np.ndarray) -> np.ndarray:
    s1, s2 = (2.0 * _positions(n) - 1.0 for n in q.shape[-3:-1])
    weight = np.maximum(1.0 + c[..., None, None] * np.outer(s1, s2), 0.0)  # (..., n1, n2)
    weighted = q * weight[..., None]
    total = _total(weighted)
    # No mass is left only where all of it sat on corners of s1 s2 = 1 (or -1), whose weights are equal: keeping the table
    # is the limit.
    left = total >= np.finfo(np.float64).tiny
    return np.where(left, weighted / np.where(left, total, 1.0), q)


def _sensor(q: np.ndarray, e: np.ndarray, axis: int) -> np.ndarray:
    e = e[..., None, None, None]
    return (1.0 - e) * q + (e / q.shape[axis]) * q.sum(axis=axis, keepdims=True)


def _label(q: np.ndarray, e: np.ndarray) -> np.ndarray:
    ny = q.shape[-1]
    if ny == 1:  # there is no other label
        return q
    e = e[..., None, None, None]
    return (1.0 - e * ny / (ny - 1)) * q + (e / (ny - 1)) * np.einsum("...aby->...ab", q)[..., None]


_STEPS = (
    ("bias1", lambda q, b: _bias(q, b, -3)),
    ("bias2", lambda q, b: _bias(q, b, -2)),
    ("correlation", _correlation),
    ("noise1", lambda q, e: _sensor(q, e, -3)),
    ("noise2", lambda q, e: _sensor(q, e, -2)),
    ("noise", _label),
)
