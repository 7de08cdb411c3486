"""A probability or count table, one cell a row, to p(x1, x2, y)."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.labelled import LabelledTable
from mmexplore.errors import BadData
from mmexplore.tabular.cells_or_rows import COUNT, table_columns
from mmexplore.tabular.dataset import Dataset
from mmexplore.tabular.limits import MAX_TABLE
from mmexplore.tabular.safe import quoted

_TOLERANCE = 1e-9
_PRINTED = 1e-2  # a sum this near to 1 is one of rounded numbers
_AXES = ("x1", "x2", "y")


def table_from(dataset: Dataset, normalize: bool = False) -> LabelledTable:
    """p(x1, x2, y) from columns x1, x2, y (any labels) and p, or count; cells left out are 0.

    Args:
        dataset: see `load`.
        normalize: divide p by its sum, so that it may be weights, percent or rounded; counts always are.

    Raises:
        BadData: names the line and what stands there: cells that are missing, negative or given twice, sums other than 1.
    """
    axes, weight = table_columns(dataset.name, dataset.names)
    counted = weight.casefold() in COUNT
    p = _weights(dataset, weight)
    coded = [_codes(dataset, axes[axis]) for axis in _AXES]
    shape = tuple(len(labels) for _, labels in coded)
    if np.prod([float(side) for side in shape]) > MAX_TABLE:
        raise BadData(
            f"{dataset.name}: {' x '.join(f'{side:,}' for side in shape)} states make a table of more than {MAX_TABLE:,} "
            "cells, which is what is allowed; merge states"
        )
    where = np.ravel_multi_index([codes for codes, _ in coded], shape)
    _, first, back, times = np.unique(where, return_index=True, return_inverse=True, return_counts=True)
    if (times > 1).any():
        row = int(first[times > 1].min())
        again = int(np.flatnonzero(back == back[row])[1])
        cell = ", ".join(
            f"{axis}={labels[codes[row]][:40]}" for axis, (codes, labels) in zip(_AXES, coded, strict=True)
        )
        raise BadData(
            f"{dataset.name}: the cell {cell} is given {int(times[back[row]])} times ({dataset.where(row)}, "
            f"{dataset.where(again)}, ...); allowed: once. Add the rows up, or remove all but one"
        )
    with np.errstate(over="ignore"):
        total = float(p.sum())
    if not total > 0 or not np.isfinite(total):
        raise BadData(f"{dataset.name}: {weight} sums to {total:g}; at least one cell must be above 0")
    if abs(total - 1.0) > _TOLERANCE and not (normalize or counted):
        raise BadData(
            f"{dataset.name}: {weight} sums to {total:.10g}; {_why(total, p)}; allowed: 1 (normalize divides by the sum)"
        )
    table = np.zeros(shape)
    table.flat[where] = p / total
    return LabelledTable(table, *(labels for _, labels in coded))


def _why(total: float, p: np.ndarray) -> str:
    if abs(total - 100.0) < 100 * _PRINTED:
        return "are these percent?"
    if abs(total - 1.0) < _PRINTED:
        return "are these rounded?"
    return "are these counts?" if (p == np.floor(p)).all() else "is a cell missing?"


def _weights(dataset: Dataset, name: str) -> np.ndarray:
    """The column of probabilities, finite and from 0 up."""
    column = dataset.frame[name]
    if not dataset.info[name].numeric and column.dtype.kind != "b":
        if dataset.info[name].kind == "empty":
            raise BadData(f"{dataset.name}: column {quoted(name)} is empty; allowed: finite numbers from 0 up")
        texts = column.astype(str).tolist()
        row = next((k for k, text in enumerate(texts) if not _is_number(text)), 0)
        raise BadData(
            f"{dataset.name}, {dataset.where(row)}: {name} is {quoted(texts[row])}; allowed: a finite number from 0 up"
        )
    p = column.to_numpy(dtype=np.float64)
    if not np.isfinite(p).all():
        row = int(np.argmin(np.isfinite(p)))
        raise BadData(
            f"{dataset.name}, {dataset.where(row)}: {name} is missing or infinite; allowed: a finite number from 0 up"
        )
    if (p < 0).any():
        row = int(np.argmin(p))
        raise BadData(f"{dataset.name}, {dataset.where(row)}: {name} is {p[row]:g}; allowed: from 0 up")
    return p


def _codes(dataset: Dataset, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """States of one axis and their names: numbers by value, labels by text."""
    column = dataset.frame[name]
    gone = column.isna().to_numpy()
    if gone.any():
        row = int(np.argmax(gone))
        raise BadData(f"{dataset.name}, {dataset.where(row)}: column {name!r} is missing; fill it in or drop the row")
    codes, values = column.factorize(sort=True)
    return np.asarray(codes, dtype=np.int64), tuple(_label(value) for value in values)


def _label(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value)


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
