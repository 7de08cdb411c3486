"""Real tables in two modalities, and a visitor's own rows: standardised columns and a label; no factors are known.

What the views tell of the label is read off a table, each view put into states by itself, so it is the decomposition of that table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from mmexplore.datasets.real_tables import real_info, real_samples, real_table
from mmexplore.datasets.views.base import Factor, Facts, LabelTruth, TwoViews, View, column_names, declare, last_rows
from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData
from mmexplore.info.pid import pid
from mmexplore.info.samples import pid_from_samples
from mmexplore.spec import param

_FEWEST_ROWS = 60
_MOST_CLASSES = 50
_REAL = ("breast_cancer", "digits", "wine", "iris", "diabetes")


@declare
class Real(View):
    """A data set that comes along."""

    name = "real"
    title = "Real data"
    sentence = (
        "A bundled data set in two modalities, columns standardised; what it tells of the label is read off a table."
    )

    listed = False  # its tables are, each by its own name
    scaled = True

    table: str = param("digits", label="Data set", choices=_REAL)

    def facts(self) -> Facts:
        """As the table is."""
        info = real_info(self.table)
        return Facts(info.rows, len(info.columns1), len(info.columns2), classes=len(info.y_labels))

    def sample(self, seed: int) -> TwoViews:
        """All rows, in an order drawn by the seed."""
        samples, info = real_samples(self.table), real_info(self.table)
        drawn = of_arrays({"x1": samples.x1, "x2": samples.x2, "y": samples.y}, seed)
        return dataclasses.replace(
            drawn,
            names=info.names[:2],
            columns1=samples.columns1,
            columns2=samples.columns2,
            class_names=samples.y_labels,
        )

    def truth(self) -> LabelTruth:
        """The decomposition of the table of the Decompose page."""
        return table_truth(self.table)


def of_arrays(arrays: Mapping[str, np.ndarray], seed: int) -> TwoViews:
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
    return TwoViews(
        x1=x[0],
        x2=x[1],
        held_out=last_rows(n),
        columns1=column_names("x1", x[0].shape[1]),
        columns2=column_names("x2", x[1].shape[1]),
        names=("your first view", "your second view"),
        y=y,
        class_names=tuple(str(state) for state in states),
        factors=(Factor("y", "label", y, len(states)),),
    )


def truth_of_arrays(arrays: Mapping[str, np.ndarray], bins: int = 4) -> LabelTruth:
    """The decomposition of a table of given arrays: each view in `bins` states along its first principal direction."""
    n = len(arrays["y"])
    rule = Discretizer(method="quantile", bins=bins)
    codes = [rule.fit_transform(np.asarray(arrays[k], dtype=np.float64).reshape(n, -1)) for k in ("x1", "x2")]
    y = np.unique(np.asarray(arrays["y"]).ravel(), return_inverse=True)[1]
    return LabelTruth(pid_from_samples(codes[0], codes[1], y), False, _words(bins, bins, n))


def decomposition(declaration: View) -> LabelTruth:
    """What the two views tell about the label: the data's own truth, else the decomposition of a table of the samples.

    Raises:
        BadData: the data have no label.
    """
    known = declaration.truth()
    return known if isinstance(known, LabelTruth) else _counted(declaration)


@lru_cache(maxsize=16)
def _counted(declaration: View) -> LabelTruth:
    drawn = declaration.draw()
    if drawn.y is None:
        raise BadData(f"{declaration.name} has no label; allowed: data with a label")
    return truth_of_arrays({"x1": drawn.flat1, "x2": drawn.flat2, "y": drawn.y})


@lru_cache(maxsize=16)
def table_truth(name: str) -> LabelTruth:
    """The decomposition of the table of a real data set, with its own discretisation."""
    real = real_table(name)
    n1, n2, _ = real.table.p.shape
    return LabelTruth(pid(real.table.p), False, _words(n1, n2, real.rows))


def _words(n1: int, n2: int, rows: int) -> str:
    return f"certified for a table of {n1} x {n2} states counted over {rows:,} rows; finer states tell more, and few rows a cell lean upwards"
