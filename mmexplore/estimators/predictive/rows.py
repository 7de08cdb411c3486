"""Atoms row by row, and what follows from them: means, standard errors, intervals, slices.

    r_i = i1_i + i2_i - v_i,   u1_i = v_i - i2_i,   u2_i = v_i - i1_i,   s_i = i12_i - v_i

An atom is the mean of its rows. Since v is the value of a dual point, v_i is also the influence of row i on I* (envelope theorem), so that
sd / sqrt(n) is the standard error: of rows, of the sums of groups or of blocks of time, or of weighted rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import ndtri

from mmexplore.errors import BadData
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.types import INFORMATIONS, Atoms

ONE_SIDED = 1.645  # of a standard error: 95 % of a normal law lie above minus so many
REFIT = 0.5  # standard deviations of a vanishing unique part over refits, times sqrt(n)
LEAK = 3.0  # bits times n that stacking on shared folds lends to I12 at most


@dataclass(frozen=True)
class Reading:
    """A mean of rows with what is known of its error, in bits.

    Attributes:
        value: the mean.
        se: its standard error over rows; 0 says that the rows do not show it, not that there is none.
        interval: of the level asked for, cut at 0 below.
        at_least: one-sided lower end, value - 1.645 se; of synergy less 3/n, which stacking on shared folds may lend.
        bound_only: whether only the upper end means anything: the value is 0 by construction, or cannot be told from 0.
    """

    value: float
    se: float
    interval: Interval
    at_least: float
    bound_only: bool = False

    def words(self) -> str:
        """``.123 ± .010``, or ``at most .05``."""
        if self.bound_only:
            return f"at most {self.interval.high:.3f}"
        return f"{self.value:.3f} ± {self.se:.3f}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "value": self.value,
            "se": self.se,
            "interval": list(self.interval),
            "at_least": self.at_least,
            "bound_only": self.bound_only,
        }


@dataclass(frozen=True)
class RowAtoms:
    """Informations and atoms of single rows, in bits, shape (n,) each; single rows may be negative.

    Attributes:
        index: place of every row among the rows given.
        given: how many were given.
        codes: class of every row, in the order of the classes kept.
        i1, i2, i12: log2 p(y|.)/p(y) of the row's own class, by modality 1, by modality 2, by both.
        union: v, what the dual point says.
        late: by the best predictor that adds what the modalities say.
        weights: of the rows, mean 1.
        clusters: group or block of time of every row; None: rows are independent.
    """

    index: np.ndarray
    given: int
    codes: np.ndarray
    i1: np.ndarray
    i2: np.ndarray
    i12: np.ndarray
    union: np.ndarray
    late: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray | None

    @property
    def n(self) -> int:
        """Rows used."""
        return len(self.index)

    @cached_property
    def atoms(self) -> Atoms:
        """r, u1, u2 and s of every row."""
        return Atoms.of(self.i1, self.i2, self.i12, self.union)

    @property
    def redundancy(self) -> np.ndarray:
        """r of every row."""
        return np.asarray(self.atoms.redundancy)

    @property
    def unique1(self) -> np.ndarray:
        """u1 of every row."""
        return np.asarray(self.atoms.unique1)

    @property
    def unique2(self) -> np.ndarray:
        """u2 of every row."""
        return np.asarray(self.atoms.unique2)

    @property
    def synergy(self) -> np.ndarray:
        """s of every row."""
        return np.asarray(self.atoms.synergy)

    def quantities(self) -> dict[str, np.ndarray]:
        """Rows of every atom, every information and the two parts of synergy, by name."""
        atoms = self.atoms._asdict()
        informations = {name: getattr(self, name) for name in INFORMATIONS}
        parts = {"combining": self.late - self.union, "interaction": self.i12 - self.late}
        return {**atoms, **informations, "union": self.union, **parts}

    def scatter(self, values: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float]:
        """Weighted mean and its standard error of any numbers of the rows, (n,)."""
        w = self.weights if weights is None else weights
        total = float(w.sum())
        mean = float(w @ values) / total + 0.0
        shares = w * (values - mean)
        unit = np.arange(self.n) if self.clusters is None else self.clusters
        sums = np.bincount(unit, shares)[np.bincount(unit, w) > 0]
        count = len(sums)
        if count < 2:
            return mean, float("nan")
        return mean, float(np.sqrt((sums @ sums) * count / (count - 1))) / total

    @property
    def units(self) -> int:
        """Independent rows, groups or blocks."""
        return self.n if self.clusters is None else len(np.unique(self.clusters))

    def slice(self, where: Any, level: float = 0.95) -> dict[str, Reading]:
        """Atoms and informations of some of the rows, with intervals, by name.

        Args:
            where: truth values or weights of at least 0, of the rows given or of the rows used; all atoms refer to p(y) of all rows.
            level: of the intervals.

        Raises:
            BadData: another length, negative weights, or fewer than two rows.
        """
        weights = self.weights * self.chosen(where)
        if (weights > 0).sum() < 2:
            raise BadData(f"where leaves {int((weights > 0).sum())} rows; allowed: at least 2")
        return {name: reading(*self.scatter(values, weights), level) for name, values in self.quantities().items()}

    def chosen(self, where: Any) -> np.ndarray:
        """Truth values or weights of the rows given or used as weights of the rows used, (n,).

        Raises:
            BadData: another length, or negative weights.
        """
        try:
            array = np.asarray(where).astype(np.float64)
        except (TypeError, ValueError):
            raise BadData(
                "where holds no numbers; allowed: truth values, or weights of at least 0, one a row"
            ) from None
        if array.shape not in {(self.given,), (self.n,)}:
            raise BadData(f"where has shape {array.shape}; allowed: ({self.given},), one value a row given")
        array = array[self.index] if array.shape == (self.given,) else array
        if not np.isfinite(array).all() or (array < 0).any():
            raise BadData("where holds negative or missing values; allowed: truth values, or weights of at least 0")
        return array


def reading(mean: float, se: float, level: float) -> Reading:
    """A mean and its standard error as a `Reading`."""
    reach = float(ndtri(0.5 + 0.5 * level)) * se
    return Reading(mean, se, Interval(max(0.0, mean - reach), max(0.0, mean + reach)), mean - ONE_SIDED * se)


def readings(rows: RowAtoms, free: Mapping[str, np.ndarray], level: float) -> dict[str, Reading]:
    """Every quantity of all rows.

    Args:
        rows: what is reported.
        free: rows of the unique parts by the dual point itself, whatever took its place; they say how far a part that is 0 by
            construction might be from it.
        level: of the intervals.

    Refits move a vanishing unique part by .5/sqrt(n), and lift it by as much, which R and S lose: their intervals are longer above.
    """
    found = {name: reading(*rows.scatter(values), level) for name, values in rows.quantities().items()}
    for name in ("synergy", "interaction"):
        here = found[name]
        found[name] = replace(here, at_least=here.at_least - LEAK / rows.units)
    refit = REFIT / np.sqrt(rows.units)
    for name in ("unique1", "unique2"):
        mean, se = rows.scatter(free[name])
        here = found[name]
        if here.at_least <= 0.0 or here.value < 2.0 * refit:
            high = max(here.interval.high, max(here.value, mean, 0.0) + max(ONE_SIDED * se, 2.0 * refit))
            interval, low = Interval(0.0, high), min(here.at_least, 0.0)
            found[name] = replace(here, interval=interval, at_least=low, bound_only=True)
    if found["unique1"].bound_only and found["unique2"].bound_only:
        for name in ("redundancy", "synergy"):
            here = found[name]
            wider = Interval(here.interval.low, here.interval.high + refit)
            found[name] = replace(here, interval=wider)
    return found


def within(ceiling: float, found: Mapping[str, Reading]) -> dict[str, Reading]:
    """The same with no interval beyond the entropy of the target, which nothing about it exceeds."""
    return {
        name: replace(here, interval=Interval(min(here.interval.low, ceiling), min(here.interval.high, ceiling)))
        for name, here in found.items()
    }
