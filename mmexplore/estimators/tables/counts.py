"""From integer codes to a table of counts: everything an estimate needs of the rows.

c[x1, x2, y] = number of rows that show x1, x2, y. States that no row shows are dropped, which changes no information.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.info.tables import MAX_CELLS

MAX_ROWS = 999_999_999  # NumPy draws hypergeometric numbers up to here
NAMES = ("modality 1", "modality 2", "the target")


def count_codes(codes1: Any, codes2: Any, codes_y: Any) -> np.ndarray:
    """Counts of the states that occur, shape (n1, n2, ny), int64.

    Args:
        codes1, codes2, codes_y: state of each row, whole numbers from 0 up, shape (n,).

    Raises:
        BadData: not whole numbers, lengths that differ, no rows, or a table that would be too large.

    >>> count_codes([0, 0, 2], [1, 1, 0], [0, 0, 5])[:, :, 0]
    array([[0, 2],
           [0, 0]])
    """
    (c1, c2, cy), shape = pack_codes(codes1, codes2, codes_y)
    flat = (c1 * shape[1] + c2) * shape[2] + cy
    return np.bincount(flat, minlength=math.prod(shape)).reshape(shape)


def pack_codes(
    codes1: Any, codes2: Any, codes_y: Any
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], tuple[int, int, int]]:
    """Codes of the states that occur, numbered without gaps, (n,) each, and how many there are of each.

    Raises:
        BadData: see `count_codes`.
    """
    columns = [_codes(name, codes) for name, codes in zip(NAMES, (codes1, codes2, codes_y), strict=True)]
    lengths = [len(codes) for codes in columns]
    if len(set(lengths)) > 1:
        listing = ", ".join(f"{name} has {n:,}" for name, n in zip(NAMES, lengths, strict=True))
        raise BadData(f"the columns differ in length: {listing}; allowed: one code of each for every row")
    if lengths[0] == 0:
        raise BadData("there are no rows; allowed: at least one")
    (c1, k1), (c2, k2), (cy, ky) = (_compressed(codes) for codes in columns)
    if k1 * k2 * ky > MAX_CELLS:
        raise BadData(
            f"the table would have {k1:,} x {k2:,} x {ky:,} = {k1 * k2 * ky:,} cells; "
            f"allowed: {MAX_CELLS:,}. Merge states, or discretise into fewer bins"
        )
    return (c1, c2, cy), (k1, k2, ky)


def as_counts(table: Any) -> np.ndarray:
    """A table of counts with the states that occur, int64; refuses what is none.

    Raises:
        BadData: not three axes, negative or fractional cells, or no rows at all.
    """
    array = np.asarray(table)
    if array.ndim != 3 or array.dtype.kind not in "biuf":
        raise BadData(f"the counts have shape {array.shape} of {array.dtype}; allowed: whole numbers, (n1, n2, ny)")
    if array.size > MAX_CELLS:
        raise BadData(f"the table has {array.size:,} cells; allowed: {MAX_CELLS:,}. Merge states")
    if array.dtype.kind == "f" and not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        raise BadData("the counts have fractions; an estimate needs the number of rows in each cell, not probabilities")
    if array.size and array.min() < 0:
        raise BadData(f"the counts have a negative cell, {array.min()}; allowed: whole numbers from 0 up")
    n = float(array.sum(dtype=np.float64))
    if not 1 <= n <= MAX_ROWS:
        raise BadData(
            f"there are {n:,.0f} rows; allowed: 1 to {MAX_ROWS:,}" if n else "there are no rows; allowed: at least one"
        )
    array = array.astype(np.int64)
    for axis, others in enumerate(((1, 2), (0, 2), (0, 1))):
        array = np.compress(array.any(axis=others), array, axis=axis)
    return array


def rows_of(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes of one row for every count, sorted by cell: the rows up to their order."""
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    x1, x2, y = np.unravel_index(cells, counts.shape)
    return x1, x2, y


def _codes(name: str, codes: Any) -> np.ndarray:
    array = np.asarray(codes)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "biu"):
        raise BadData(f"the codes of {name} have shape {array.shape} of {array.dtype}; allowed: whole numbers, (n,)")
    if array.size and array.min() < 0:
        raise BadData(f"the codes of {name} hold {array.min()}; allowed: whole numbers from 0 up")
    return array.astype(np.int64, copy=False)


def _compressed(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """Codes 0..k-1 of the k states that occur, in the same order."""
    largest = int(codes.max())
    if largest > 4 * len(codes) + 1000:  # too sparse for a look-up table
        used, codes = np.unique(codes, return_inverse=True)
        return codes, len(used)
    occurs = np.bincount(codes) > 0
    if occurs.all():
        return codes, largest + 1
    return (np.cumsum(occurs) - 1)[codes], int(occurs.sum())
