"""Data that are in memory already, as a `Dataset`: DataFrames and arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.assemble import assemble, check_size
from mmexplore.tabular.dataset import Dataset, Roles
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.safe import quoted

if TYPE_CHECKING:
    from pandas import DataFrame

_PLAIN = (str, int, float, bool, np.generic)


def from_frame(frame: DataFrame, name: str = "the data") -> Dataset:
    """A DataFrame as a `Dataset`; its index is left out, text is kept as labels.

    Raises:
        BadData: names that are equal, or values that are neither numbers, text, truth values nor dates.
    """
    titles = [" ".join(map(str, title)) if isinstance(title, tuple) else str(title) for title in frame.columns]
    twice = (
        next((title for title in titles if titles.count(title) > 1), None) if len(set(titles)) < len(titles) else None
    )
    if twice is not None:
        raise BadData(f"{name}: two columns are called {quoted(twice, 60)}; names must differ: rename one")
    check_size(name, len(frame), max(len(titles), 1))
    if not len(frame) or not titles:
        raise BadData(
            f"{name} has {len(frame):,} rows and {len(titles):,} columns; allowed: at least 2 rows and 1 column"
        )
    notes = Notes()
    values = [_values(title, frame.iloc[:, at], name) for at, title in enumerate(titles)]
    return assemble(name, titles, values, notes, sha256=_digest(titles, values))


def from_arrays(
    x1: Any,
    x2: Any,
    y: Any,
    *,
    columns1: Sequence[str] | None = None,
    columns2: Sequence[str] | None = None,
    y_name: str = "y",
    y_labels: Sequence[str] | None = None,
    name: str = "the data",
) -> Dataset:
    """Two modalities and a target as a `Dataset` that knows their roles.

    Args:
        x1, x2: shape (n,) or (n, d).
        y: shape (n,); codes into `y_labels` where those are given.
        columns1, columns2: names of the columns (default: x1, or x1_0, x1_1, ...). A name that both have gets x1 or x2 in
            front.
        y_name: name of the target.
        y_labels: names of the target's states.
        name: what to call the data.
    """
    import pandas as pd

    blocks = {"x1": _block("x1", x1, columns1), "x2": _block("x2", x2, columns2)}
    target = _block(y_name, y, [y_name])
    if len(target) != 1:
        raise BadData(f"the target has {len(target)} columns; allowed: one")
    both = set(blocks["x1"]) & set(blocks["x2"]) | {y_name}
    frame: dict[str, Any] = {}
    given: dict[str, tuple[str, ...]] = {}
    for role, block in blocks.items():
        named = {f"{role} {title}" if title in both else title: column for title, column in block.items()}
        given[role], frame = tuple(named), frame | named
    codes = target[y_name]
    if y_labels is not None:
        try:
            codes = pd.Categorical.from_codes(
                np.asarray(codes, dtype=np.int64), categories=pd.Index(list(y_labels), dtype="str")
            )
        except ValueError:
            raise BadData(
                f"{y_name} has codes beyond its {len(y_labels)} labels; allowed: 0 to {len(y_labels) - 1}"
            ) from None
    frame[y_name] = codes
    lengths = {len(column) for column in frame.values()}
    if len(lengths) > 1:
        raise BadData(f"x1, x2 and y have {sorted(lengths)} rows; allowed: one row of each for every sample")
    values = [_values(title, pd.Series(column, copy=False), name) for title, column in frame.items()]
    roles = Roles(given["x1"], given["x2"], (y_name,), "the data come with their two modalities and target")
    return assemble(name, list(frame), values, Notes(), sha256=_digest(list(frame), values), given=roles)


def _block(role: str, data: Any, columns: Sequence[str] | None) -> dict[str, Any]:
    if hasattr(data, "columns") and hasattr(data, "iloc"):
        columns = columns or [str(title) for title in data.columns]
        return {title: data.iloc[:, at] for at, title in enumerate(columns)}
    array = np.asarray(data)
    if array.ndim not in (1, 2) or 0 in array.shape:
        raise BadData(f"{role} has shape {array.shape}; allowed: (n,) or (n, d), not empty")
    parts = [array] if array.ndim == 1 else list(array.T)
    names = list(columns) if columns else [role] if array.ndim == 1 else [f"{role}_{k}" for k in range(len(parts))]
    if len(set(names)) != len(parts) or len(names) != len(parts):
        raise BadData(f"{role} has {len(parts)} columns and {len(set(names))} different names; allowed: one name each")
    return dict(zip(names, parts, strict=True))


def _values(title: str, column: Any, name: str) -> Any:
    """A pandas column as one of the few types of a frame."""
    import pandas as pd
    import pyarrow as pa

    from mmexplore.tabular.cells import labels

    kind = column.dtype.kind
    if isinstance(column.dtype, pd.CategoricalDtype):
        if all(isinstance(category, str) for category in column.cat.categories):
            return column.cat.remove_unused_categories().array
        column, kind = column.astype(object), "O"
    if kind == "c":
        raise BadData(
            f"{name}: column {quoted(title)} holds complex numbers; allowed: real numbers, text, truth values, dates"
        )
    if kind == "M":
        times = column.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(column.dtype, "tz", None) else column
        return times.to_numpy(dtype="datetime64[us]")
    gone = column.isna().to_numpy()
    if kind in "iu" and not gone.any() and not (kind == "u" and int(column.max()) >= 2**63):
        return column.to_numpy(dtype=np.int64)
    if kind in "if" or (kind == "u" and gone.any()):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if kind == "b" and not gone.any():
        return column.to_numpy(dtype=bool)
    listed = column.tolist()
    strange = next(
        (value for value, no in zip(listed, gone, strict=True) if not no and not isinstance(value, _PLAIN)), None
    )
    if strange is not None:
        raise BadData(
            f"{name}: column {quoted(title)} holds {type(strange).__name__} values; allowed: numbers, text, truth values, dates"
        )
    if kind == "O" and not gone.all():
        kinds = {type(value) for value, no in zip(listed, gone, strict=True) if not no}
        if all(issubclass(one, (bool, np.bool_)) for one in kinds) and not gone.any():
            return np.array(listed, dtype=bool)
        if all(issubclass(one, (int, float, np.number)) and one is not bool for one in kinds):
            return np.array([np.nan if no else float(value) for value, no in zip(listed, gone, strict=True)])
    try:
        texts = pa.array([None if no else str(value) for value, no in zip(listed, gone, strict=True)], pa.string())
    except (UnicodeError, pa.ArrowException):
        raise BadData(f"{name}: column {quoted(title)} holds text that is no Unicode; allowed: text") from None
    coded = texts.dictionary_encode()
    return labels(coded.dictionary, coded.indices.fill_null(-1).to_numpy(zero_copy_only=False))


def _digest(titles: Sequence[str], values: Sequence[Any]) -> str:
    """SHA-256 of names and values."""
    digest = hashlib.sha256()
    for title, column in zip(titles, values, strict=True):
        digest.update(repr((title, str(getattr(column, "dtype", "")))).encode())
        if hasattr(column, "categories"):
            digest.update(repr(list(column.categories)).encode())
            column = column.codes
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
