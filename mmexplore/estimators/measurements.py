"""One variable as measurements: what a caller brought, as float64 (n, d), or a sentence that says why not."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore.errors import BadData


def as_measurements(values: Any, name: str, allowed: str) -> np.ndarray:
    """Numbers of one variable, float64 (n, d).

    Args:
        values: as given, (n,) or (n, d).
        name: of the variable, for the sentence.
        allowed: what could be given where these are no numbers.

    Raises:
        BadData: no numbers, another shape, or missing and infinite values.
    """
    try:
        given = np.asarray(values)
        array = given.astype(np.float64) if given.dtype.kind in "fiub" or given.dtype == object else None
    except (TypeError, ValueError):
        array = None
    if array is None:
        raise BadData(f"{name} is no array of numbers; allowed: {allowed}")
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or 0 in array.shape:
        raise BadData(f"{name} has shape {array.shape}; allowed: (n,) or (n, d), neither of them 0")
    bad = int((~np.isfinite(array).all(axis=1)).sum())
    if bad:
        raise BadData(f"{name} has {bad:,} rows with a missing or infinite value; leave these rows out or fill them in")
    return array
