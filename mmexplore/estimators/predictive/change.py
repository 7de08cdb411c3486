"""What a change did: the difference of two answers with its interval, from the rows of both.

    D = A' - A,   A = sum_i w_i a_i / sum_i w_i over the rows of an answer
    phi_i = w'_i (a'_i - A') / sum w' - w_i (a_i - A) / sum w,   a part being 0 where an answer does not hold the row
    SE^2 = sum over independent units of (sum of their phi_i)^2, times units / (units - 1)

phi_i is the influence of row i of the data on D (Hampel 1974, JASA 69, 383), so one formula holds for the same rows (a paired difference), for rows that
share nothing (two errors added) and for any overlap. Units are rows, groups, or blocks of time. Where predictors were fitted anew, they
come out otherwise for other folds and draws, by REFIT / sqrt(units): with nothing but the seed changed, rows alone called an atom different in 9 of 48 data
sets of 300 rows, with that term in 3 (`python -m benchmarks.differences`; after a true change 96 % of the intervals held the true difference).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.rows import RowAtoms
from mmexplore.estimators.tables.estimate import Interval

REFIT = 0.25  # standard deviations of a difference between two fits beyond what the rows show, times sqrt(units)
SAME = 1e-9  # bit


@dataclass(frozen=True)
class Change:
    """After minus before of one number, in bits.

    Attributes:
        before, after: what either answer says.
        se: standard error of the difference.
        interval: of the difference, not cut at 0.
    """

    before: float
    after: float
    se: float
    interval: Interval

    @property
    def value(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return bool(self.interval.low > 0.0 or self.interval.high < 0.0)

    @property
    def reach(self) -> float:
        """The largest difference, either way, that the interval allows."""
        return float(max(abs(self.interval.low), abs(self.interval.high)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "value": self.value,
            "se": self.se if math.isfinite(self.se) else None,
            "interval": list(self.interval) if math.isfinite(self.se) else None,
        }


def changes(
    before: RowAtoms,
    after: RowAtoms,
    level: float = 0.95,
    *,
    places: tuple[np.ndarray, np.ndarray] | None = None,
    refitted: bool = True,
) -> dict[str, Change]:
    """Every atom and information after a change, less what it was before, with its interval.

    Args:
        before, after: rows of both answers.
        level: of the intervals.
        places: for the rows of either, which row of the data it is, (n,) each; their own `index` where left out.
        refitted: whether predictors were fitted anew; then what refits move is part of the error.

    Raises:
        BadData: places of another length.
    """
    where = (before.index, after.index) if places is None else places
    for rows, place in zip((before, after), where, strict=True):
        if np.shape(place) != (rows.n,):
            raise BadData(f"places have shape {np.shape(place)}; allowed: ({rows.n},), the row of the data of each row")
    data, at = np.unique(np.concatenate(where), return_inverse=True)
    ends = (at[: before.n], at[before.n :])
    unit = _units(before, after, ends, len(data))
    refit = REFIT * float(np.sqrt(0.5 / before.units + 0.5 / after.units))
    first, second = before.quantities(), after.quantities()
    found = {}
    for name, values in first.items():
        (mean, part), (mean2, part2) = _influence(before, values), _influence(after, second[name])
        phi = np.bincount(ends[1], part2, len(data)) - np.bincount(ends[0], part, len(data))
        if part.any() and np.abs(phi).max() < SAME / len(data):  # the same predictor, read on the same rows
            found[name] = change_of(mean, mean, 0.0, level)
            continue
        silent = not part.any() or not part2.any()  # 0 by construction, of which the rows show no scatter
        se = float(np.hypot(_spread(phi, unit), refit if refitted or silent else 0.0))
        found[name] = change_of(mean, mean2, se, level)
    return found


def change_of(before: float, after: float, se: float, level: float) -> Change:
    """Two numbers and the standard error of their difference as a `Change`."""
    reach = float(ndtri(0.5 + 0.5 * level)) * se
    return Change(before, after, se, Interval(after - before - reach, after - before + reach))


def sentence(found: Mapping[str, Change], symbols: Mapping[str, str], per_bit: float = 1.0, unit: str = "bit") -> str:
    """Which differences the rows show; where they show none, how large one could be.

    Args:
        found: of `changes`.
        symbols: what is spoken of, by name, and what it is called.
        per_bit: the unit's size.
        unit: its name.
    """

    def words(name: str) -> str:
        one = found[name]
        low, high = (per_bit * end for end in one.interval)
        return f"{symbols[name]} {per_bit * one.value:+.3f} ({low:+.3f} to {high:+.3f})"

    clear = [name for name in symbols if found[name].clear]
    rest = [found[name].reach for name in symbols if name not in clear]
    most = f"{per_bit * max(rest):.3f} {unit}" if rest else ""
    if not clear:
        return f"No difference is seen; none larger than ±{most}."
    others = f" Of the others no difference is seen; none larger than ±{most}." if rest else ""
    return f"What changed ({unit}): {', '.join(map(words, clear))}.{others}"


def _influence(rows: RowAtoms, values: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of the rows and how much each moves it."""
    total = float(rows.weights.sum())
    mean = float(rows.weights @ values) / total + 0.0
    return mean, rows.weights * (values - mean) / total


def _spread(phi: np.ndarray, unit: np.ndarray) -> float:
    sums = np.bincount(unit, phi)
    count = len(sums)
    return float(np.sqrt((sums @ sums) * count / (count - 1))) if count > 1 else float("nan")


def _units(before: RowAtoms, after: RowAtoms, ends: tuple[np.ndarray, np.ndarray], count: int) -> np.ndarray:
    """What is independent of each other, for every row of the data in either answer.

    Groups and blocks are numbered anew in every answer, so those of the answer that knows them speak for the rows of both; a row which only
    the other one holds goes with the rows that it shares a group with there.
    """
    pairs = [(rows.clusters, end) for rows, end in zip((before, after), ends, strict=True) if rows.clusters is not None]
    if not pairs:
        return np.arange(count)
    unit = np.full(count, -1)
    clusters, end = pairs[0]
    unit[end] = clusters
    for more, end2 in pairs[1:]:
        new, known = unit[end2] < 0, unit[end2] >= 0
        if not new.any():
            continue
        most = np.full(int(more.max()) + 1, -1)
        table = np.zeros((len(most), int(unit.max()) + 1))
        np.add.at(table, (more[known], unit[end2][known]), 1.0)
        seen = table.sum(axis=1) > 0
        most[seen] = table[seen].argmax(axis=1)
        most[~seen] = int(unit.max()) + 1 + np.arange(int((~seen).sum()))
        unit[end2[new]] = most[more[new]]
    alone = unit < 0
    unit[alone] = int(unit.max()) + 1 + np.arange(int(alone.sum()))
    return np.asarray(np.unique(unit, return_inverse=True)[1])
