"""The columns of a modality as numbers: measurements as they are, text by its pieces, gaps kept as gaps.

- Numbers, truth values and dates stay one column each; infinite values are set beyond the end of the finite ones.
- Text that reads as numbers is numbers. Text of few different values becomes a column of 0 and 1 per value.
- Other text becomes counts of words and of runs of 2 to 4 characters in hashed places (Weinberger et al. 2009, arXiv 0902.2206), of which
  `TEXT_PARTS` principal components are kept. No label enters.
- Columns that do not vary, hold nothing, or repeat another one tell nothing more: they are left out and named.

Missing values come out as nan; what is done about them is the predictors' business (`mmexplore.estimators.predictive.views`).
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData
from mmexplore.tabular.safe import listed

if TYPE_CHECKING:
    from pandas import Series

FEW_LEVELS = 20  # a text column of so many different values is a set of categories
HASHED = 4096
TEXT_PARTS = 32
MOST_TEXT = 2000  # characters of a cell that are read
_CELLS = (str, bytes, bool, int, float, np.generic, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal)


@dataclass(frozen=True)
class Columns:
    """A modality as numbers.

    Attributes:
        values: float64 (n, d), nan where missing; no column is constant, d may be 0.
        names: of these columns.
        notes: what was done, in sentences.
    """

    values: np.ndarray
    names: tuple[str, ...]
    notes: tuple[str, ...]


def pick(values: Any, rows: np.ndarray) -> Any:
    """Some rows of an array, a list, a Series or a DataFrame."""
    values = on_host(values)
    return values.iloc[rows] if hasattr(values, "iloc") else as_array(values)[rows]


def as_array(values: Any) -> np.ndarray:
    """Any rows as an array; ragged ones as objects."""
    try:
        return np.asarray(values)
    except ValueError:
        return np.asarray(values, dtype=object)


def read_columns(values: Any, role: str, seed: int = 0) -> Columns:
    """A modality's rows as numbers.

    Args:
        values: (n,) or (n, d), of any type, or a pandas Series or DataFrame.
        role: what it is called in sentences: ``"x1"`` or ``"x2"``.
        seed: of the components of text.

    Raises:
        BadData: neither (n,) nor (n, d), or values that are neither numbers, text, truth values nor dates.
    """
    values = on_host(values)
    array = None if hasattr(values, "iloc") else as_array(values)
    if array is not None and array.dtype.kind in "fiub":
        array = array[:, None] if array.ndim == 1 else array
        if array.ndim != 2 or 0 in array.shape:
            raise BadData(f"{role} has shape {array.shape}; allowed: (n,) or (n, d), neither of them 0")
        names = [f"{role}[{k + 1}]" for k in range(array.shape[1])] if array.shape[1] > 1 else [role]
        return _varying(array.astype(np.float64), names, role, [])
    blocks, names, notes = [], [], []
    for name, column in _series(values if array is None else array, role):
        block, own, note = _column(column, name, seed)
        blocks.append(block)
        names += own
        notes += note
    return _varying(np.concatenate(blocks, axis=1), names, role, notes)


def _series(values: Any, role: str) -> list[tuple[str, Series]]:
    """Every column with its name."""
    import pandas as pd

    if isinstance(values, np.ndarray):
        if values.ndim not in (1, 2) or 0 in values.shape:
            raise BadData(f"{role} has shape {values.shape}; allowed: (n,) or (n, d), neither of them 0")
        frame = pd.DataFrame(values)
        frame.columns = pd.Index([f"{role}[{k + 1}]" for k in range(frame.shape[1])])
    else:
        frame = values.to_frame() if values.ndim == 1 else values
        if not frame.shape[1]:
            raise BadData(f"{role} has no columns; allowed: at least one")
    return [(str(title), frame.iloc[:, k]) for k, title in enumerate(frame.columns)]


def _column(column: Series, name: str, seed: int) -> tuple[np.ndarray, list[str], list[str]]:
    """One column as numbers (n, k), their names, and what was done."""
    import pandas as pd
    from pandas.api import types

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if types.is_datetime64_any_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        seconds = column.astype("int64").to_numpy(dtype=np.float64) / 1e9
        return np.where(column.isna(), np.nan, seconds)[:, None], [name], []
    if types.is_complex_dtype(column.dtype):
        raise BadData(f"{name} holds complex numbers; allowed: numbers, text, truth values, dates")
    if types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)[:, None], [name], []
    gone = column.isna().to_numpy()
    numbers = pd.to_numeric(column, errors="coerce")
    if types.is_numeric_dtype(numbers.dtype) and not (numbers.isna().to_numpy() & ~gone).any():
        return numbers.to_numpy(dtype=np.float64, na_value=np.nan)[:, None], [name], []
    odd = next((v for v in column[~gone] if not isinstance(v, _CELLS)), None)
    if odd is not None:
        raise BadData(f"{name} holds a {type(odd).__name__}; allowed: numbers, text, truth values, dates")
    text = column.astype(str).str.slice(0, MOST_TEXT).to_numpy(dtype=object)
    levels, codes = np.unique(text[~gone].astype(str), return_inverse=True)
    if len(levels) <= FEW_LEVELS:
        block = np.zeros((len(text), len(levels)))
        block[np.flatnonzero(~gone), codes] = 1.0
        return block, [f"{name} = {level[:40]}" for level in levels], []
    text[gone] = ""
    block = _text_parts(text, seed)
    note = f"{name} is text of {len(levels):,} different values: read as {block.shape[1]} components of its words and runs of characters."
    return block, [f"{name} text {k + 1}" for k in range(block.shape[1])], [note]


def _text_parts(text: np.ndarray, seed: int) -> np.ndarray:
    """Principal components of hashed counts of words and of runs of characters, (n, k)."""
    from scipy.sparse import hstack
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import HashingVectorizer

    how: dict[str, Any] = {"n_features": HASHED, "norm": "l2", "alternate_sign": False}
    runs = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), **how).transform(text)
    words = HashingVectorizer(analyzer="word", token_pattern=r"(?u)\b\w+\b", **how).transform(text)
    counts = hstack([runs, words]).tocsr()
    parts = TruncatedSVD(min(TEXT_PARTS, len(text) - 1), random_state=seed).fit_transform(counts)
    length = np.array([np.log1p(len(cell)) for cell in text])
    return np.column_stack([parts, length])


def _varying(values: np.ndarray, names: Sequence[str], role: str, notes: list[str]) -> Columns:
    """Without columns that tell nothing more, and without infinite values."""
    notes = list(notes)
    endless = np.isinf(values)
    if endless.any():
        values = _bounded(values, endless)
        told = f"{int(endless.any(axis=1).sum()):,} rows of {role} have infinite values: set beyond the end of the finite ones of their column."
        notes.append(told)
    seen: dict[bytes, int] = {}
    kept, same = [], []
    flat, empty = [], []
    for k, column in enumerate(values.T):
        there = column[~np.isnan(column)]
        if not len(there):
            empty.append(names[k])
        elif len(there) == len(column) and there.min() == there.max():
            flat.append(names[k])
        else:
            key = np.ascontiguousarray(column).tobytes()
            if key in seen:
                same.append(names[k])
            else:
                seen[key] = k
                kept.append(k)
    for which, words in ((empty, "hold no value"), (flat, "do not vary"), (same, "repeat another column")):
        if which:
            notes.append(f"Columns of {role} that {words} are left out: {listed(which)}.")
    rising = [names[k] for k in kept if _counts_rows(values[:, k])]
    if rising:
        notes.append(
            f"Columns of {role} go one way from row to row: {listed(rising)}. An id or a time tells the label wherever rows are sorted by it."
        )
    if not kept:
        notes.append(f"Nothing in {role} varies: it tells nothing.")
    return Columns(values[:, kept], tuple(names[k] for k in kept), tuple(notes))


def _counts_rows(column: np.ndarray) -> bool:
    """Whether it rises, or falls, at every row."""
    steps = np.diff(column)
    return bool((steps > 0).all() or (steps < 0).all())


def _bounded(values: np.ndarray, endless: np.ndarray) -> np.ndarray:
    """Infinite values one range beyond the finite end of their column."""
    values = values.copy()
    for k in np.flatnonzero(endless.any(axis=0)):
        column = values[:, k]
        finite = column[np.isfinite(column)]
        low, high = (finite.min(), finite.max()) if len(finite) else (-1.0, 1.0)
        step = (high - low) or 1.0
        values[:, k] = np.where(np.isposinf(column), high + step, np.where(np.isneginf(column), low - step, column))
    return values
