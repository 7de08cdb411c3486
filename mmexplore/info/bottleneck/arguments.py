"""What the bottleneck functions are asked: knobs and canonical correlations, checked at the door."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec

Array = npt.NDArray[np.float64]

NEAREST_ONE = 1.0 - 1e-12  # a larger canonical correlation is a shared coordinate without noise


def as_knob(name: str, values: Any, *, zero: bool = False) -> Array:
    """A knob's settings as float64 of any shape: finite, above 0 (or from 0 on)."""
    allowed = f"allowed: finite numbers {'from 0 on' if zero else 'above 0'}"
    try:
        array = np.asarray(on_host(values), dtype=np.float64)
    except (TypeError, ValueError):
        raise BadSpec(f"{name} is {str(values)[:60]!r}; {allowed}") from None
    bad = ~np.isfinite(array) | (array < 0 if zero else array <= 0)
    if bad.any():
        raise BadSpec(f"{name} holds {array[bad].flat[0]:g}; {allowed}")
    if not array.size:
        raise BadSpec(f"{name} is empty; {allowed}")
    return array


def as_correlations(values: Any) -> Array:
    """Canonical correlations, falling, shape (m,): each from 0 to below 1."""
    allowed = "allowed: a list of numbers from 0 to below 1"
    try:
        array = np.atleast_1d(np.asarray(on_host(values), dtype=np.float64))
    except (TypeError, ValueError):
        raise BadData(f"correlations is {str(values)[:60]!r}; {allowed}") from None
    if array.ndim != 1 or not array.size:
        raise BadData(f"correlations has shape {array.shape}; {allowed}")
    bad = ~((array >= 0) & (array <= 1))
    if bad.any():
        raise BadData(f"correlations holds {array[bad][0]:g}; {allowed}")
    if array.max() > NEAREST_ONE:
        raise BadData(
            "correlations holds 1: the two views share a coordinate without noise, and telling it takes infinitely many bits; "
            "add noise, or pass a ridge to canonical_correlations"
        )
    return np.sort(array)[::-1]


def plain(value: Any) -> Any:
    """A float from a single number, else the array."""
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array
