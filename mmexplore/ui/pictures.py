"""Figures and tables of a report on a page."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from mmexplore.plot import Figure
from mmexplore.plot.tables import Cell, Table
from mmexplore.ui.figure import figure
from mmexplore.ui.words import number

FIELD_WIDTH = 740  # pixels: of a field of text or a choice, which need not be as wide as a figure
FIGURE_AND_WORDS = (3, 2)  # shares of the width: a figure with sentences beside it
_MOST_ROWS = 400


def side_by_side(figures: Iterable[Figure | None], key: str) -> None:
    """Figures in rows of two; one alone, or one that cannot be narrow, has the whole width. What is None is left out."""
    waiting: list[tuple[int, Figure]] = []
    shown = [(k, one) for k, one in enumerate(figures) if one is not None]
    for k, one in shown:
        if one.least_width or len(shown) == 1:
            figure(one, f"{key} {k}")
            continue
        waiting.append((k, one))
        if len(waiting) == 2:
            _row(waiting, key)
            waiting = []
    if waiting:
        _row(waiting, key)


def _row(figures: list[tuple[int, Figure]], key: str) -> None:
    for column, (k, one) in zip(st.columns(2, gap="medium"), figures, strict=False):
        with column:
            figure(one, f"{key} {k}")


def table(content: Table, key: str) -> None:
    """A table of the report as a data frame."""
    rows = [[_cell(cell) for cell in row] for row in content.rows[:_MOST_ROWS]]
    frame = pd.DataFrame(rows, columns=_different(content.columns))
    for column in frame:  # numbers beside intervals: all as text
        if frame[column].map(type).eq(str).any():
            frame[column] = frame[column].map(lambda v: v if v is None or isinstance(v, str) else f"{v:.4g}")
    st.dataframe(frame, hide_index=True, key=f"table {key}")
    if len(content.rows) > _MOST_ROWS:
        st.caption(f"The first {_MOST_ROWS} of {len(content.rows):,} rows.")


def _cell(cell: Cell) -> str | float | int | None:
    """An interval in words: ``low to high``, or ``value (low to high)``."""
    if not isinstance(cell, tuple):
        return cell
    ends = f"{number(cell[-2])} to {number(cell[-1])}"
    return ends if len(cell) == 2 else f"{number(cell[0])} ({ends})"


def _different(columns: tuple[str, ...]) -> list[str]:
    """Headers made different, as a data frame wants them."""
    seen: dict[str, int] = {}
    named = []
    for column in columns:
        seen[column] = seen.get(column, 0) + 1
        named.append(column if seen[column] == 1 else f"{column} ({seen[column]})")
    return named
