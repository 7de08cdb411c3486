"""Whether a line of a file is a sample or a cell of a table: told by its content, not by what a column is called alone.

Columns x1, x2, y and one called p, count, n, weight, ... make a table possible. It is one where every combination of x1, x2 and y stands
there once, and they are states (few values), or the fourth column sums to 1. Else a line is a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.dataset import ColumnInfo, suggestion
from mmexplore.tabular.notes import Notes, Remark
from mmexplore.tabular.safe import quoted

if TYPE_CHECKING:
    from pandas import DataFrame

PROBABILITY = ("p", "prob", "probability", "pr", "share", "weight")
COUNT = ("count", "counts", "n", "freq", "frequency")
_AXES = ("x1", "x2", "y")
_NEAR = 1e-2


def weight_of(names: Sequence[str]) -> str | None:
    """The column of probabilities or counts; None where there is none."""
    folded = {title.casefold(): title for title in reversed(names)}
    return next((folded[word] for word in (*PROBABILITY, *COUNT) if word in folded), None)


def table_columns(name: str, names: Sequence[str]) -> tuple[dict[str, str], str]:
    """The columns x1, x2, y of a table by what they are, and that of the probabilities or counts.

    Raises:
        BadData: one of them is missing.
    """
    folded = {title.casefold(): title for title in reversed(names)}
    weight = weight_of(names)
    lacking = next((axis for axis in _AXES if axis not in folded), "p" if weight is None else "")
    if lacking or weight is None:
        allowed = "columns x1, x2, y and p (or count)"
        raise BadData(f"{name} has no column {lacking!r}; {suggestion(lacking, tuple(names))}. Allowed: {allowed}")
    return {axis: folded[axis] for axis in _AXES}, weight


def table_kind(
    name: str,
    frame: DataFrame,
    columns: Sequence[ColumnInfo],
    asked: str,
    notes: Notes,
    lines: Sequence[int] | None = None,
) -> Literal["rows", "table"]:
    """What the lines of a file are.

    Args:
        name: of the file.
        frame, columns: what it holds.
        asked: ``"rows"``, ``"cells"`` or ``"auto"``.
        notes: gets the decision, where there is one, and the way to the other.
        lines: number of the line of each row.

    Raises:
        BadData: cells are asked for and a column for them is missing.
    """
    names = [info.name for info in columns]
    folded = {title.casefold(): title for title in reversed(names)}
    weight = weight_of(names)
    axes = [folded[axis] for axis in _AXES if axis in folded]
    if asked == "cells":
        table_columns(name, names)
        notes.remark(
            Remark(f"read as a table with one cell a line, as chosen; {quoted(weight)} weighs the cells", of_kind=True)
        )
        return "table"
    if asked == "rows" or weight is None or len(axes) < 3 or len(names) != 4:
        return "rows"
    why = _against(frame, columns, axes, weight, lines)
    if why:
        notes.remark(
            Remark(
                f"read as rows, one sample a line, though a column is called {quoted(weight)}: {why}",
                "--read-as cells takes the lines as cells of a table",
                of_kind=True,
            )
        )
        return "rows"
    notes.remark(
        Remark(
            f"read as a table with one cell a line, as every combination of x1, x2 and y stands there once and {quoted(weight)} weighs it",
            "--read-as rows takes each line as one sample",
            of_kind=True,
        )
    )
    return "table"


def _against(
    frame: DataFrame, columns: Sequence[ColumnInfo], axes: Sequence[str], weight: str, lines: Sequence[int] | None
) -> str:
    """What speaks against a table; nothing where one is possible."""
    infos = {info.name: info for info in columns}
    twice = frame.duplicated(list(axes), keep=False).to_numpy()
    if twice.any():
        first = int(np.argmax(twice))
        cell = frame[list(axes)].iloc[first]
        same = (frame[list(axes)].iloc[first + 1 :] == cell).all(axis=1).to_numpy()
        again = first + 1 + int(np.argmax(same)) if same.any() else first
        where = [f"row {at + 1:,}" if lines is None else f"line {int(lines[at]):,}" for at in (first, again)]
        shown = ", ".join(f"{axis}={str(cell[axis])[:20]}" for axis in axes)
        return f"{shown} stands in {where[0]} and in {where[1]}"
    if not infos[weight].numeric and infos[weight].kind != "constant":
        return "" if infos[weight].kind == "empty" else f"{quoted(weight)} holds no numbers"
    measured = next((axis for axis in axes if infos[axis].measured), None)
    if measured is None:
        return ""
    total = float(np.nansum(frame[weight].to_numpy(dtype=np.float64))) if infos[weight].numeric else 0.0
    if abs(total - 1.0) <= _NEAR:
        return ""
    return f"{quoted(measured)} is measured ({infos[measured].distinct:,} different values), and {quoted(weight)} sums to {total:.6g}"
