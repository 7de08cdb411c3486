"""Rows that share a value of a column, or lie in a range of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec
from mmexplore.whatif.conditioned import series_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Subgroup:
    """Rows that share a value of a column.

    Attributes:
        label: the value, or the range.
        rows: which rows, in order.
    """

    label: str
    rows: np.ndarray


def subgroups(column: Any, *, most: int = 12, bins: int = 4) -> list[Subgroup]:
    """The rows of each value of a column; a column of more than `most` different numbers is cut into `bins` quantiles.

    Raises:
        BadData: more than `most` categories.
    """
    values = series_of(column)
    described = None
    if getattr(values.dtype, "kind", "O") in "iufMm" and values.nunique() > most:
        described = Discretizer(bins=bins).discretize(values)
    else:
        described = Discretizer(method="categorical").discretize(values)
        if described.bins > most:
            raise BadData(f"{described.columns[0][:60]} has {described.bins:,} values; allowed: {most} subgroups")
    return [Subgroup(label, np.flatnonzero(described.codes == k)) for k, label in enumerate(described.labels)]


def matches(column: pd.Series, keep: str) -> np.ndarray:
    """Which values are as asked for: equal, as text or number, or within a range."""
    import pandas as pd

    low, dots, high = keep.partition("..")
    kind = getattr(column.dtype, "kind", "O")
    if dots and kind in "iufM":
        bounds = []
        for text, none in ((low.strip(), -np.inf), (high.strip(), np.inf)):
            try:
                bounds.append((pd.Timestamp(text) if kind == "M" else float(text)) if text else none)
            except ValueError:
                raise BadSpec(f"keep is {keep[:60]!r}; allowed: a value, or a range like 30..40") from None
        mask = column.notna().to_numpy()
        if low.strip():
            mask = mask & (column >= bounds[0]).to_numpy(dtype=bool, na_value=False)
        if high.strip():
            mask = mask & (column <= bounds[1]).to_numpy(dtype=bool, na_value=False)
        return mask
    if kind in "iuf":
        try:
            return (column == float(keep)).to_numpy(dtype=bool, na_value=False)
        except ValueError:
            raise BadSpec(f"keep is {keep[:60]!r}; allowed: a number, or a range like 30..40") from None
    return (column.astype(object).map(str).to_numpy() == keep) & column.notna().to_numpy()


def some(column: pd.Series) -> list[str]:
    """A few values of a column, as texts."""
    return [str(v) for v in column.dropna().unique()[:9]]


def in_words(keep: str) -> str:
    """What `keep` asks for."""
    low, dots, high = keep.partition("..")
    if not dots:
        return f"equal to {keep[:60]}"
    if not low.strip():
        return f"up to {high.strip()[:60]}"
    return f"from {low.strip()[:60]}" + (f" to {high.strip()[:60]}" if high.strip() else "")
