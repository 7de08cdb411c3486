"""Leading-order bias of plug-in informations, and the number of states that it depends on.

For a table of N rows, with K the number of cells that could be filled,

    E[I_hat(A;Y)] - I(A;Y) = (K_ay - K_a - K_y + 1) / (2 N ln 2) + O(1/N^2)  bits

since each plug-in entropy of K cells falls short by (K - 1) / (2N) nats (Miller 1955; Panzeri & Treves 1996). At full support
this is (K_a - 1)(K_y - 1) / (2 N ln 2). The K are not known: the occupied cells are too few where rows are scarce, and all
cells are too many where some are impossible. `effective` guesses them between the two.

Of the bias of I(X1,X2;Y), the part beyond those of I(X1;Y) and I(X2;Y) is synergy's: (K_1 - 1)(K_2 - 1)(K_y - 1) / (2 N ln 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmexplore.types import PID
from mmexplore.units import NATS_PER_BIT

_SAME = 1e-9  # bits: the solver returns an end of the range itself where it cannot be told from the answer

Bins = Literal["occupied", "effective"]


@dataclass(frozen=True)
class PredictedBias:
    """Leading-order bias of the plug-in values, in bits, and how it was predicted.

    Attributes:
        i1, i2, i12: of the informations.
        synergy: of S: i12 - i1 - i2, or i12 less one of them where the other modality has nothing of its own.
        bins: whether cells were counted as ``"occupied"`` or as ``"effective"``.
        cells: number of (x1, x2, y) cells counted so.
    """

    i1: float
    i2: float
    i12: float
    synergy: float
    bins: Bins
    cells: float


def predicted_bias(
    counts: np.ndarray, bins: Bins = "effective", *, only: str = "", spread: float = 1.0
) -> PredictedBias:
    """Leading-order bias of the informations of a table of counts, shape (n1, n2, ny).

    Args:
        counts: rows in each cell.
        bins: which number of cells to use.
        only: ``"1"`` or ``"2"`` where I* is that modality's information alone (see the function `alone`).
        spread: rows for one that is independent: the bias is so many times that of independent rows.
    """
    n1, n2, ny = counts.shape
    (b1, _), (b2, _) = _bias(counts.sum(axis=1), bins), _bias(counts.sum(axis=0), bins)
    b12, cells = _bias(counts.reshape(n1 * n2, ny), bins)
    b1, b2, b12 = spread * b1, spread * b2, spread * b12
    taken = {"1": b1, "2": b2}.get(only, b1 + b2)
    return PredictedBias(i1=b1, i2=b2, i12=b12, synergy=b12 - taken, bins=bins, cells=cells)


def alone(plugin: PID) -> str:
    """``"1"`` or ``"2"`` where the plug-in's I* is that modality's information alone, so the other has nothing of its own."""
    if plugin.measure != "broja":
        return ""
    first, second = plugin.union <= plugin.i1 + _SAME, plugin.union <= plugin.i2 + _SAME
    return "" if first == second else "1" if first else "2"


def _bias(table: np.ndarray, bins: Bins) -> tuple[float, float]:
    """Bias of I(A;Y) of counts (a, y) in bits, and the number of joint cells it was reckoned with."""
    table = table[table.any(axis=1)]
    n = int(table.sum())
    columns = table[:, table.any(axis=0)].T
    each = [effective(column, len(table)) if bins == "effective" else np.count_nonzero(column) for column in columns]
    # the states of A itself are counted as they occur: those of one variable are seldom missed
    cells = float(sum(each))
    return (cells - len(table) - len(columns) + 1) / (2 * n * NATS_PER_BIT), cells


def effective(counts: np.ndarray, possible: int) -> float:
    """Number of cells that may be filled, guessed from counts of which some are zero (Panzeri & Treves 1996, section 4).

    With r occupied cells of N rows, suppose m further cells share the probability g = m (1 - (N / (N + r))^(1/N)) evenly and
    the occupied ones hold (1 - g)(count + 1) / (N + r). The m is taken at which the number of cells expected to be occupied
    after N rows, rising with m, reaches r; at most `possible` - r.
    """
    seen = counts[counts > 0]
    r, n = len(seen), int(seen.sum())
    if r == possible or n == 0:
        return float(r)
    share = 1.0 - (n / (n + r)) ** (1.0 / n)

    def expected(m: int) -> float:
        g = m * share
        occupied = (1.0 - g) * (seen + 1.0) / (n + r)
        return float((1.0 - (1.0 - occupied) ** n).sum() + m * (1.0 - (1.0 - share) ** n))

    low, high = 0, min(possible - r, int(1.0 / share))
    if expected(high) <= r:
        return float(r + high)
    while high - low > 1:  # expected(low) <= r < expected(high)
        middle = (low + high) // 2
        low, high = (middle, high) if expected(middle) <= r else (low, middle)
    nearer = high if abs(expected(high) - r) < abs(expected(low) - r) else low
    return float(r + nearer)
