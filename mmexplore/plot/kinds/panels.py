"""Where the panels of a figure stand: in rows, each of one height, with room for a heading above and an axis below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mmexplore.plot.theme import Inks


@dataclass(frozen=True)
class Panel:
    """One panel: its share of the figure's width and height, from the left and from below.

    Attributes:
        x, y: from and to, between 0 and 1.
        first: whether it is the leftmost of its row.
        last_row: whether nothing stands below it.
    """

    x: list[float]
    y: list[float]
    first: bool
    last_row: bool

    def heading(self, text: str, inks: Inks) -> dict[str, Any]:
        """A heading over the panel."""
        return {
            "text": text, "x": sum(self.x) / 2, "y": self.y[1], "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom",
            "showarrow": False, "font": {"size": 13, "color": inks.ink}, "yshift": 4,
        }  # fmt: skip


@dataclass(frozen=True)
class Panels:
    """All panels, and the height of the figure in pixels."""

    panels: list[Panel]
    height: float


def grid(count: int, across: int, height: float, *, above: float, below: float, apart: float) -> Panels:
    """Panels in rows.

    Args:
        count: how many.
        across: how many in a row.
        height: of one, in pixels.
        above, below: room for a heading and for an axis, in pixels.
        apart: between two of a row, as a share of the width.
    """
    down = math.ceil(count / across)
    whole = down * (height + above + below)
    wide = (1 - apart * (across - 1)) / across
    panels = []
    for k in range(count):
        column, row = k % across, k // across
        left = column * (wide + apart)
        top = 1 - (row * (height + above + below) + above) / whole
        panels.append(
            Panel(
                [left, min(1.0, left + wide)], [max(0.0, top - height / whole), top], column == 0, k + across >= count
            )
        )
    return Panels(panels, whole)
