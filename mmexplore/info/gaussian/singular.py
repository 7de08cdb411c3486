"""Coordinates that are functions of others: left out, which is the limit of ever less noise on them.

If a column of X is a linear function of other columns of X, the smallest set of columns with the same span tells the same, and

    Cov(Y|X) = Cov(Y) - Cov(Y,X) Cov(X)^+ Cov(X,Y),    ^+ the pseudo-inverse,

is the limit of Cov(Y|X + e N), N independent noise, e -> 0. Likewise for repeated columns of Y, whose combinations that never vary hold nothing to be
told, and across the modalities: X2 may repeat X1, the purest redundancy. No limit exists where Cov(Y|X1,X2) itself is singular in a direction in
which Y varies: Y then follows without noise, and an information is infinite.

A column is left out if what is left of its variance, given those kept, is below 1e-13 of it and does not go with the other variables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.info.gaussian.covariance import SINGULAR, coordinate

GOES_WITH = 1e-4  # correlation of what is left with another variable
ROUNDING = 1e-12  # of a covariance of columns of variance 1


@dataclass(frozen=True)
class Kept:
    """Rows of the covariance that are kept, in rising order.

    Attributes:
        x1, x2, y: of each block by itself.
        x12: of x1 and x2 together, for what both tell.
        left_out: of the block and of the two modalities together, each once.
    """

    x1: tuple[int, ...]
    x2: tuple[int, ...]
    y: tuple[int, ...]
    x12: tuple[int, ...]
    left_out: tuple[int, ...]

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Those of Cov(Y), Cov(X1,Y), Cov(X2,Y) and of all; y last."""
        return (self.y, self.x1 + self.y, self.x2 + self.y, self.x12 + self.y)

    def sentence(self, dims: tuple[int, int, int]) -> str:
        """What was left out, and why the answer is a limit."""
        names = [coordinate(row, dims) for row in self.left_out]
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return (
            f"Limit: {shown} {'is a linear function' if len(names) == 1 else 'are linear functions'} of other coordinates, so the covariance is singular. "
            "The answer is that of ever less independent noise, in which they add nothing."
        )


def all_rows(dims: tuple[int, int, int]) -> Kept:
    """Nothing left out."""
    d1, d2, dy = dims
    x1, x2, y = range(d1), range(d1, d1 + d2), range(d1 + d2, d1 + d2 + dy)
    return Kept(tuple(x1), tuple(x2), tuple(y), (*x1, *x2), ())


def independent_rows(correlation: np.ndarray, dims: tuple[int, int, int]) -> Kept:
    """Rows of a correlation matrix (p, p) that span each block and both modalities together."""
    everything = all_rows(dims)
    x1, x2, y = (_spanning(correlation, list(block)) for block in (everything.x1, everything.x2, everything.y))
    x12 = _spanning(correlation, [*x1, *x2])
    kept = set(x12) | set(y)
    return Kept(tuple(x1), tuple(x2), tuple(y), tuple(x12), tuple(k for k in range(len(correlation)) if k not in kept))


def spanning_columns(rows: np.ndarray) -> list[int]:
    """Which columns of rows (n, d) span all of them; none is left out where none is a linear function of others."""
    centred = rows - rows.mean(axis=0)
    centred = centred / np.sqrt((centred**2).sum(axis=0))
    return _spanning(centred.T @ centred, list(range(rows.shape[1])))


def reduced(cov: np.ndarray, dims: tuple[int, int, int]) -> tuple[np.ndarray, tuple[int, int, int]]:
    """One covariance (p, p) without the columns of x1, x2 and y that are functions of others in their own block, and its dimensions."""
    scale = np.sqrt(np.diagonal(cov))
    kept = independent_rows(cov / np.outer(scale, scale), dims)
    rows = [*kept.x1, *kept.x2, *kept.y]
    return cov[np.ix_(rows, rows)], (len(kept.x1), len(kept.x2), len(kept.y))


def _spanning(correlation: np.ndarray, rows: list[int]) -> list[int]:
    """Pivoted elimination: the row with the most variance left comes next, the first of equals, until nothing is left.

    Whatever is left may still go with the other variables: then a difference of two columns is small but speaks, and its row stays.
    """
    left = np.array(correlation, dtype=float)
    kept: list[int] = []
    rest = list(rows)
    others = [k for k in range(len(left)) if k not in rows]
    while rest:
        variances = left[rest, rest]
        row = rest[int(np.argmax(variances > 0.999 * variances.max()))]
        most = left[row, row]
        if most <= SINGULAR * len(rows):
            goes = np.abs(left[np.ix_(rest, others)])
            speaks = goes > ROUNDING + GOES_WITH * np.sqrt(np.maximum(left[rest, rest], 0))[:, None]
            if not speaks.any() or most <= 0:
                break
        kept.append(row)
        rest.remove(row)
        left = left - np.outer(left[:, row], left[row]) / most
    return sorted(kept)
