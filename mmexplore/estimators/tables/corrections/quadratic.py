"""Quadratic extrapolation: fit a + b/N + c/N^2 through all rows, halves and quarters, and read it at 1/N = 0.

Each of I1, I2, I12 and I* is averaged over the two halves and the four quarters of random partitions. With sizes N, N/2, N/4
the answer is (8 f(N) - 6 f(N/2) + f(N/4)) / 3: exact if the bias is b/N + c/N^2, and noisier than the plug-in.
Strong, Koberle, de Ruyter van Steveninck & Bialek 1998.
"""

from __future__ import annotations

import numpy as np

from mmexplore.errors import Unsupported
from mmexplore.estimators.tables.corrections import CorrectionInput, Informations, correction
from mmexplore.estimators.tables.resampling import parts

PARTITIONS = 8
FEWEST = 8  # rows: two in each quarter


@correction(
    "quadratic",
    label="Quadratic extrapolation",
    summary="Extrapolates from halves and quarters of the rows to infinitely many. Halves the bias of atoms at best; noisier.",
    reference="Strong, Koberle, de Ruyter van Steveninck & Bialek 1998",
    centres=False,
    direct=False,
)
def quadratic(asked: CorrectionInput) -> Informations:
    """Extrapolated informations and union information."""
    n = int(asked.counts.sum())
    if asked.solve is None or asked.stream is None:
        raise Unsupported("quadratic extrapolation needs more than the table; allowed: within an estimate")
    if not asked.single:
        raise Unsupported(
            "quadratic extrapolation takes random parts of the rows, which says nothing of a series, of subjects or of weighted rows; "
            "allowed there: plugin, miller_madow, panzeri_treves, bootstrap"
        )
    if n < FEWEST:
        raise Unsupported(f"quadratic extrapolation of {n} rows; allowed: at least {FEWEST}")
    stack, group = [], []
    for k in range(PARTITIONS):
        rng = asked.stream(k)
        for pieces in (2, 4):
            stack.append(parts(asked.counts, n // pieces, pieces)(rng))
            group += [pieces] * pieces
    r = asked.solve(np.concatenate(stack))
    which = np.array(group)
    means = [
        [float(np.mean(np.asarray(getattr(r, name))[which == pieces])) for pieces in (2, 4)]
        for name in Informations._fields
    ]
    whole = [float(getattr(asked.plugin, name)) for name in Informations._fields]
    weights = at_infinity((n, n // 2, n // 4))
    return Informations(*(float(weights @ [w, *m]) for w, m in zip(whole, means, strict=True)))


def at_infinity(sizes: tuple[int, ...]) -> np.ndarray:
    """Weights of the values at `sizes` in the polynomial through them in 1/N, read at 1/N = 0 (Lagrange).

    >>> (3 * at_infinity((40, 20, 10))).round(9).tolist()
    [8.0, -6.0, 1.0]
    """
    x = 1.0 / np.array(sizes, dtype=np.float64)
    return np.array([np.prod([other / (other - here) for other in x if other != here]) for here in x])
