"""Estimates of several kinds beside the truth, over one axis: points with intervals, single samples, truth, ceilings.

Groups stand side by side at every place, so that their intervals are seen apart; each has a colour and a mark of its own (the order of
`mmexplore.palette.CATEGORICAL`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.plot.figure import Figure, finite, listed
from mmexplore.plot.kinds.panels import grid
from mmexplore.plot.tables import Cell, Table
from mmexplore.plot.text import number, safe, short, wrapped
from mmexplore.plot.theme import Inks, axis, layout, mark, named

_HEIGHT = 380.0
_APART = 0.011  # of the axis, between two groups at one place
_MOST_TICKS = 10


@dataclass(frozen=True)
class TrialGroup:
    """One kind of estimate.

    Attributes:
        label: what it is.
        ink: number of its colour and mark.
        x, y: places and values, shape (k,); nan leaves a gap.
        low, high: ends of its intervals, (k,); nan where there is none.
        single: values of single samples, (k, samples); nan where there is none.
    """

    label: str
    ink: int
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray
    high: np.ndarray
    single: np.ndarray


@dataclass(frozen=True)
class Level:
    """A horizontal line, or one that follows the places: a truth, a ceiling.

    Attributes:
        label: what it is.
        x, y: places and values.
        ink: colour of the group it belongs to; -1: the ink of text, drawn thick, for the truth.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    ink: int = -1


@dataclass(frozen=True)
class Trials(Figure):
    """Estimates over one axis.

    Attributes:
        title: what is shown; also the caption.
        groups: the kinds of estimates.
        levels: truths and ceilings.
        x_label, y_label: of the axes, with units.
        log_x, log_y: which axes are logarithmic.
        lines: whether the points of a group are joined.
        least: smallest range of the y axis, so that what is next to nothing does not fill the paper.
        about, note, source: as in `Figure`.
    """

    title: str
    groups: tuple[TrialGroup, ...]
    levels: tuple[Level, ...] = ()
    x_label: str = ""
    y_label: str = "bit"
    log_x: bool = False
    log_y: bool = False
    lines: bool = True
    least: float = 0.0

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """Ceilings and truth, then the groups."""
        return self.drawn(inks, "", set())

    def drawn(self, inks: Inks, k: str, listed_names: set[str]) -> list[dict[str, Any]]:
        """The traces of panel `k`; names that are listed already have no second entry in the legend."""
        reach = self.reach()
        made = [self._level(level, inks) for level in self.levels if self._in_sight(level, reach)]
        for g, group in enumerate(self.groups):
            made += self._group(group, (g - (len(self.groups) - 1) / 2) * _APART, inks, reach)
        for trace in made:
            trace |= {"xaxis": f"x{k}", "yaxis": f"y{k}", "cliponaxis": False}
            trace["showlegend"] = bool(trace["showlegend"]) and trace["name"] not in listed_names
            listed_names |= {trace["name"]} if trace["showlegend"] else set()
        return made

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """One panel with its legend."""
        x, y = self.axes(inks, narrow)
        entries = len(self.groups) + len(self.levels)
        height = _HEIGHT - 40 * narrow + (19 * entries + 20) * (narrow and entries > 1)
        made = layout(inks, height, narrow=narrow, legend=entries > 0, hovermode="closest", xaxis=x, yaxis=y)
        if not self._places():
            made["annotations"] = [{"text": "no estimate yet", "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False,
                                    "font": {"color": inks.muted}}]  # fmt: skip
        return made

    def axes(self, inks: Inks, narrow: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """The two axes."""
        places = self._places()
        x = axis(
            inks,
            title=named(wrapped(self.x_label, 40 if narrow else 80), inks),
            showgrid=False,
            showline=True,
            type="log" if self.log_x else "linear",
        )
        if places:
            x["range"] = self._across(places)
            if len(places) <= _MOST_TICKS - 4 * narrow:
                x |= {"tickvals": listed(places), "ticktext": [short(v) for v in places]}
            elif self.log_x:
                x["dtick"] = "D2" if places[-1] < 100 * places[0] else 1
        low, high = self.reach()
        shown = [math.log10(low), math.log10(high)] if self.log_y else [low, high]
        y = axis(
            inks,
            title=named(wrapped(self.y_label, 44), inks),
            range=listed(shown),
            type="log" if self.log_y else "linear",
            zeroline=not self.log_y,
        )
        if self.log_y:
            y["dtick"] = 1
        return x, y

    def _across(self, places: list[float]) -> list[float]:
        """Ends of the x axis, in the axis's own measure."""
        low, high = (math.log10(v) if self.log_x else v for v in (places[0], places[-1]))
        edge = 0.05 * (high - low) or 0.5
        return [low - edge, high + edge]

    def _shifted(self, x: float, shift: float) -> float:
        places = self._places()
        low, high = self._across(places)
        return float(x * 10 ** (shift * (high - low))) if self.log_x else x + shift * (high - low)

    def _level(self, level: Level, inks: Inks) -> dict[str, Any]:
        truth = level.ink < 0
        places = self._places()
        x, y = listed(level.x), listed(level.y)
        good = [v for v in y if v is not None]
        if (
            len(set(good)) == 1 and len(good) == len(y) and places and not self.log_x
        ):  # a level line runs across the whole figure
            low, high = self._across(places)
            x, y = listed([low, *level.x, high]), [good[0], *y, good[0]]
        line = (
            {"color": inks.ink, "width": 2.8}
            if truth
            else {"color": inks.line(hue=level.ink), "width": 1.5, "dash": "6px,4px"}
        )
        return {
            "type": "scatter", "mode": "lines+markers" if len(good) == 1 else "lines", "x": x, "y": y, "name": wrapped(level.label, 28), "line": line, "marker": {"color": line["color"], "symbol": "line-ew-open", "size": 24},
            "legendgroup": wrapped(level.label, 28), "showlegend": True, "hovertemplate": f"<b>{safe(level.label, 60)}</b>: %{{y:.4~g}} {safe(self.y_label, 40)}<br>{safe(self.x_label, 60)}: %{{x}}<extra></extra>",
        }  # fmt: skip

    def _group(self, g: TrialGroup, shift: float, inks: Inks, reach: tuple[float, float]) -> list[dict[str, Any]]:
        low, high = reach
        name = wrapped(g.label, 28)
        colour = inks.line(hue=g.ink)
        kept = [k for k in range(len(g.x)) if math.isfinite(g.x[k]) and (g.x[k] > 0 or not self.log_x)]
        at = {k: self._shifted(float(g.x[k]), shift) for k in kept}
        made: list[dict[str, Any]] = []
        dots = [(at[k], float(v)) for k in kept for v in g.single[k] if math.isfinite(v) and low <= v <= high]
        if dots:
            made.append({"type": "scatter", "mode": "markers", "x": listed([x for x, _ in dots]), "y": listed([y for _, y in dots]), "name": name, "legendgroup": name,
                         "showlegend": False, "hovertemplate": f"{safe(g.label, 60)}, one sample: %{{y:.4~g}} {safe(self.y_label, 40)}<extra></extra>",
                         "marker": {"size": 4, "color": colour, "opacity": 0.55}})  # fmt: skip
        shown = [k for k in kept if math.isfinite(g.y[k])]
        y = [min(max(float(g.y[k]), low), high) for k in shown]
        beyond = ["arrow-up" if g.y[k] > high else "arrow-down" if g.y[k] < low else mark(hue=g.ink) for k in shown]
        ends = [(float(g.low[k]), float(g.high[k])) for k in shown]
        given = [
            (min(max(a, low), high), min(max(b, low), high))
            if math.isfinite(a) and math.isfinite(b)
            else (math.nan, math.nan)
            for a, b in ends
        ]
        trace: dict[str, Any] = {
            "type": "scatter", "mode": "lines+markers" if self.lines else "markers", "x": listed([at[k] for k in shown]), "y": listed(y), "name": name, "legendgroup": name,
            "showlegend": True, "line": {"color": colour, "width": 1.6}, "marker": {"symbol": beyond, "size": 10, "color": inks.fill(hue=g.ink), "line": {"width": 0.8, "color": inks.paper}},
            "hovertext": [self._pointed(g, k) for k in shown], "hoverinfo": "text",
        }  # fmt: skip
        if np.isfinite(np.array(given)).any():
            trace["error_y"] = {
                "type": "data", "symmetric": False, "color": colour, "thickness": 1.3, "width": 3,
                "array": listed([b - v for (_, b), v in zip(given, y, strict=True)]), "arrayminus": listed([v - a for (a, _), v in zip(given, y, strict=True)]),
            }  # fmt: skip
        return [*made, trace]

    def _pointed(self, g: TrialGroup, k: int) -> str:
        unit = safe(self.y_label, 40)
        lines = [
            f"<b>{safe(g.label, 60)}</b>: {short(float(g.y[k]))} {unit}",
            f"{safe(self.x_label, 60)}: {short(float(g.x[k]))}",
        ]
        if math.isfinite(g.low[k]) and math.isfinite(g.high[k]):
            lines.append(f"interval {short(float(g.low[k]))} to {short(float(g.high[k]))}")
        true = [level for level in self.levels if level.ink < 0]
        for level in true:
            same = [float(v) for x, v in zip(level.x, level.y, strict=True) if x == g.x[k] and math.isfinite(v)]
            lines += [f"{safe(level.label, 40)} {short(v)}, error {short(float(g.y[k]) - v)}" for v in same]
        samples = int(np.isfinite(g.single[k]).sum()) if g.single.size else 0
        if samples:
            lines.append(f"mean of {samples} samples")
        return "<br>".join([*lines, *([safe(self.source)] if self.source else [])])

    def table(self) -> Table:
        """One row for each group and place."""
        rows: list[tuple[Cell, ...]] = []
        for level in self.levels:
            rows += [(level.label, float(x), float(y), None) for x, y in zip(level.x, level.y, strict=True)]
        for g in self.groups:
            for x, y, a, b in zip(g.x, g.y, g.low, g.high, strict=True):
                ends = (float(a), float(b)) if math.isfinite(a) and math.isfinite(b) else None
                rows.append((g.label, float(x), float(y) if math.isfinite(y) else None, ends))
        return Table(("what", self.x_label, self.y_label, "interval"), tuple(rows), self.title)

    def words(self) -> str:
        """Where everything begins and ends."""
        said = []
        for name, xs, ys in (
            *((level.label, level.x, level.y) for level in self.levels),
            *((group.label, group.x, group.y) for group in self.groups),
        ):
            good = [k for k in range(len(ys)) if math.isfinite(ys[k])]
            if good:
                first, last = good[0], good[-1]
                said.append(
                    f"{name[:60]}: {number(float(ys[first]))} at {short(float(xs[first]))}, "
                    f"{number(float(ys[last]))} at {short(float(xs[last]))}"
                )
        return f"{self.y_label} against {self.x_label}. " + "; ".join(said) if said else "No estimate yet."

    def _places(self) -> list[float]:
        lines = [(g.x, g.y) for g in self.groups] + [(level.x, level.y) for level in self.levels]
        return sorted(
            {
                float(x)
                for xs, ys in lines
                for x, y in zip(xs, ys, strict=True)
                if math.isfinite(x) and math.isfinite(y) and (x > 0 or not self.log_x)
            }
        )

    def reach(self) -> tuple[float, float]:
        """Range of the values: truth and estimates, but for a few estimates far beyond everything else; a ceiling only if it is near."""
        true = finite(v for level in self.levels if level.ink < 0 for v in level.y)
        shown = finite(v for g in self.groups for v in np.concatenate([g.y, g.low, g.high]))
        if self.log_y:
            positive = [v for v in (*true, *shown) if v > 0] or [1e-3, 1.0]
            return min(positive) / 1.3, max(positive) * 1.3
        every = [0.0, *true, *shown]
        low, high = min(every), max(every)
        if true:
            span = max(max(true) - min(0.0, *true), 0.5)
            low, high = max(low, min(0.0, *true) - 2 * span), min(high, max(true) + 3 * span)
        high = max(high, low + self.least)
        ceilings = finite(v for level in self.levels if level.ink >= 0 for v in level.y)
        high = max([high, *(v for v in ceilings if v < 1.5 * high)])
        return low - 0.02 * (high - low), high + 0.04 * (high - low) + 1e-9

    def _in_sight(self, level: Level, reach: tuple[float, float]) -> bool:
        return any(reach[0] <= v <= reach[1] for v in finite(level.y))


@dataclass(frozen=True)
class TrialPanels(Figure):
    """Several figures of estimates beside each other, with one legend: a name that is switched off goes from all of them.

    Attributes:
        title: what is shown; also the caption.
        panels: the figures.
        about, note, source: as in `Figure`.
    """

    title: str
    panels: tuple[Trials, ...]

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """All panels' traces; every name stands in the legend once."""
        seen: set[str] = set()
        return [
            trace
            for p, panel in enumerate(self.panels)
            for trace in panel.drawn(inks, "" if p == 0 else str(p + 1), seen)
        ]

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Two beside each other, one on a phone."""
        names = {g.label for panel in self.panels for g in panel.groups} | {
            level.label for p in self.panels for level in p.levels
        }
        legend = 24.0 * math.ceil(len(names) / (2 if narrow else 6)) + 8
        places = grid(
            len(self.panels),
            1 if narrow else min(2, max(1, len(self.panels))),
            250.0,
            above=30.0,
            below=62.0,
            apart=0.09,
        )
        made = layout(inks, places.height + legend, narrow=narrow, legend=True, hovermode="closest", annotations=[])
        made["legend"] |= {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
        }
        for p, (place, panel) in enumerate(zip(places.panels, self.panels, strict=True)):
            k = "" if p == 0 else str(p + 1)
            x, y = panel.axes(inks, narrow)
            made[f"xaxis{k}"] = {**x, "domain": place.x, "anchor": f"y{k}"}
            made[f"yaxis{k}"] = {**y, "domain": place.y, "anchor": f"x{k}"}
            made["annotations"].append(place.heading(wrapped(panel.title, 40, 1), inks))
        return made

    def table(self) -> Table:
        """The numbers of all panels, the panel first."""
        tables = [panel.table() for panel in self.panels]
        columns = ("panel", *tables[0].columns) if tables else ("panel",)
        rows = tuple(
            (panel.title, *row) for panel, table in zip(self.panels, tables, strict=True) for row in table.rows
        )
        return Table(columns, rows, self.title)

    def words(self) -> str:
        """Every panel's sentence."""
        return " ".join(f"{panel.title}: {panel.alt()}" for panel in self.panels)
