"""Real data in two modalities, and a visitor's own: standardised columns and a label; no factors are known.

What the views tell of the label is read off a table, each view put into states by itself, so it is the decomposition of that table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from mmexplore.datasets.factors import Sample, Truth, Views, param, views
from mmexplore.datasets.real_tables import real_samples, real_table
from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.pid import pid
from mmexplore.info.samples import pid_from_samples

_FEWEST_ROWS = 60
_MOST_CLASSES = 50
_REAL = ("breast_cancer", "digits", "wine", "iris", "diabetes")


@views
class Real(Views):
    """A data set that comes along."""

    name = "real"
    title = "Real data"
    sentence = (
        "A bundled data set in two modalities, columns standardised; what it tells of the label is read off a table."
    )

    table: str = param("digits", label="Data set", choices=_REAL)

    def draw(self, seed: int) -> Sample:
        """All rows, in an order drawn by the seed."""
        found = real_samples(self.table)
        return of_arrays({"x1": found.x1, "x2": found.x2, "y": found.y}, seed)

    def truth(self) -> Truth:
        """The decomposition of the table of the Decompose page."""
        return _real_truth(self.table)


@views
class Own(Views):
    """A visitor's own rows, named by their hash; the rows themselves come with the run."""

    name = "own"
    title = "Your own data"
    sentence = "Two views and a label that you brought; columns are standardised."

    id: str = param("", label="Hash of the rows", max_length=80)

    def draw(self, seed: int) -> Sample:
        """Not from here: `of_arrays` takes the rows of the run."""
        raise BadData("your own rows come with the run: open the page with your data and start it there")


def of_arrays(arrays: Mapping[str, np.ndarray], seed: int) -> Sample:
    """Rows of given arrays x1, x2 (n, d) and y (n,): columns standardised, rows in an order drawn by the seed.

    Raises:
        BadData: missing arrays, too few rows, numbers that are not finite, or a label with one value or too many.
    """
    for name in ("x1", "x2", "y"):
        if name not in arrays:
            raise BadData(f"the data have no array {name!r}; needed: x1, x2, y")
    n = len(arrays["y"])
    if n < _FEWEST_ROWS:
        raise BadData(f"the data have {n} rows; allowed: at least {_FEWEST_ROWS}")
    order = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(6,))).permutation(n)
    x = []
    for name in ("x1", "x2"):
        columns = np.asarray(arrays[name], dtype=np.float64).reshape(n, -1)
        if not np.isfinite(columns).all():
            raise BadData(f"{name} holds values that are not finite; fill or drop those rows first")
        sd = columns.std(axis=0)
        if not (sd > 0).any():
            raise BadData(f"every column of {name} is constant; allowed: at least one that varies")
        x.append(((columns - columns.mean(axis=0)) / np.where(sd > 0, sd, 1.0))[order].astype(np.float32))
    states, y = np.unique(np.asarray(arrays["y"]).ravel(), return_inverse=True)
    if not 2 <= len(states) <= _MOST_CLASSES:
        raise BadData(
            f"the label has {len(states)} values; allowed: 2 to {_MOST_CLASSES} (bin a measured target first)"
        )
    y = y[order]
    return Sample(x[0], x[1], y, {"y": y})


def truth_of_arrays(arrays: Mapping[str, np.ndarray], bins: int = 4) -> Truth:
    """The decomposition of a table of given arrays: each view in `bins` states along its first principal direction."""
    n = len(arrays["y"])
    rule = Discretizer(method="quantile", bins=bins)
    codes = [rule.fit_transform(np.asarray(arrays[k], dtype=np.float64).reshape(n, -1)) for k in ("x1", "x2")]
    y = np.unique(np.asarray(arrays["y"]).ravel(), return_inverse=True)[1]
    return Truth(pid_from_samples(codes[0], codes[1], y), False, _words(bins, bins, n))


@lru_cache(maxsize=16)
def _real_truth(name: str) -> Truth:
    if name not in _REAL:
        raise BadSpec(f"table is {name!r}; allowed: {', '.join(_REAL)}")
    found = real_table(name)
    n1, n2, _ = found.table.p.shape
    return Truth(pid(found.table.p), False, _words(n1, n2, found.rows))


def _words(n1: int, n2: int, rows: int) -> str:
    return f"certified for a table of {n1} x {n2} states counted over {rows:,} rows; finer states tell more, and few rows a cell lean upwards"
