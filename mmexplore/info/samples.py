"""From discrete samples to a table, and to its decomposition.

p(x1, x2, y) = (number of rows that show x1, x2, y) / n, the plug-in estimate: exact for the rows at hand, biased for the
population they come from (Panzeri & Treves 1996; synergy most of all). Labels may be whole numbers, texts, truth values,
pandas Series or Categoricals; several columns, shape (n, k), make one joint symbol a row.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData
from mmexplore.info.pid import pid
from mmexplore.info.tables import MAX_CELLS
from mmexplore.types import PID

Labels = tuple[Hashable, ...]

# Numbers with a fraction are taken for measurements, not labels, beyond these counts of distinct values.
_FEW = 12
_MANY = 50


class SampleTable(NamedTuple):
    """A table and the label of each of its states.

    Attributes:
        p: relative frequencies, shape (len(labels1), len(labels2), len(labels_y)), sum 1.
        labels1, labels2, labels_y: states in sorted order (a Categorical's own order where one is given).
    """

    p: np.ndarray
    labels1: Labels
    labels2: Labels
    labels_y: Labels


def table_from_samples(x1: Any, x2: Any, y: Any) -> SampleTable:
    """Count the rows of three columns of labels.

    Args:
        x1, x2, y: n labels each; or shape (n, k): k columns that make one joint symbol a row.

    Raises:
        BadData: lengths differ, no rows, missing values, measured numbers (discretise them first), or a table that would
            be too large.

    >>> table_from_samples(["a", "b"], [0, 0], [True, False]).p[:, 0]
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    columns = {"x1": x1, "x2": x2, "y": y}
    coded = {name: label_codes(name, column) for name, column in columns.items()}
    lengths = {name: len(codes) for name, (codes, _) in coded.items()}
    if len(set(lengths.values())) > 1:
        listing = ", ".join(f"{name} has {n:,}" for name, n in lengths.items())
        raise BadData(f"the columns differ in length: {listing}; allowed: one value of each for every row")
    (c1, labels1), (c2, labels2), (cy, labels_y) = coded.values()
    shape = (len(labels1), len(labels2), len(labels_y))
    cells = shape[0] * shape[1] * shape[2]
    if cells > MAX_CELLS:
        raise BadData(
            f"the table would have {shape[0]:,} x {shape[1]:,} x {shape[2]:,} = {cells:,} cells; "
            f"allowed: {MAX_CELLS:,}. Merge states, or discretise into fewer bins"
        )
    flat = (c1 * shape[1] + c2) * shape[2] + cy
    counts = np.bincount(flat, minlength=cells).reshape(shape)
    return SampleTable(counts / len(flat), labels1, labels2, labels_y)


def pid_from_samples(x1: Any, x2: Any, y: Any, measure: str = "broja", *, tolerance: float = 1e-9) -> PID:
    """Partial information decomposition of the rows at hand, in bits; see `table_from_samples` and `pid`.

    >>> r = pid_from_samples([0, 0, 1, 1], [0, 1, 0, 1], ["same", "other", "other", "same"])
    >>> round(r.synergy, 6)
    1.0
    """
    return pid(table_from_samples(x1, x2, y).p, measure, tolerance=tolerance)


def label_codes(name: str, data: Any) -> tuple[np.ndarray, Labels]:
    """Codes 0..k-1 and labels of one variable: a column, or several columns joined."""
    columns = _columns(name, data)
    if any(len(column) == 0 for column in columns):
        raise BadData(f"{name} is empty; allowed: at least one row")
    coded = [_codes(name, column) for column in columns]
    codes, labels = coded[0]
    if len(coded) == 1:
        return codes, labels
    joint: list[tuple[Hashable, ...]] = [(label,) for label in labels]
    for more, more_labels in coded[1:]:
        # joined two at a time and renumbered, so that the code never outgrows the rows
        used, codes = np.unique(codes * len(more_labels) + more, return_inverse=True)
        joint = [(*joint[k // len(more_labels)], more_labels[k % len(more_labels)]) for k in used.tolist()]
    return codes, tuple(joint)


def _columns(name: str, data: Any) -> list[Any]:
    """The columns of one variable, as arrays or pandas Series."""
    if hasattr(data, "iloc") and hasattr(data, "columns"):  # a DataFrame
        columns = [data.iloc[:, k] for k in range(data.shape[1])]
    elif hasattr(data, "factorize"):  # a Series, Index or Categorical
        return [data]
    else:
        array = _array(name, data)
        if array.ndim == 1:
            return [array]
        if array.ndim != 2:
            raise BadData(f"{name} has shape {array.shape}; allowed: (n,), or (n, k) for k columns joined")
        columns = list(array.T)
    if not columns:
        raise BadData(f"{name} has no columns; allowed: at least one")
    return columns


def _array(name: str, data: Any) -> np.ndarray:
    if isinstance(data, (str, bytes)) or not (hasattr(data, "__len__") or isinstance(data, Iterable)):
        raise BadData(f"{name} is {str(data)[:60]!r}; allowed: a sequence of labels")
    if isinstance(data, np.ma.MaskedArray) and np.ma.is_masked(data):
        raise _missing(name, int(np.ma.getmaskarray(data).sum()))
    data = on_host(data)
    if isinstance(data, np.ndarray):
        return np.asarray(data)
    listed = data if isinstance(data, (list, tuple)) else list(data)
    try:
        array = np.asarray(listed)
        if array.dtype.kind in "US":  # NumPy writes numbers and None among texts as texts: keep what was given
            array = np.asarray(listed, dtype=object)
    except ValueError:
        raise BadData(f"{name} is ragged; allowed: rows of equal length") from None
    return array


def _codes(name: str, column: Any) -> tuple[np.ndarray, Labels]:
    """Codes and sorted labels of one column."""
    if hasattr(column, "factorize"):  # pandas knows its own missing values
        missing = int(np.asarray(column.isna()).sum())
        if missing:
            raise _missing(name, missing)
        categories = getattr(getattr(column, "dtype", None), "categories", None)
        if categories is not None:
            codes = np.asarray(getattr(column, "cat", column).codes)
            used, codes = np.unique(codes, return_inverse=True)
            return codes, tuple(categories[k] for k in used.tolist())
        column = column.to_numpy()
    if column.dtype.kind in "OUS":
        return _codes_of_objects(name, column.tolist())
    if column.dtype.kind not in "biufmM":
        raise BadData(f"{name} holds {column.dtype}; allowed: whole numbers, texts, truth values or categories")
    if column.dtype.kind in "fmM":
        missing = int(np.isnan(column).sum() if column.dtype.kind == "f" else np.isnat(column).sum())
        if missing:
            raise _missing(name, missing)
    values, codes = np.unique(column, return_inverse=True)
    if values.dtype.kind == "f":
        _refuse_measurements(name, values, len(column))
    return codes, tuple(values.tolist())


def _codes_of_objects(name: str, values: list[Any]) -> tuple[np.ndarray, Labels]:
    try:
        seen = dict.fromkeys(values)
    except TypeError:
        raise BadData(f"{name} holds values that are no labels; allowed: numbers, texts or truth values") from None
    if any(_is_missing(value) for value in seen):
        raise _missing(name, sum(map(_is_missing, values)))
    fractions = [value for value in seen if isinstance(value, float)]
    if fractions:
        _refuse_measurements(name, np.array(fractions), len(values))
    try:
        labels = sorted(seen)
    except TypeError:  # numbers among texts
        labels = sorted(seen, key=lambda value: (type(value).__name__, str(value)))
    index = {label: k for k, label in enumerate(labels)}
    return np.fromiter(map(index.__getitem__, values), np.int64, len(values)), tuple(labels)


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _missing(name: str, count: int) -> BadData:
    rows = "a missing value" if count == 1 else f"{count:,} missing values"
    return BadData(f"{name} has {rows}; drop those rows, or name them as a state of their own")


def _refuse_measurements(name: str, values: np.ndarray, n: int) -> None:
    """Refuse numbers with fractions of which there are too many to be labels."""
    whole = np.isfinite(values).all() and (values == np.floor(values)).all()
    if not whole and (len(values) > _MANY or (len(values) > _FEW and 4 * len(values) > n)):
        raise BadData(
            f"{name} holds {len(values):,} different measured numbers in {n:,} rows, too many to be labels; "
            "discretise it first (mmexplore.Discretizer), or give labels"
        )
