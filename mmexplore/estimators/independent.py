"""Rows that may be taken for draws of their own, for estimators that know of no series, subjects or weights.

Of a series every k-th row is taken, k above the larger of its inflation (`mmexplore.estimators.tables.dependence`) and the rows after which the slower but
one of the variables has forgotten its state: neighbours in a cloud are else neighbours in time, and tell of nothing but that. Of rows that repeat
subjects one of each is taken at random. Of rows with sampling weights each is taken with a chance in proportion to its weight (von Neumann 1951,
rejection), which makes them a sample of the population. What is lost is width: intervals become those of so many rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.tables.drawn import Drawn, Sampling, drawn
from mmexplore.estimators.tables.estimate import Interval

STATES = 4  # by which the dependence of measurements is seen
FEWEST = 20
LEFT = 1.2  # what intervals of such rows are stretched by
APART = 1.35  # by which rows of a series are further apart than what follows from their dependence: fewer intervals held without
_COMPARED = 20_000  # rows on which the slowest column is sought


@dataclass(frozen=True)
class Independent:
    """Some of the rows.

    Attributes:
        rows: their places, rising but for counts, (m,).
        words: what was done and why, in a sentence; empty where all rows are taken as they are.
        stretch: how many times as wide intervals of these rows have to be: rows of a series are never quite independent.
    """

    rows: np.ndarray
    words: str = ""
    stretch: float = 1.0

    def widened(self, interval: Interval, value: float) -> Interval:
        """An interval of these rows, about a value."""
        low, high = interval
        return Interval(value - self.stretch * (value - low), value + self.stretch * (high - value))


def independent_rows(variables: Sequence[np.ndarray], sampling: Sampling | None = None, seed: int = 0) -> Independent:
    """Choose the rows.

    Args:
        variables: two or three, the target last: measurements, float (n,) or (n, d), or classes from 0 up, int (n,).
        sampling: how rows were drawn; where nothing is said, rows are looked at for dependence.
        seed: of the lots.

    Raises:
        BadData: fewer than 20 rows are left of more, or groups, time or weights that do not fit.

    >>> rng = np.random.default_rng(0)
    >>> x, y = np.repeat(rng.normal(size=(2, 200)), 5, axis=1)
    >>> len(independent_rows((x, y), Sampling(groups=np.arange(1000) // 5)).rows)
    200
    """
    *first, last = (states_of(variable) for variable in variables)
    n = len(last)
    drew = drawn(first[0], first[1] if len(first) > 1 else np.zeros(n, dtype=np.int64), last, sampling)
    rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
    kept, said = _apart(drew, rng)
    if drew.weights is not None:
        kept = kept[rng.random(len(kept)) * drew.weights[kept].max() < drew.weights[kept]]
        said.append("rows are taken with chances in proportion to their weights")
    if not said:
        return Independent(np.sort(drew.order))
    if len(kept) < FEWEST:
        raise BadData(
            f"{len(kept):,} of {n:,} rows may be taken for independent and alike ({'; '.join(said)}); allowed: at least {FEWEST}"
        )
    words = "; ".join(said)
    return Independent(
        np.sort(drew.order[kept]),
        f"Dependent or weighted rows: {words[:1].upper()}{words[1:]}; {len(kept):,} of {n:,} rows remain, and speak for all",
        1.0 if drew.starts is not None or not drew.dependent else LEFT,
    )


def states_of(variable: np.ndarray) -> np.ndarray:
    """Few states of a variable, (n,): its classes, or quantiles of the column that changes most slowly from row to row."""
    values = np.asarray(variable)
    if values.dtype.kind in "iub" and values.ndim == 1:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    columns = values.reshape(len(values), -1).astype(np.float64)
    column = columns[:, _slowest(columns)]
    edges = np.unique(np.quantile(column, np.arange(1, STATES) / STATES))
    return np.searchsorted(edges, column, side="left").astype(np.int64)


def _slowest(columns: np.ndarray) -> int:
    """The column whose neighbouring rows are most alike."""
    if columns.shape[1] == 1 or len(columns) < 3:
        return 0
    part = columns[:_COMPARED] - columns[:_COMPARED].mean(axis=0)
    power = (part**2).mean(axis=0)
    alike = (part[1:] * part[:-1]).mean(axis=0) / np.where(power > 0, power, np.inf)
    return int(np.argmax(alike))


def _apart(drew: Drawn, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Places in the order of `drew` of rows that are independent of each other, and what was done for it."""
    everything, seen = np.arange(drew.n), drew.dependence
    if seen.answered == "independent" or not drew.dependent:
        return everything, []
    if drew.starts is not None:
        lengths = np.diff(np.append(drew.starts, drew.n))
        if not (lengths > 1).any():
            return everything, []
        whose = f"rows with the same {seen.column} are alike" if seen.column else "rows repeat subjects"
        return drew.starts + rng.integers(0, lengths), [f"{whose}, and one of each is taken"]
    slow = sorted(seen.times.values())
    step = math.ceil(APART * max(seen.inflation, slow[-2] if len(slow) > 1 else 1.0) - 1e-9)
    if step < 2:
        return everything, []
    way = "rows are a series" if seen.answered else "neighbouring rows are alike, as in a series"
    return everything[int(rng.integers(0, min(step, drew.n))) :: step], [f"{way}, and one in {step:,} is taken"]
