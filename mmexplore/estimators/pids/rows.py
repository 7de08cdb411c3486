"""Rows as the estimators of decompositions take them, and what kind of target they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.gaussian.checks import as_rows, label_warning
from mmexplore.estimators.pids import TARGETS, Target
from mmexplore.estimators.tables.drawn import Sampling


@dataclass(frozen=True)
class Rows:
    """The rows of two modalities and a target.

    Attributes:
        x1, x2: as given, shape (n,) or (n, d).
        y: as given.
        target: what y is taken for.
        codes: for a label, the class of each row from 0 up, (n,); else empty.
        classes: their names.
        sampling: how they were drawn.
    """

    x1: Any
    x2: Any
    y: Any
    target: Target
    codes: np.ndarray
    classes: tuple[str, ...]
    sampling: Sampling = field(default_factory=Sampling)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.y)

    def blocks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x1, x2 and y as standardised numbers, (n, d) each; a label target is its codes.

        Raises:
            BadData: not numbers, missing values, constant columns, fewer rows than columns.
        """
        rows, (d1, d2, _) = as_rows(self.x1, self.x2, self.codes if self.target == "label" else self.y)
        return rows[:, :d1], rows[:, d1 : d1 + d2], rows[:, d1 + d2 :]

    def sizes(self) -> tuple[int, int, int]:
        """Columns of x1, x2 and y; a label has one."""
        return (_columns(self.x1), _columns(self.x2), 1 if self.target == "label" else _columns(self.y))


def read_rows(x1: Any, x2: Any, y: Any, target: str | None = None, sampling: Sampling | None = None) -> Rows:
    """Rows with the kind of their target: as told, or a label where y holds text, booleans, or few different whole numbers.

    Raises:
        BadData: lengths differ, or a label that has missing values or one class.
        BadSpec: an unknown kind of target.
    """
    if target is not None and target not in TARGETS:
        raise BadSpec(f"target is {target!r}; allowed: {', '.join(TARGETS)}, or nothing to let the values decide")
    given = [values if hasattr(values, "__len__") else list(values) for values in map(on_host, (x1, x2, y))]
    if len({len(values) for values in given}) > 1:
        counts = ", ".join(f"{len(values):,}" for values in given)
        raise BadData(f"x1, x2 and y have {counts} rows; they have to be the same rows")
    array = np.asarray(given[2])
    if not len(array):
        raise BadData("x1, x2 and y have 0 rows; allowed: at least 20, better hundreds")
    found = _kind(array)
    if target in ("scalar", "vector"):
        target = "vector" if _columns(array) > 1 else "scalar"
    kind: Target = found if target is None else target  # type: ignore[assignment]
    drawn = Sampling() if sampling is None else sampling
    if kind != "label":
        return Rows(given[0], given[1], given[2], kind, np.empty(0, dtype=np.int64), (), drawn)
    codes, names = _codes(array)
    return Rows(given[0], given[1], array, "label", codes, names, drawn)


def _columns(values: Any) -> int:
    try:
        shape = np.shape(values)
    except ValueError:  # ragged
        return 1
    return int(shape[1]) if len(shape) > 1 else 1


def _kind(y: np.ndarray) -> Target:
    if y.dtype.kind not in "fiu":
        if y.dtype.kind in "OUSb":
            try:
                y = y.astype(np.float64) if y.dtype.kind == "O" else y
            except (TypeError, ValueError):
                return "label"
            if y.dtype.kind != "f":
                return "label"
        else:
            return "scalar"
    block = y.reshape(len(y), -1).astype(np.float64)
    if block.shape[1] == 1 and np.isfinite(block).all() and label_warning(block):
        return "label"
    return "vector" if block.shape[1] > 1 else "scalar"


def _codes(y: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    if y.ndim > 1 and y.shape[1] > 1:
        raise BadData(f"y has shape {y.shape}; allowed for a label: (n,), one class a row (join the columns into one)")
    flat = y.reshape(-1)
    missing = _missing(flat)
    if missing.any():
        raise BadData(f"y has {int(missing.sum()):,} rows without a label; leave these rows out")
    try:
        names, codes = np.unique(flat, return_inverse=True)
    except TypeError:
        names, codes = np.unique(flat.astype(str), return_inverse=True)
    if len(names) < 2:
        raise BadData("y has one class only; it tells nothing and nothing tells of it")
    return codes.astype(np.int64), tuple(str(name) for name in names)


def _missing(flat: np.ndarray) -> np.ndarray:
    """Which entries are None, nan, NaT or pandas' NA."""
    import pandas as pd

    return np.asarray(pd.isna(flat), dtype=bool)
