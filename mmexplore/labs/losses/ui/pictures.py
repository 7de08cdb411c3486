"""Figures of a view beside and below each other, each with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmexplore.report.figures import Figure, twin
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_WIDTH, show, table


def flow(figures: Sequence[Figure | None], key: str) -> None:
    """Figures side by side where there is room."""
    with st.container(horizontal=True, gap="large"):
        for k, shown in enumerate(figures):
            if shown is not None:
                show(shown, f"{key} {k}")


def wide(shown: Figure, key: str, width: int = 1320) -> None:
    """One figure as wide as the page."""
    with st.container(width=width):
        figure(shown, f"figure {key}", width)
        with st.expander("Numbers", key=f"numbers {key}"):
            table(twin(shown), key)


__all__ = ["FIGURE_WIDTH", "flow", "wide"]
