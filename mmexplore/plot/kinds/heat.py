"""Tables of numbers as shades."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.plot.figure import Figure, listed
from mmexplore.plot.kinds.panels import grid
from mmexplore.plot.tables import Table
from mmexplore.plot.text import number, safe, short, wrapped
from mmexplore.plot.theme import LEAST_TEXT, Inks, axis, layout, named, scale

MOST_CELLS = 40_000  # of a heat map that is drawn
_WRITTEN = 9  # a heat map with at most so many columns shows its numbers
_TICKS = 40  # more names than this do not all have a tick


@dataclass(frozen=True)
class Heat(Figure):
    """A table of numbers as shades, one panel for each state of a third variable.

    Attributes:
        title: what is shown; also the caption.
        values: shape (panels, rows, columns); nan leaves a cell empty.
        panels, rows, columns: names of the states.
        panel_label, row_label, column_label: names of the variables.
        value_label: what the numbers are.
        about, note, source: as in `Figure`.
    """

    title: str
    values: np.ndarray
    panels: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    panel_label: str = ""
    row_label: str = ""
    column_label: str = ""
    value_label: str = "probability"

    def __post_init__(self) -> None:
        shape = (len(self.panels), len(self.rows), len(self.columns))
        if self.values.shape != shape:
            raise BadData(f"values have shape {self.values.shape}; allowed: that of the names, {shape}")

    @property
    def too_many(self) -> bool:
        """Whether there are more cells than can be drawn."""
        return self.values.size > MOST_CELLS

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """One map a panel, all on one scale."""
        if self.too_many:
            return []
        most = self._most()
        written = len(self.columns) <= _WRITTEN and len(self.rows) <= 30
        rows, columns = ([safe(name, 60) for name in names] for names in (self.rows, self.columns))
        made = []
        for p, panel in enumerate(self.panels):
            values = np.asarray(self.values[p], dtype=float)
            k = "" if p == 0 else str(p + 1)
            trace: dict[str, Any] = {
                "type": "heatmap", "z": listed(values), "x": list(range(len(columns))), "y": list(range(len(rows))), "xaxis": f"x{k}", "yaxis": f"y{k}",
                "zmin": self._least(), "zmax": most, "colorscale": scale(), "xgap": 1, "ygap": 1, "hoverongaps": False, "hoverinfo": "text",
                "showscale": p == 0 and not written, "colorbar": {"title": {"text": safe(self.value_label, 40), "side": "right"}, "thickness": 12, "outlinewidth": 0, "tickfont": {"size": LEAST_TEXT, "color": inks.muted}},
                "hovertext": [[self._pointed(rows[r], columns[c], panel, values[r, c]) for c in range(len(columns))] for r in range(len(rows))],
            }  # fmt: skip
            if written:
                trace["text"] = [[_inside(v) for v in row] for row in values]
                trace["texttemplate"] = "%{text}"
                trace["textfont"] = {"size": LEAST_TEXT}
            made.append(trace)
        return made

    def _pointed(self, row: str, column: str, panel: str, value: float) -> str:
        names = [(self.row_label or "row", row), (self.column_label or "column", column)]
        if len(self.panels) > 1 or self.panel_label:
            names.append((self.panel_label or "panel", safe(panel, 60)))
        lines = [f"{safe(label, 40)}: {name}" for label, name in names if name]
        return "<br>".join([*lines, f"{safe(self.value_label, 60)}: <b>{short(float(value))}</b>"])

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Panels beside each other where there is room."""
        if self.too_many:
            said = f"{self.values.size:,} cells are too many to draw; allowed: {MOST_CELLS:,}."
            note = {"text": said, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
            empty = axis(inks, visible=False)
            return layout(inks, 80, narrow=narrow, annotations=[note], xaxis=empty, yaxis=empty)
        columns = len(self.columns)
        across = 1 if narrow else max(1, min(len(self.panels), 4 if columns <= 6 else 2 if columns <= 16 else 1))
        size = max(4.0, min(30.0, 460.0 / max(1, len(self.rows))))
        names = [
            f"{safe(self.panel_label, 40)} = {safe(p, 60)}" if self.panel_label else safe(p, 60) for p in self.panels
        ]
        places = grid(len(self.panels), across, max(90.0, size * len(self.rows)), above=30.0, below=58.0, apart=0.03)
        made = layout(inks, places.height, narrow=narrow, hovermode="closest", annotations=[])
        for p, place in enumerate(places.panels):
            k = "" if p == 0 else str(p + 1)
            at = list(range(columns)), [safe(c, 12 if narrow else 18) for c in self.columns]
            foot = axis(
                inks, domain=place.x, anchor=f"y{k}", showgrid=False, tickvals=at[0], ticktext=at[1], constrain="domain"
            )
            side = axis(inks, domain=place.y, anchor=f"x{k}", showgrid=False, autorange="reversed", showticklabels=place.first,
                        tickvals=list(range(len(self.rows))), ticktext=[wrapped(r, 12 if narrow else 26) for r in self.rows])  # fmt: skip
            for one, count in ((foot, columns), (side, len(self.rows))):
                if count > _TICKS:  # every second name, third, ...
                    step = math.ceil(count / _TICKS)
                    one["tickvals"], one["ticktext"] = one["tickvals"][::step], one["ticktext"][::step]
            if place.last_row and self.column_label:
                foot["title"] = named(safe(self.column_label, 60), inks)
            if place.first and self.row_label:
                side["title"] = named(safe(self.row_label, 40), inks)
            made[f"xaxis{k}"], made[f"yaxis{k}"] = foot, side
            made["annotations"].append(place.heading(names[p], inks))
        return made

    def table(self) -> Table:
        """One row a cell that is not 0; none for an empty one."""
        names = (
            self.row_label or "row",
            self.column_label or "column",
            self.panel_label or "panel",
            self.value_label,
        )
        cells = np.moveaxis(self.values, 0, -1)
        filled = np.argwhere(np.isfinite(cells) & (cells != 0)) if cells.size else np.empty((0, 3), int)
        rows = tuple((self.rows[r], self.columns[c], self.panels[p], float(self.values[p, r, c])) for r, c, p in filled)
        return Table(names, rows, f"{self.title} (cells that are not 0)")

    def words(self) -> str:
        """How many cells, and the largest."""
        panels, rows, columns = self.values.shape
        return f"{self.value_label} of {rows} x {columns} x {panels} cells, the largest {number(self._most())}."

    def _least(self) -> float:
        return min(0.0, float(np.nanmin(self.values, initial=0.0)))

    def _most(self) -> float:
        return float(np.nanmax(self.values, initial=0.0)) or 1.0


def _inside(value: float) -> str:
    if not math.isfinite(value):
        return ""
    shown = "0" if value == 0 else f"{value:.3f}".lstrip("0") if 0 < value < 1 else f"{value:.3g}"
    return shown.replace("-", "−")
