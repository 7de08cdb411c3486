"""Figures and tables of a report on a page, each figure with its numbers below."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmexplore.report import Table
from mmexplore.report.content import Cell
from mmexplore.report.figures import Figure, twin
from mmexplore.ui.figure import figure
from mmexplore.ui.words import number

FIGURE_WIDTH = (
    740  # pixels: the text in a drawing is then as large as the text around it; what does not fit beside wraps
)
WORDS_WIDTH = 620
_MOST_ROWS = 400


def show(shown: Figure, key: str) -> None:
    """Draw a figure, and the table behind it."""
    with st.container(width=FIGURE_WIDTH):
        figure(shown, f"figure {key}")
        with st.expander("Numbers", key=f"numbers {key}"):
            table(twin(shown), key)


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
