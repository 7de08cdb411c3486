"""About how long an estimate from a table takes: for whoever shares a machine (see `mmexplore.jobs`).

Fitted to tables of 8 to 18,000 cells on one core of two virtual cores of a busy machine; within a factor of two to three there.
"""

from __future__ import annotations

import numpy as np

from mmexplore.estimators.tables.curves import CURVE_REPEATS, Codes
from mmexplore.estimators.tables.estimate import Settings

_KINDS = 3  # of nulls
_SIZES = 8  # numbers of rows on the curve


def replicate_seconds(n: int, n1: int, n2: int, ny: int) -> float:
    """Seconds of one replicate of so many rows with so many states; cells that hold no rows cost nothing."""
    cells = float(min(n1 * n2, n) * ny)
    return 2.5e-4 + 2.7e-6 * cells * (1.0 + (cells / 10_000) ** 2)


def estimate_seconds(codes: Codes, settings: Settings) -> float:
    """Seconds of `mmexplore.estimators.tables.estimate.estimate`."""
    return (1 + settings.bootstraps + _KINDS * settings.permutations) * replicate_seconds(*_sizes(codes))


def sizes_seconds(codes: Codes) -> float:
    """Seconds of `mmexplore.estimators.tables.curves.against_n`."""
    return _SIZES * CURVE_REPEATS * replicate_seconds(*_sizes(codes))


def bins_seconds(codes: Codes, bins: tuple[int, ...]) -> float:
    """Seconds of `mmexplore.estimators.tables.curves.against_bins`."""
    n, _, _, ny = _sizes(codes)
    return sum(CURVE_REPEATS * replicate_seconds(n, k, k, ny) for k in bins)


def _sizes(codes: Codes) -> tuple[int, int, int, int]:
    n1, n2, ny = (int(np.max(code, initial=0)) + 1 for code in codes)
    return len(codes[0]), n1, n2, ny
