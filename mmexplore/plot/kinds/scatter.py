"""Clouds of points, coloured and shaped by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.plot.figure import Figure, listed
from mmexplore.plot.kinds.panels import grid
from mmexplore.plot.tables import Cell, Table
from mmexplore.plot.text import safe, wrapped
from mmexplore.plot.theme import Inks, axis, layout, mark, named

MOST_POINTS = 4000  # of one panel


@dataclass(frozen=True)
class Cloud:
    """Points of one panel.

    Attributes:
        title: of the panel.
        x, y: places, shape (k,).
        group: place of each point's group among the figure's groups, shape (k,).
        rows: which sample each point is, shape (k,), so that selecting points selects samples; None where they stand for none.
        names: what each point is called, on pointing at it; () for nothing but its group and place.
        axes: names of its own axes; ("", "") for those of the figure.
    """

    title: str
    x: np.ndarray
    y: np.ndarray
    group: np.ndarray
    rows: np.ndarray | None = None
    names: tuple[str, ...] = ()
    axes: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        shapes = {np.shape(self.x), np.shape(self.y), np.shape(self.group)}
        shapes |= set() if self.rows is None else {np.shape(self.rows)}
        shapes |= {(len(self.names),)} if self.names else set()
        if len(shapes) != 1 or np.ndim(self.x) != 1:
            said = tuple(np.shape(part) for part in (self.x, self.y, self.group))
            raise BadData(f"panel {self.title[:60]!r} has shapes {said}; allowed: one shape (k,) for all three")


@dataclass(frozen=True)
class Scatter(Figure):
    """Clouds of points beside each other, coloured and shaped by group.

    Attributes:
        title: what is shown; also the caption.
        clouds: the panels; each has a scale of its own, the same in both directions.
        groups: names of the groups.
        x_label, y_label: of the axes.
        chosen: rows of samples that stand out in all panels; None: all alike.
        about, note, source: as in `Figure`.
    """

    title: str
    clouds: tuple[Cloud, ...]
    groups: tuple[str, ...] = ()
    x_label: str = ""
    y_label: str = ""
    chosen: np.ndarray | None = None

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """One trace for every panel and group, so that the legend hides a group in all panels."""
        made: list[dict[str, Any]] = []
        seen: set[int] = set()
        for p, cloud in enumerate(self.clouds):
            k = "" if p == 0 else str(p + 1)
            x, y = np.asarray(cloud.x, dtype=float), np.asarray(cloud.y, dtype=float)
            group = np.asarray(cloud.group, dtype=int)
            across, up = cloud.axes[0] or self.x_label or "across", cloud.axes[1] or self.y_label or "up"
            good = np.flatnonzero(np.isfinite(x) & np.isfinite(y))[:MOST_POINTS]
            for g in np.unique(group[good]).tolist():
                mine = good[group[good] == g]
                name = safe(self._group(g), 40)
                trace: dict[str, Any] = {
                    "type": "scatter", "mode": "markers", "x": listed(x[mine]), "y": listed(y[mine]), "xaxis": f"x{k}", "yaxis": f"y{k}",
                    "name": name, "legendgroup": f"g{g}", "showlegend": g not in seen,
                    "marker": {"symbol": mark(hue=g), "size": 7, "color": inks.fill(hue=g), "opacity": 0.72, "line": {"width": 0.6, "color": inks.paper}},
                    "hovertemplate": f"{name}<br>{safe(across, 40)} %{{x:.4~g}}, {safe(up, 40)} %{{y:.4~g}}<extra></extra>",
                }  # fmt: skip
                if cloud.rows is not None:
                    rows = np.asarray(cloud.rows)[mine]
                    trace["customdata"] = rows.tolist()
                    if self.chosen is not None and len(self.chosen):
                        trace["selectedpoints"] = np.flatnonzero(np.isin(rows, self.chosen)).tolist()
                        trace["selected"] = {"marker": {"opacity": 0.95, "size": 8}}
                        trace["unselected"] = {"marker": {"opacity": 0.13}}
                if cloud.names:
                    trace["text"] = [safe(cloud.names[i], 120) for i in mine]
                    trace["hovertemplate"] = "<b>%{text}</b><br>" + trace["hovertemplate"]
                made.append(trace)
                seen.add(g)
        return made

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Square panels: distances and angles are what an embedding is about."""
        count = max(1, len(self.clouds))
        across = 1 if narrow else min(3, count)
        legend = 24.0 * (1 + len(self.groups) // (3 if narrow else 8)) if self.groups else 0.0
        places = grid(count, across, 300.0 if across > 1 or narrow else 420.0, above=28.0, below=46.0, apart=0.05)
        below = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom"}
        made = layout(
            inks, places.height + legend, narrow=narrow, legend=bool(self.groups), hovermode="closest", annotations=[]
        )
        made["legend"] |= below
        for p, (place, cloud) in enumerate(zip(places.panels, self.clouds, strict=False)):
            k = "" if p == 0 else str(p + 1)
            made[f"xaxis{k}"] = axis(inks, domain=place.x, anchor=f"y{k}", showline=True, mirror=True, linecolor=inks.rule, nticks=5, constrain="domain",
                                     title=named(safe(cloud.axes[0] or self.x_label, 60), inks))  # fmt: skip
            made[f"yaxis{k}"] = axis(inks, domain=place.y, anchor=f"x{k}", showline=True, mirror=True, linecolor=inks.rule, nticks=5, scaleanchor=f"x{k}", constrain="domain",
                                     title=named(safe(cloud.axes[1] or self.y_label, 40), inks) if place.first or cloud.axes[1] else None)  # fmt: skip
            made["annotations"].append(place.heading(wrapped(cloud.title, 34, 1), inks))
        if any(cloud.rows is not None for cloud in self.clouds):
            made["dragmode"] = False if narrow else "lasso"
        return made

    def table(self) -> Table:
        """Where each group lies and how far it spreads; the points themselves are too many to read."""
        rows: list[tuple[Cell, ...]] = []
        for cloud in self.clouds:
            group = np.asarray(cloud.group, dtype=int)
            every = np.asarray(cloud.x, dtype=float), np.asarray(cloud.y, dtype=float)
            good = np.isfinite(every[0]) & np.isfinite(every[1])
            for g in np.unique(group[good]):
                mine = good & (group == g)
                x, y = (values[mine] for values in every)
                spread = float(np.sqrt(x.var() + y.var()))
                rows.append(
                    (cloud.title, self._group(int(g)), int(mine.sum()), float(x.mean()), float(y.mean()), spread)
                )
        return Table(("panel", "group", "points", "mean across", "mean up", "spread"), tuple(rows), self.title)

    def words(self) -> str:
        """How many points every panel has."""
        return "; ".join(f"{c.title}: {len(c.x)} points" for c in self.clouds)

    def _group(self, g: int) -> str:
        return self.groups[g] if 0 <= g < len(self.groups) else str(g)
