"""How rows were drawn, and tables drawn again the same way: series by blocks, subjects whole, weighted rows with their weights.

Rows drawn again:
- a series: circular blocks of fixed length (Politis & Romano 1992), long enough that a state is forgotten within one;
- subjects: whole subjects with replacement (Davison & Hinkley 1997, section 3.8);
- weights: rows with replacement, their weights with them (Rao & Wu 1988).

Nulls: of a series one column is rotated against the others by a random number of rows, which keeps what every column does in time; of subjects one
column is dealt out by whole subjects (for subjects of one size exactly, else laid end to end). Within classes the same is done among the rows of a class.
Rows without synergy are drawn from the coupling of least synergy, as many as there are independent rows; weighted rows have all their nulls so, from
products of weighted shares.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.tables import resampling
from mmexplore.estimators.tables.counts import MAX_ROWS, pack_codes
from mmexplore.estimators.tables.dependence import Dependence, clustered, serial, suspected
from mmexplore.estimators.tables.resampling import Draw

WEIGHTS_ARE = ("sampling", "counts")
LONG = 3.0  # blocks, in times the inflation and the longest autocorrelation time
MOST_SHARE = 8  # blocks at least


@dataclass(frozen=True)
class Sampling:
    """How rows were drawn, as given.

    Attributes:
        groups: ids of the subjects or recordings that rows repeat, (n,); None: not said.
        time: True: rows are a series in this order; what to order them by, (n,); False: rows are independent; None: not said.
        weights: at least 0, (n,); None: every row counts alike.
        weights_are: ``"sampling"``: how many of the population a row stands for; ``"counts"``: how many rows it is.
        suspects: columns that may name subjects, by name, (n,) each; looked at only where nothing is said.
    """

    groups: Any = None
    time: Any = None
    weights: Any = None
    weights_are: str = "sampling"
    suspects: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def given(self) -> list[str]:
        """Names of what is said of how rows hang together or count."""
        said = {"groups": self.groups, "time": self.time, "weights": self.weights}
        return [name for name, value in said.items() if value is not None and value is not False]

    def of_rows(self, which: np.ndarray) -> Sampling:
        """The same of some of the rows; `which`: truth values or places."""
        groups, time, weights = (
            given if given is None or isinstance(given, bool) else np.asarray(given)[which]
            for given in (self.groups, self.time, self.weights)
        )
        return Sampling(
            groups, time, weights, self.weights_are, {name: values[which] for name, values in self.suspects.items()}
        )


@dataclass(frozen=True)
class Drawn:
    """Rows as codes in their order, and how they were drawn.

    Attributes:
        codes: states of modality 1, modality 2 and target from 0 up, (n,) each; by subject and in order of time where these are given.
        shape: how many states each has.
        dependence: how far the rows are from being independent.
        order: place of every row among the rows as given, (n,).
        starts: first row of every subject; None without subjects.
        weights: mean 1, (n,); None where every row counts alike.
    """

    codes: tuple[np.ndarray, np.ndarray, np.ndarray]
    shape: tuple[int, int, int]
    dependence: Dependence
    order: np.ndarray
    starts: np.ndarray | None = None
    weights: np.ndarray | None = None

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.codes[2])

    @property
    def plain(self) -> bool:
        """Whether a table of counts says all there is to say of the rows."""
        return self.weights is None and not self.dependent

    @property
    def dependent(self) -> bool:
        """Whether rows are drawn again by blocks or subjects."""
        return self.starts is not None or self.dependence.block > 0

    @property
    def spread(self) -> float:
        """Rows for one that is independent and of the mean weight: of dependence and of unequal weights (Kish 1965)."""
        unequal = 1.0 if self.weights is None else float(np.mean(self.weights**2) / np.mean(self.weights) ** 2)
        return unequal if self.dependence.answered == "independent" else self.dependence.inflation * unequal

    @property
    def effective(self) -> float:
        """Independent rows that would say as much."""
        return self.n / self.spread

    def stretch(self, level: float) -> float:
        """By how much intervals from few blocks or subjects have to be wider: Student's t over the normal law, of as many units less one."""
        if not self.dependent:
            return 1.0
        from scipy.special import ndtri, stdtrit

        freedom = max(1, self.dependence.units - 1)
        half = 0.5 * (1.0 + level)
        return float(stdtrit(freedom, half) / ndtri(half) * math.sqrt((freedom + 1) / freedom))

    def words(self, *, drawn_again: bool = True) -> list[str]:
        """What to know of how the rows were drawn, in sentences; `drawn_again`: whether the answer has intervals and p-values."""
        seen = self.dependence.words(drawn_again=drawn_again)
        said = [seen] if seen else []
        if self.weights is not None:
            unequal = self.n * float(np.mean(self.weights) ** 2 / np.mean(self.weights**2))
            again = " intervals draw rows again with their weights," if drawn_again else ""
            nulls = " The nulls draw so many from products of the weighted shares." if drawn_again else ""
            said.append(
                f"Rows are weighted, as a sample whose rows stand for unequal numbers of the population (sampling weights): shares are weighted,{again} "
                f"and {self.n:,} rows come to {unequal:,.0f} of equal weight.{nulls}"
            )
        return said

    def part(self, size: int, rng: np.random.Generator) -> Drawn:
        """Some of the rows as if there were no more: a stretch of a series, whole subjects, or single rows; of subjects about `size` rows."""
        weights, starts = self.weights, None
        if self.starts is not None:
            lengths = np.diff(np.append(self.starts, self.n))
            dealt = rng.permutation(len(self.starts))
            ends = np.cumsum(lengths[dealt])
            taken = np.sort(dealt[: max(2, 1 + int(np.argmin(np.abs(ends - size))))])
            rows = np.concatenate([np.arange(self.starts[k], self.starts[k] + lengths[k]) for k in taken])
            starts = np.cumsum(lengths[taken]) - lengths[taken]
        elif self.dependent:
            rows = (int(rng.integers(0, self.n)) + np.arange(size)) % self.n
        else:
            rows = rng.choice(self.n, size, replace=False)
        block = min(self.dependence.block, max(1, len(rows) // MOST_SHARE)) if self.dependence.block else 0
        seen = dataclasses.replace(self.dependence, n=len(rows), block=block)
        one, two, of = (column[rows] for column in self.codes)
        weights = None if weights is None else weights[rows]
        return Drawn((one, two, of), self.shape, seen, self.order[rows], starts, weights)

    def recoded(self, codes1: Any, codes2: Any, codes_y: Any) -> Drawn:
        """The same rows, drawn alike, with other states."""
        codes, shape = pack_codes(*(np.asarray(column)[self.order] for column in (codes1, codes2, codes_y)))
        return dataclasses.replace(self, codes=codes, shape=shape)

    def cells(self) -> np.ndarray:
        """Cell of every row, (n,)."""
        x1, x2, y = self.codes
        return (x1 * self.shape[1] + x2) * self.shape[2] + y

    def counts(self) -> np.ndarray:
        """Rows in each cell, whatever their weights."""
        return np.bincount(self.cells(), minlength=math.prod(self.shape)).reshape(self.shape)

    def table(self) -> np.ndarray:
        """What is decomposed: rows in each cell, or weighted shares of the cells."""
        return self.counts() if self.weights is None else self._table(self.cells(), self.weights)

    def _table(self, cells: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        made = np.bincount(cells, weights, math.prod(self.shape)).reshape(self.shape)
        return made if weights is None else made / made.sum()

    def bootstrap(self) -> Draw:
        """Rows drawn again as they were drawn."""
        if self.plain:
            return resampling.bootstrap(self.counts())
        cells, weights, n = self.cells(), self.weights, self.n
        if self.starts is not None:
            return self._subjects(self.starts)
        block = max(1, self.dependence.block)
        number = -(-n // block)
        steps = np.arange(block)

        def draw(rng: np.random.Generator) -> np.ndarray:
            rows = ((rng.integers(0, n, number)[:, None] + steps) % n).ravel()[:n]
            return self._table(cells[rows], None if weights is None else weights[rows])

        return draw

    def _subjects(self, starts: np.ndarray) -> Draw:
        """Whole subjects drawn again: their tables, or their rows where these are fewer numbers."""
        cells = self.cells()
        lengths = np.diff(np.append(starts, self.n))
        of_row = np.repeat(np.arange(len(starts)), lengths)
        base = np.ones(self.n) if self.weights is None else self.weights

        def draw(rng: np.random.Generator) -> np.ndarray:
            often = np.bincount(rng.integers(0, len(starts), len(starts)), minlength=len(starts))
            return self._table(cells, often[of_row] * base)

        return draw

    def null(self, key: str) -> Draw:
        """Tables in which something is absent; see `mmexplore.estimators.tables.nulls`."""
        if self.plain:
            return PLAIN_NULLS[key](self.counts())
        if key == "no_synergy":
            return resampling.least_synergy(self.table(), max(2, round(self.effective)))
        if self.dependent:
            return self._moved(key)
        return resampling.weighted_null(self.table(), key, max(2, round(self.effective)))

    def _moved(self, key: str) -> Draw:
        """One column moved against the others, whole series or subjects at once."""
        moved = {"target": 2, "modality1": 0, "modality2": 1, "within": 0}[key]
        classes = self.codes[2] if key == "within" else np.zeros(self.n, dtype=np.int64)
        places = [np.flatnonzero(classes == k) for k in range(int(classes.max()) + 1)]

        def draw(rng: np.random.Generator) -> np.ndarray:
            columns = list(self.codes)
            column = columns[moved].copy()
            if self.starts is None:
                for rows in places:
                    column[rows] = np.roll(columns[moved][rows], int(rng.integers(0, len(rows))) if len(rows) else 0)
            else:
                one, other = self._dealt(rng), self._dealt(rng)
                for k in range(len(places)):
                    column[one[classes[one] == k]] = columns[moved][other[classes[other] == k]]
            columns[moved] = column
            x1, x2, y = columns
            return self._table((x1 * self.shape[1] + x2) * self.shape[2] + y, self.weights)

        return draw

    def _dealt(self, rng: np.random.Generator) -> np.ndarray:
        """All rows, subject after subject in random order."""
        if self.starts is None:
            return np.arange(self.n)
        order = rng.permutation(len(self.starts))
        lengths = np.diff(np.append(self.starts, self.n))[order]
        first = np.repeat(self.starts[order] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        return np.arange(self.n) + first


PLAIN_NULLS = {
    "target": resampling.target_shuffled,
    "modality1": resampling.modality1_shuffled,
    "modality2": resampling.modality2_shuffled,
    "within": resampling.shuffled_within_classes,
    "no_synergy": resampling.least_synergy,
}


def drawn(codes1: Any, codes2: Any, codes_y: Any, sampling: Sampling | None = None) -> Drawn:
    """Rows with how they were drawn; where nothing is said, with the dependence that is seen in them.

    Raises:
        BadData: codes that are none, or groups, time or weights that do not fit them.
        BadSpec: an unknown kind of weights.
    """
    said = Sampling() if sampling is None else sampling
    arrays = [np.asarray(column) for column in (codes1, codes2, codes_y)]
    pack_codes(*arrays)  # first, for its checks
    n = len(arrays[0])
    weights, rows = _weights(said, n)
    arrays = [column[rows] for column in arrays]
    codes, shape = pack_codes(*arrays)
    groups = None if said.groups is None else _ids(said.groups, n, "groups")[rows]
    series = said.time is not None and said.time is not False
    order = np.arange(len(rows))
    if series and said.time is not True:
        place = _ids(said.time, n, "time")[rows]
        order = np.argsort(place, kind="stable")
    if groups is not None:
        groups = np.unique(groups, return_inverse=True)[1]
        if int(groups.max()) < 1:
            raise BadData("groups holds one group only; allowed: at least 2, better 20")
        order = order[np.argsort(groups[order], kind="stable")]
        groups = groups[order]
    one, two, of = (column[order] for column in codes)
    weighed = None if weights is None else weights[order]
    made = Drawn((one, two, of), shape, Dependence(len(rows)), rows[order], weights=weighed)
    if groups is not None:
        seen = dataclasses.replace(clustered(made.codes, shape, groups), answered="groups")
        return dataclasses.replace(made, dependence=seen, starts=np.flatnonzero(np.diff(groups, prepend=-1)))
    if series:
        return dataclasses.replace(
            made, dependence=_blocks(dataclasses.replace(serial(made.codes, shape), answered="order"))
        )
    columns = {name: np.asarray(values)[rows] for name, values in said.suspects.items()}
    seen = suspected(made.codes, shape, columns)
    if said.time is False:
        return dataclasses.replace(made, dependence=dataclasses.replace(seen, answered="independent"))
    if not seen.present:
        return dataclasses.replace(made, dependence=seen)
    if seen.kind == "order":
        return dataclasses.replace(made, dependence=_blocks(seen))
    groups = np.unique(columns[seen.column], return_inverse=True)[1]
    order = np.argsort(groups, kind="stable")
    one, two, of = (column[order] for column in made.codes)
    weighed = None if made.weights is None else made.weights[order]
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    return Drawn((one, two, of), shape, seen, made.order[order], starts, weighed)


def _blocks(seen: Dependence) -> Dependence:
    """The same with the length of its blocks."""
    longest = max(seen.times.values(), default=1.0)
    wanted = max(seen.n ** (1 / 3), LONG * seen.inflation, LONG * longest)
    block = int(np.clip(round(wanted), 1, max(1, seen.n // MOST_SHARE)))
    return dataclasses.replace(seen, block=block, units=-(-seen.n // block))


def _ids(values: Any, n: int, name: str) -> np.ndarray:
    import pandas as pd

    array = np.asarray(values)
    if array.shape != (n,):
        raise BadData(f"{name} has shape {array.shape}; allowed: ({n},), one for every row")
    if np.asarray(pd.isna(array)).any():
        raise BadData(f"{name} is missing in {int(np.asarray(pd.isna(array)).sum()):,} rows; leave these rows out")
    return array


def _weights(said: Sampling, n: int) -> tuple[np.ndarray | None, np.ndarray]:
    """Weights of mean 1 (None where all are alike), and the rows that count, each as often as it does."""
    everything = np.arange(n)
    if said.weights_are not in WEIGHTS_ARE:
        raise BadSpec(f"weights_are is {said.weights_are!r}; allowed: {', '.join(WEIGHTS_ARE)}")
    if said.weights is None:
        return None, everything
    try:
        w = np.asarray(said.weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData("weights are no numbers; allowed: numbers of at least 0, one for every row") from None
    if w.shape != (n,):
        raise BadData(f"weights has shape {w.shape}; allowed: ({n},), one for every row")
    if not np.isfinite(w).all() or (w < 0).any() or not w.any():
        raise BadData(
            "weights hold missing, infinite or negative numbers, or nothing but 0; allowed: finite numbers of at least 0"
        )
    if said.weights_are == "counts":
        if (w != np.floor(w)).any():
            raise BadData(
                "weights are said to be counts and hold fractions; allowed: whole numbers, or weights_are='sampling'"
            )
        if w.sum() > min(MAX_ROWS, 50_000_000):
            raise BadData(f"weights count {w.sum():,.0f} rows; allowed: 50,000,000. Give them as sampling weights")
        return None, np.repeat(everything, w.astype(np.int64))
    kept = everything[w > 0]
    w = w[kept]
    if np.ptp(w) <= 1e-12 * w.max():
        return None, kept
    return w / w.mean(), kept
