"""Every single value as a dot: rows against columns that share one axis. A mean alone would hide the spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.plot.figure import Figure, finite, listed
from mmexplore.plot.kinds.panels import grid
from mmexplore.plot.tables import Cell, Number, Table
from mmexplore.plot.text import number, safe, short, wrapped
from mmexplore.plot.theme import Inks, axis, layout, mark, named

_ROW, _ROW_OF_TWO = 28.0, 38.0  # pixels; the second with a second reading beneath the first
_LANE = 0.19  # of a row: how far the two readings lie from its middle


@dataclass(frozen=True)
class Strip:
    """One row of a figure of dots.

    Attributes:
        label: what it is.
        values: for every column the single values (seeds, folds); an empty tuple where there are none.
        hue: place in the palette; None for a plain one.
        muted: for what is a reference and no contestant.
        others: for every column the single values of a second reading, drawn hollow beneath and joined by their means; () for none.
        starts: for every column what both readings start from (None where it has none); () for none.
    """

    label: str
    values: tuple[tuple[float, ...], ...]
    hue: int | None = None
    muted: bool = False
    others: tuple[tuple[float, ...], ...] = ()
    starts: tuple[tuple[Number, Number], ...] = ()


@dataclass(frozen=True)
class Dots(Figure):
    """Every single value as a dot and its mean as a bar across: rows against columns that share one axis.

    Attributes:
        title: what is shown; also the caption.
        columns: names of the columns.
        strips: the rows.
        unit: of the values.
        low, high: ends of the axis.
        lines: reference lines: a label and a value for every column (None where it has none).
        readings: names of the two readings of each strip, and of what they start from; () where there is one.
        about, note, source: as in `Figure`.
    """

    title: str
    columns: tuple[str, ...]
    strips: tuple[Strip, ...]
    unit: str
    low: float = 0.0
    high: float = 1.0
    lines: tuple[tuple[str, tuple[Number, ...]], ...] = ()
    readings: tuple[str, str, str] | tuple[()] = ()

    def __post_init__(self) -> None:
        for strip in self.strips:
            given = {len(strip.values), *(len(more) for more in (strip.others, strip.starts) if more)}
            if given != {len(self.columns)}:
                raise BadData(f"{strip.label[:60]!r} has {len(strip.values)} columns; allowed: {len(self.columns)}")
        for name, values in self.lines:
            if len(values) != len(self.columns):
                raise BadData(f"line {name[:60]!r} has {len(values)} values; allowed: {len(self.columns)}")
        if not self.high > self.low:
            raise BadData(f"the axis runs from {self.low} to {self.high}; allowed: low below high")

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """For every column: where both began, both readings, their means, and the reference lines."""
        made: list[dict[str, Any]] = []
        seen: set[str] = set()
        for c in range(len(self.columns)):
            k = "" if c == 0 else str(c + 1)
            place = {"xaxis": f"x{k}", "yaxis": "y"}
            for trace in self._column(c, inks):
                made.append({"showlegend": trace["legendgroup"] not in seen, **trace, **place})
                seen |= {trace["legendgroup"]} if made[-1]["showlegend"] else set()
        return made

    def _column(self, c: int, inks: Inks) -> list[dict[str, Any]]:
        dots: dict[str, list[Any]] = {name: [] for name in ("x", "y", "color", "symbol", "text")}
        hollow = {name: list[Any]() for name in dots}
        means: tuple[list[Any], list[Any]] = ([], [])
        joins: tuple[list[Any], list[Any]] = ([], [])
        begun: tuple[list[Any], list[Any], list[str]] = ([], [], [])
        for row, strip in enumerate(self.strips):
            colour = inks.plain if strip.muted else inks.fill(hue=strip.hue)
            values, others = finite(strip.values[c]), finite(strip.others[c]) if strip.others else []
            lanes = (row - _LANE, row + _LANE) if others else (row, row)
            said = self._pointed(strip, c)
            for shown, lane, into in ((values, lanes[0], dots), (others, lanes[1], hollow)):
                for v in shown:
                    for name, one in zip(into, (self._in(v), lane, colour, mark(hue=strip.hue), said), strict=True):
                        into[name].append(one)
                if shown:
                    means[0].append(self._in(float(np.mean(shown))))
                    means[1].append(lane)
            if values and others:
                joins[0].extend((self._in(float(np.mean(values))), self._in(float(np.mean(others))), None))
                joins[1].extend((*lanes, None))
            for n, start in enumerate(strip.starts[c] if strip.starts else ()):
                if start is not None and math.isfinite(start) and values and (n == 0 or others):
                    begun[0].append(self._in(start))
                    begun[1].append(lanes[n])
                    begun[2].append(
                        f"<b>{wrapped(strip.label, 60)}</b><br>{safe(self._name(2))}: {short(start)} {safe(self.unit, 60)}"
                    )
        bar = {"symbol": "line-ns-open"}
        made: list[dict[str, Any]] = []
        if begun[0]:
            made.append({"type": "scatter", "mode": "markers", "x": listed(begun[0]), "y": begun[1], "hovertext": begun[2], "hoverinfo": "text", "name": safe(self._name(2)),
                         "legendgroup": "start", "marker": {**bar, "size": 13, "color": inks.muted, "line": {"width": 3, "color": inks.muted}}})  # fmt: skip
        if joins[0]:
            made.append({"type": "scatter", "mode": "lines", "x": [None if v is None else listed([v])[0] for v in joins[0]], "y": joins[1], "hoverinfo": "skip", "name": "joined",
                         "legendgroup": "second", "line": {"color": inks.muted, "width": 1.3}, "showlegend": False})  # fmt: skip
        for n, (group, into) in enumerate((("first", dots), ("second", hollow))):
            if into["x"]:
                line = {"color": inks.paper, "width": 0.8} if n == 0 else {"color": into["color"], "width": 1.8}
                marker = {
                    "symbol": into["symbol"],
                    "size": 8,
                    "color": into["color"] if n == 0 else inks.paper,
                    "line": line,
                }
                made.append({"type": "scatter", "mode": "markers", "x": listed(into["x"]), "y": into["y"], "hovertext": into["text"], "hoverinfo": "text", "name": safe(self._name(n)),
                             "legendgroup": group, "marker": marker})  # fmt: skip
        if means[0]:
            made.append({"type": "scatter", "mode": "markers", "x": listed(means[0]), "y": means[1], "hoverinfo": "skip", "name": "mean",
                         "legendgroup": "mean", "marker": {**bar, "size": 13, "color": inks.ink, "line": {"width": 2, "color": inks.ink}}})  # fmt: skip
        for n, (name, at) in enumerate(self.lines):
            value = at[c]
            if value is not None and math.isfinite(value) and self.low <= value <= self.high:
                rows = [
                    -0.6 + 0.2 * j for j in range(5 * len(self.strips) + 2)
                ]  # many places, so that it can be pointed at
                made.append({"type": "scatter", "mode": "lines", "x": listed([value] * len(rows)), "y": listed(rows), "name": wrapped(name, 28), "legendgroup": f"line {n}",
                             "hovertemplate": f"{safe(name)}: {short(value)} {safe(self.unit, 60)}<extra></extra>", "line": {"color": inks.muted, "width": 1.6, "dash": ("4px,4px", "9px,4px", "2px,3px")[n % 3]}})  # fmt: skip
        return made

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """The columns beside each other, also on a phone: rows are compared down one column."""
        many = len(self.strips)
        row = _ROW_OF_TWO if any(strip.others for strip in self.strips) else _ROW
        legend = 26.0 * (1 + 2 * narrow)
        places = grid(len(self.columns), max(1, len(self.columns)), row * many, above=26.0, below=64.0, apart=0.02)
        below = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom"}
        made = layout(inks, places.height + legend, narrow=narrow, legend=True, hovermode="closest", annotations=[])
        made["legend"] |= below
        names = [wrapped(strip.label, 14 if narrow else 32, 3 if narrow else 1) for strip in self.strips]
        made["yaxis"] = axis(inks, tickvals=list(range(many)), ticktext=names, range=[many - 0.4, -0.6], fixedrange=True, domain=places.panels[0].y if places.panels else [0, 1],
                             tickfont={"size": 13 - narrow, "color": inks.ink})  # fmt: skip
        for c, place in enumerate(places.panels):
            k = "" if c == 0 else str(c + 1)
            wide = 6 if len(self.columns) == 1 else 3
            edge = 0.02 * (self.high - self.low)
            made[f"xaxis{k}"] = axis(inks, domain=place.x, anchor="y", range=[self.low - edge, self.high + edge], nticks=2 if narrow else wide + 1,
                                     showline=True, mirror=True, linecolor=inks.rule)  # fmt: skip
            made["annotations"].append(place.heading(wrapped(self.columns[c], 12 if narrow else 24, 2), inks))
        middle = "xaxis" if len(self.columns) < 3 else f"xaxis{(len(self.columns) + 1) // 2}"
        made[middle]["title"] = named(wrapped(self.unit, 40 if narrow else 90), inks)
        return made

    def table(self) -> Table:
        """Means, least and most of every row and column."""
        rows: list[tuple[Cell, ...]] = []
        for strip in self.strips:
            cells: list[Cell] = [strip.label]
            for c, values in enumerate(strip.values):
                cells.append(_mean_and_ends(values))
                if self.readings:
                    starts = strip.starts[c] if strip.starts else (None, None)
                    cells += [_mean_and_ends(strip.others[c] if strip.others else ()), *starts]
            rows.append(tuple(cells))
        nothing: tuple[Cell, ...] = (None, None, None) if self.readings else ()
        rows += [(name, *(cell for value in values for cell in (value, *nothing))) for name, values in self.lines]
        heads = []
        for column in self.columns:
            if self.readings:
                first, second, before = self.readings
                heads += [f"{column}, {first} (mean, least, most)", f"{column}, {second} (mean, least, most)"]
                heads += [f"{column}, {first}, {before}", f"{column}, {second}, {before}"]
            else:
                heads.append(f"{column} (mean, least, most)")
        return Table((self.unit, *heads), tuple(rows), self.title)

    def words(self) -> str:
        """The mean of every row and column."""
        said = []
        for strip in self.strips[:30]:
            cells = [
                f"{column} {number(float(np.mean(shown)), 3)}"
                for column, values in zip(self.columns, strip.values, strict=True)
                if (shown := finite(values))
            ]
            said.append(f"{strip.label[:60]}: {', '.join(cells)}")
        return f"Means in {self.unit}. " + "; ".join(said)

    def _in(self, value: float) -> float:
        return min(max(float(value), self.low), self.high)

    def _name(self, n: int) -> str:
        """Of a reading, or of what they start from."""
        return self.readings[n] if self.readings else ("single values", "second reading", "before")[n]

    def _pointed(self, strip: Strip, c: int) -> str:
        """What is said on pointing at a row's dots."""
        lines = [f"<b>{wrapped(strip.label, 60)}</b>, {safe(self.columns[c], 40)}"]
        starts = strip.starts[c] if strip.starts else (None, None)
        for n, values in enumerate((finite(strip.values[c]), finite(strip.others[c]) if strip.others else [])):
            if not values:
                continue
            first = f"{safe(self.readings[n])}: " if self.readings else ""
            mean = f"mean {short(round(float(np.mean(values)), 4))} of {len(values)}: " if len(values) > 1 else ""
            lines.append(
                f"{first}{mean}{', '.join(short(round(v, 4)) for v in values[:8])}{', …' if len(values) > 8 else ''}"
            )
            if starts[n] is not None and math.isfinite(starts[n] or 0.0):
                lines.append(f"{safe(self._name(2))}: {short(starts[n])}")
        return "<br>".join([*lines, safe(self.unit, 60)])


def _mean_and_ends(values: Sequence[float]) -> Cell:
    shown = finite(values)
    return (float(np.mean(shown)), min(shown), max(shown)) if shown else None
