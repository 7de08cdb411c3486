"""What people give, as frames and series; and lists in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData

if TYPE_CHECKING:
    import pandas as pd


def frame_of(x: Any, name: str) -> pd.DataFrame:
    """Columns as a frame; names are made up where there are none."""
    import pandas as pd

    if isinstance(x, pd.DataFrame):
        return x
    if isinstance(x, pd.Series):
        return x.to_frame(name if x.name is None else x.name)
    try:
        array = np.asarray(on_host(x))
    except ValueError:
        raise BadData(f"{name} is ragged; allowed: rows of equal length") from None
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2:
        raise BadData(f"{name} has shape {array.shape}; allowed: (n,) or (n, d)")
    return pd.DataFrame(array, columns=[f"{name} column {k + 1}" for k in range(array.shape[1])])


def series_of(y: Any) -> pd.Series:
    """One column as a series."""
    import pandas as pd

    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        return y.iloc[:, 0]
    if isinstance(y, pd.Series):
        return y
    array = np.asarray(on_host(y))
    if array.ndim != 1:
        raise BadData(f"the column has shape {array.shape}; allowed: (n,)")
    return pd.Series(array)


def count(k: int, one: str, many: str = "") -> str:
    """How many of what."""
    return f"{k:,} {one if k == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    shown = ", ".join(name if len(name) <= 60 else name[:59] + "…" for name in names[:8])
    return shown + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")
