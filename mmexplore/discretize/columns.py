"""The columns of a frame, an array or a list, as numbers or as categories.

Numbers have nan where a value is missing or infinite; categories have code -1. Truth values, texts and pandas Categoricals
are categories; dates count as numbers of days since 1970. pandas is imported only where a column asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: what it is called.
        values: float64 with nan for missing (number), or int64 codes into `levels` with -1 for missing (category).
        levels: the categories in order; None for a number.
        infinite: how many values were infinite; they count as missing.
        days: whether the numbers are dates, in days.
    """

    name: str
    values: np.ndarray
    levels: tuple[Any, ...] | None = None
    infinite: int = 0
    days: bool = False

    @property
    def missing(self) -> np.ndarray:
        """Where a value is missing, shape (n,)."""
        return np.isnan(self.values) if self.levels is None else self.values < 0


def read(x: Any, names: Sequence[str] | None = None, categories: Sequence[bool] | bool | None = None) -> list[Column]:
    """The columns of `x`.

    Args:
        x: shape (n,) or (n, d): an array, a list, a Series, or a DataFrame, which brings its names.
        names: names of the d columns.
        categories: whether each column, or every one, is a category; None tells it by its type.

    Raises:
        BadData: no rows, no columns, more than two axes, ragged, complex numbers, text where a number is needed.
    """
    raw, titles = _split(x)
    if names is None:
        names = titles or [f"column {k + 1}" for k in range(len(raw))]
    if len(names) != len(raw):
        raise BadData(f"{len(names)} column names for {len(raw)} columns; allowed: one name each")
    kinds: list[bool | None] = list(categories) if isinstance(categories, Sequence) else [categories] * len(raw)
    if len(kinds) != len(raw):
        raise BadData(f"{len(raw)} columns; allowed: the {len(kinds)} that were fitted")
    return [_column(str(n), values, c) for n, values, c in zip(names, raw, kinds, strict=True)]


def _split(x: Any) -> tuple[list[Any], list[str]]:
    """Columns as arrays or Series, and their names where they have any."""
    if hasattr(x, "iloc") and hasattr(x, "columns"):
        if 0 in x.shape:
            raise BadData(f"the columns to discretise have shape {x.shape}; allowed: (n,) or (n, d), not empty")
        return [x.iloc[:, k] for k in range(x.shape[1])], [str(name) for name in x.columns]
    if hasattr(x, "factorize"):  # a Series or an Index
        if len(x) == 0:
            raise BadData("the column to discretise is empty; allowed: at least one row")
        return [x], [] if x.name is None else [str(x.name)]
    x = on_host(x)
    if not isinstance(x, np.ndarray):
        if isinstance(x, (str, bytes)) or not isinstance(x, Iterable):
            raise BadData(f"the columns to discretise are {str(x)[:60]!r}; allowed: an array, a list or a frame")
        listed = list(x)
        try:
            x = np.asarray(listed)
            if x.dtype.kind in "US":  # NumPy writes numbers and None among texts as texts: keep what was given
                x = np.asarray(listed, dtype=object)
        except ValueError:
            raise BadData("the columns to discretise are ragged; allowed: rows of equal length") from None
    if isinstance(x, np.ma.MaskedArray):
        absent = np.ma.getmaskarray(x)
        numeric = x.dtype.kind in "biuf"
        x = x.data.astype(np.float64 if numeric else object)
        x[absent] = np.nan if numeric else None
    array = x[:, None] if x.ndim == 1 else x
    if array.ndim != 2 or 0 in array.shape:
        raise BadData(f"the columns to discretise have shape {x.shape}; allowed: (n,) or (n, d), not empty")
    return list(array.T), []


def _column(name: str, values: Any, category: bool | None) -> Column:
    dtype = values.dtype
    kind = getattr(dtype, "kind", "O")
    if kind == "c":
        raise BadData(f"{name} holds complex numbers; allowed: real numbers or categories")
    if category is None:
        category = not (kind in "iufMm" or (kind == "O" and _all_numbers(values)))
    if category:
        codes, levels = _levels(name, values)
        return Column(name, codes, levels)
    if kind in "Mm":
        return Column(name, _days(values), days=True)
    numbers = _numbers(name, values)
    infinite = np.isinf(numbers)
    if infinite.any():
        numbers = np.where(infinite, np.nan, numbers)
    return Column(name, numbers, infinite=int(infinite.sum()))


def _numbers(name: str, values: Any) -> np.ndarray:
    try:
        if hasattr(values, "iloc"):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        if values.dtype.kind == "O":
            values = [np.nan if is_missing(v) else v for v in values.tolist()]
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise BadData(
            f"{name} holds text where numbers are needed; allowed: the kind of column it was before"
        ) from None


def _days(values: Any) -> np.ndarray:
    """Dates or durations as days; a missing one as nan."""
    array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if array.dtype.kind == "O":  # dates with a time zone
        array = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    micro = array.astype("datetime64[us]" if array.dtype.kind == "M" else "timedelta64[us]")
    return np.where(np.isnat(micro), np.nan, micro.astype(np.int64) / 86_400e6)


def is_missing(value: Any) -> bool:
    """None, nan, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _all_numbers(values: Any) -> bool:
    """Whether a column of objects holds numbers and nothing else (None and nan aside)."""
    if hasattr(getattr(values, "dtype", None), "categories"):
        return False
    present = [v for v in values.tolist() if not is_missing(v)]
    return bool(present) and all(isinstance(v, Real) and not isinstance(v, bool) for v in present)


def _levels(name: str, values: Any) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Codes (-1 for missing) and the categories in order: a Categorical's own, else sorted."""
    categories = getattr(values.dtype, "categories", None)
    if categories is not None:
        codes = np.asarray(getattr(values, "cat", values).codes, dtype=np.int64)
        used, compact = np.unique(codes, return_inverse=True)
        shift = int(used[0] < 0)
        return compact - shift, tuple(categories[k] for k in used[shift:].tolist())
    if getattr(values.dtype, "kind", "O") in "biuf" and isinstance(values.dtype, np.dtype):
        array = np.asarray(values)
        distinct, codes = np.unique(array, return_inverse=True)
        levels = distinct.tolist()
        if levels and is_missing(levels[-1]):  # nan sorts last
            codes, levels = np.where(codes == len(levels) - 1, -1, codes), levels[:-1]
        return codes.astype(np.int64), tuple(levels)
    import pandas

    series = values if hasattr(values, "factorize") else pandas.Series(values, dtype=object)
    try:
        codes, distinct = pandas.factorize(series)
    except TypeError:
        raise BadData(f"{name} holds values that are no labels; allowed: numbers, texts or truth values") from None
    levels = [v.item() if isinstance(v, np.generic) else v for v in distinct.tolist()]
    try:
        order = sorted(range(len(levels)), key=levels.__getitem__)
    except TypeError:  # numbers among texts
        order = sorted(range(len(levels)), key=lambda k: (type(levels[k]).__name__, str(levels[k])))
    rank = np.empty(len(levels) + 1, dtype=np.int64)
    rank[order] = np.arange(len(levels))
    rank[-1] = -1  # factorize's own code of a missing value
    return rank[codes], tuple(levels[k] for k in order)


def texts_of(levels: Sequence[Any]) -> tuple[str, ...]:
    """One text a category, different for different ones."""
    texts = [str(v) for v in levels]
    if len(set(texts)) < len(texts):
        texts = [repr(v) for v in levels]
    return tuple(texts)
