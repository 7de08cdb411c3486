"""Figures as SVG, and each one's numbers as a table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mmexplore.palette import SEQUENTIAL
from mmexplore.report.content import Bar, Bars, Cell, Curves, Dots, Heat, Scatter, Series, Table
from mmexplore.report.points import draw_points, points_table
from mmexplore.report.retained import Retained, draw_retained, retained_table
from mmexplore.report.svg import (
    DASHES,
    HUE_DASHES,
    element,
    image,
    label,
    log_ticks,
    marker,
    number,
    patterns,
    text,
    ticks,
)
from mmexplore.report.trials import Legend, Trials, draw_legend, draw_trials, trials_table

Figure = Bars | Curves | Heat | Dots | Scatter | Trials | Legend | Retained

_WIDTH = 720.0
MOST_CELLS = 10_000  # of a heat map that is drawn
_MARKED = 40  # a line of more points than this has no markers
_NUMBERS = 9  # a heat map with at most so many columns shows its numbers


def draw(figure: Figure, uid: str) -> str:
    """The figure as one SVG element; `uid` sets its ids apart from those of others."""
    if isinstance(figure, Dots | Scatter):
        return draw_points(figure, uid)
    if isinstance(figure, Legend):
        return draw_legend(figure, uid)
    if isinstance(figure, Trials):
        return draw_trials(figure, uid)
    if isinstance(figure, Retained):
        return draw_retained(figure, uid)
    if isinstance(figure, Bars):
        return _bars(figure, uid)
    return _curves(figure, uid) if isinstance(figure, Curves) else _heat(figure, uid)


def twin(figure: Figure) -> Table:
    """The numbers of the figure."""
    if isinstance(figure, Dots | Scatter):
        return points_table(figure)
    if isinstance(figure, Legend):
        return Table(("name",), tuple((name,) for name, _ in figure.names), figure.title)
    if isinstance(figure, Trials):
        return trials_table(figure)
    if isinstance(figure, Retained):
        return retained_table(figure)
    if isinstance(figure, Bars):
        return _bars_table(figure)
    return _curves_table(figure) if isinstance(figure, Curves) else _heat_table(figure)


def _finite(values: Sequence[float | None]) -> list[float]:
    return [float(v) for v in values if v is not None and math.isfinite(v)]


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (end - start) * (value - low) / span


# ---- bars


def _bars(figure: Bars, uid: str) -> str:
    right, row, top = 92.0, 40.0, 12.0
    left = min(270.0, max(150.0, 7.0 * max((len(bar.label) for bar in figure.bars), default=0) + 20.0))
    every = [v for b in figure.bars for v in (b.value, b.low, b.high, b.null_low, b.null_high)]
    shown = _finite(every)
    low, high = min(0.0, *shown, 0.0), max(0.0, *shown, 1e-9)
    marks = ticks(low, high)
    at = _scale(low, high, left, _WIDTH - right)
    bottom = top + row * len(figure.bars)
    parts = [patterns(uid)]
    for mark in marks:
        parts.append(element("line", x1=at(mark), x2=at(mark), y1=top, y2=bottom, class_="grid"))
        parts.append(label(at(mark), bottom + 17, f"{mark:g}".replace("-", "−"), class_="tick", text_anchor="middle"))
    for k, bar in enumerate(figure.bars):
        parts.append(_bar(bar, uid, top + row * k, row, at, left))
    parts.append(element("line", x1=at(0), x2=at(0), y1=top, y2=bottom, class_="axis"))
    parts.append(label((left + _WIDTH - right) / 2, bottom + 36, figure.unit, class_="axis-name", text_anchor="middle"))
    about = figure.about or "; ".join(_bar_words(bar, figure.unit) for bar in figure.bars[:40])
    return image(_WIDTH, bottom + 44, figure.title, about, uid, parts)


def _bar(bar: Bar, uid: str, y: float, row: float, at: Callable[[float], float], left: float) -> str:
    middle, half = y + row / 2, 11.0
    parts = [label(left - 10, middle + 4, bar.label, longest=int((left - 14) / 6.6), text_anchor="end", class_="name")]
    if bar.null_low is not None and bar.null_high is not None and _finite([bar.null_low, bar.null_high]):
        width = max(at(bar.null_high) - at(bar.null_low), 1.5)
        box: dict[str, Any] = {"x": at(bar.null_low), "y": y + 4, "width": width, "height": row - 8}
        parts.append(element("rect", class_="null", **box))
        parts.append(element("rect", fill=f"url(#{uid}-null)", **box))
    end = at(0)
    if math.isfinite(bar.value):
        start, stop = sorted((at(0), at(bar.value)))
        end = stop
        fill = {"fill": f"url(#{uid}-{bar.atom})"} if bar.atom else {"class_": "plain"}
        parts.append(
            element("rect", x=start, y=middle - half, width=max(stop - start, 0.5), height=2 * half, rx=2, **fill)
        )
    if bar.low is not None and bar.high is not None and len(_finite([bar.low, bar.high])) == 2:
        a, b = at(bar.low), at(bar.high)
        end = max(end, b)
        parts.append(
            element(
                "path",
                d=f"M{a:.1f} {middle}H{b:.1f}M{a:.1f} {middle - 6}v12M{b:.1f} {middle - 6}v12",
                class_="whisker-halo",
            )
        )
        parts.append(
            element(
                "path", d=f"M{a:.1f} {middle}H{b:.1f}M{a:.1f} {middle - 6}v12M{b:.1f} {middle - 6}v12", class_="whisker"
            )
        )
    if bar.null_high is not None and math.isfinite(bar.null_high):
        end = max(end, at(bar.null_high))
    parts.append(label(end + 8, middle + 4, number(bar.value), class_="value"))
    return "".join(parts)


def _bar_words(bar: Bar, unit: str) -> str:
    sentence = f"{bar.label[:60]} {number(bar.value)} {unit}"
    if bar.low is not None:
        sentence += f" (interval {number(bar.low)} to {number(bar.high)})"
    return sentence


def _bars_table(figure: Bars) -> Table:
    columns: list[tuple[str, list[Cell]]] = [
        ("what", [bar.label for bar in figure.bars]),
        (figure.unit, [bar.value for bar in figure.bars]),
        ("interval", [_range(bar.low, bar.high) for bar in figure.bars]),
        ("chance alone", [_range(bar.null_low, bar.null_high) for bar in figure.bars]),
        ("mean of chance", [bar.null_mean for bar in figure.bars]),
        ("p", [bar.p_value for bar in figure.bars]),
    ]
    filled = [(name, cells) for k, (name, cells) in enumerate(columns) if k < 2 or any(c is not None for c in cells)]
    return Table(
        tuple(name for name, _ in filled), tuple(zip(*(cells for _, cells in filled), strict=True)), figure.title
    )


def _range(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (float(low), float(high))


# ---- curves


def _curves(figure: Curves, uid: str) -> str:
    left, right, top, bottom, height = 66.0, 150.0, 12.0, 48.0, 330.0
    every = [v for s in figure.series for a in (s.y, s.low, s.high) if a is not None for v in np.asarray(a).ravel()]
    shown = _finite([float(v) for v in every])
    low, high = min([0.0 if figure.low is None else figure.low, *shown]), max([1e-9, *shown])
    y = _scale(low, high, height - bottom, top)
    turned = np.log10(figure.x) if figure.log else np.asarray(figure.x, dtype=float)
    x0, x1 = (float(turned.min()), float(turned.max())) if len(turned) else (0.0, 1.0)
    x_at = _scale(x0, x1, left, _WIDTH - right) if x1 > x0 else (lambda value: (left + _WIDTH - right) / 2)
    parts = []
    for mark in ticks(low, high):
        parts.append(element("line", x1=left, x2=_WIDTH - right, y1=y(mark), y2=y(mark), class_="grid"))
        parts.append(label(left - 8, y(mark) + 4, f"{mark:g}".replace("-", "−"), class_="tick", text_anchor="end"))
    for mark in log_ticks(10**x0, 10**x1) if figure.log else _few(figure.x):
        where = x_at(math.log10(mark) if figure.log else mark)
        parts.append(element("line", x1=where, x2=where, y1=height - bottom, y2=height - bottom + 5, class_="axis"))
        parts.append(label(where, height - bottom + 19, _position(mark), class_="tick", text_anchor="middle"))
    foot = y(max(0.0, low))
    parts.append(element("line", x1=left, x2=_WIDTH - right, y1=foot, y2=foot, class_="axis"))
    places = [x_at(float(v)) for v in turned]
    for s in figure.series:
        parts.append(_band(s, places, y))
    for s in figure.series:
        parts.append(_line(s, places, y))
    parts += _names(figure.series, places, y, top, height - bottom)
    parts.append(
        label(
            (left + _WIDTH - right) / 2,
            height - 8,
            figure.x_label,
            class_="axis-name",
            text_anchor="middle",
            longest=90,
        )
    )
    turn = f"rotate(-90 14 {(top + height - bottom) / 2:.1f})"
    parts.append(
        label(
            14,
            (top + height - bottom) / 2,
            figure.y_label,
            class_="axis-name",
            text_anchor="middle",
            transform=turn,
            longest=40,
        )
    )
    about = figure.about or _curve_words(figure)
    return image(_WIDTH, height, figure.title, about, uid, parts)


def _few(x: np.ndarray) -> list[float]:
    """Positions that get a tick: all of them, or round ones."""
    values = [float(v) for v in x]
    return values if len(values) <= 14 else ticks(min(values), max(values), 10)


def _position(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _runs(values: np.ndarray) -> list[list[int]]:
    """Stretches without a gap."""
    good = [k for k in range(len(values)) if math.isfinite(values[k])]
    return [
        [k for _, k in group] for _, group in itertools.groupby(enumerate(good), key=lambda pair: pair[1] - pair[0])
    ]


def _band(s: Series, x: list[float], y: Callable[[float], float]) -> str:
    if s.low is None or s.high is None:
        return ""
    parts = []
    for run in _runs(np.asarray(s.low) + np.asarray(s.high)):
        points = [f"{x[k]:.1f},{y(float(s.high[k])):.1f}" for k in run]
        points += [f"{x[k]:.1f},{y(float(s.low[k])):.1f}" for k in reversed(run)]
        parts.append(element("polygon", points=" ".join(points), class_=f"band b-{s.ink}"))
    return "".join(parts)


def _line(s: Series, x: list[float], y: Callable[[float], float]) -> str:
    parts = []
    kind = "line faint" if s.faint else f"line l-{s.ink}"
    for run in _runs(np.asarray(s.y)):
        path = " ".join(f"{x[k]:.1f},{y(float(s.y[k])):.1f}" for k in run)
        dash = None if s.faint else "1.5 3.5" if s.second else _dashes(s)
        parts.append(element("polyline", points=path, class_=kind, stroke_dasharray=dash))
        if not s.faint and not s.second and (len(run) <= _MARKED or len(run) == 1):
            parts.extend(marker(x[k], y(float(s.y[k])), s.ink) for k in run)
    return "".join(parts)


def _dashes(s: Series) -> str | None:
    """A line's dashes tell its atom, or its place in the palette."""
    dashes = HUE_DASHES[s.hue % len(HUE_DASHES)] if not s.atom and s.hue is not None else DASHES[s.atom]
    return None if dashes == "none" else dashes


def _names(
    series: Sequence[Series], x: list[float], y: Callable[[float], float], top: float, bottom: float
) -> list[str]:
    """The lines' names at their ends, pushed apart where they would overlap."""
    ends = []
    for s in series:
        good = [k for k in range(len(s.y)) if math.isfinite(s.y[k])]
        if good:
            ends.append((y(float(s.y[good[-1]])), s))
    ends.sort(key=lambda pair: pair[0])
    step = min(16.0, (bottom - top) / max(1, len(ends)))
    heights = [height for height, _ in ends]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + step)
    over = max(0.0, heights[-1] - bottom) if heights else 0.0
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], bottom - step * (len(heights) - 1 - k)) if over else heights[k]
    start = max(x, default=0.0) + 10
    return [
        label(start, height + 4, s.label, longest=22, class_=f"name {'muted' if s.faint else 'i-' + s.ink}")
        for height, (_, s) in zip(heights, ends, strict=True)
    ]


def _curve_words(figure: Curves) -> str:
    sentences = []
    for s in figure.series[:20]:
        good = [k for k in range(len(s.y)) if math.isfinite(s.y[k])]
        if good:
            first, last = good[0], good[-1]
            sentences.append(
                f"{s.label[:60]}: {number(float(s.y[first]))} at {_position(float(figure.x[first]))}, "
                f"{number(float(s.y[last]))} at {_position(float(figure.x[last]))}"
            )
    return f"{figure.y_label} against {figure.x_label}. " + "; ".join(sentences)


def _curves_table(figure: Curves) -> Table:
    names = [figure.x_label]
    columns: list[Sequence[Cell]] = [
        list(figure.x_texts) if figure.x_texts else [int(v) if float(v).is_integer() else float(v) for v in figure.x]
    ]
    for s in figure.series:
        names.append(s.label)
        if s.low is not None and s.high is not None:
            columns.append([(float(v), float(a), float(b)) for v, a, b in zip(s.y, s.low, s.high, strict=True)])
        else:
            columns.append([float(v) for v in s.y])
    return Table(tuple(names), tuple(zip(*columns, strict=True)), figure.title)


# ---- heat maps


def _heat(figure: Heat, uid: str) -> str:
    panels, rows, columns = figure.values.shape
    if figure.values.size > MOST_CELLS:
        said = f"{figure.values.size:,} cells are too many to draw; allowed: {MOST_CELLS:,}."
        parts = [label(_WIDTH / 2, 34, said, class_="tick", text_anchor="middle")]
        return image(_WIDTH, 60, figure.title, said, uid, parts)
    most = float(np.nanmax(figure.values, initial=0.0)) or 1.0
    longest_row = max((len(row) for row in figure.rows), default=0)
    left, gap, top = min(190.0, max(104.0, 6.8 * longest_row + 14.0)), 18.0, 44.0
    across = max(1, min(panels, 4 if columns <= 6 else 2 if columns <= 16 else 1))
    width = (_WIDTH - left - gap * (across - 1) - 8) / across
    size_x = min(width / columns, 92.0)
    size_y = max(3.0, min(30.0, 460.0 / rows))
    fits = int(size_x / 6.6)
    longest = max((len(name) for name in figure.columns), default=0)
    turned = longest > fits  # names that do not fit lie aslant
    if turned and size_x >= 12:
        top += 5.0 * min(longest, 16)
        width -= 4.0 * min(longest, 16) / across  # the last one leans over the edge
        size_x = min(width / columns, 92.0)
    block = top + size_y * rows + 40
    parts = []
    for p in range(panels):
        x0, y0 = left + (p % across) * (width + gap), (p // across) * block
        name = f"{figure.panel_label[:40]} = {figure.panels[p]}" if figure.panel_label else figure.panels[p]
        parts.append(label(x0, y0 + 18, name, longest=int(max(10, width / 7)), class_="name"))
        if p % across == 0 and size_y >= 11:
            parts += [
                label(
                    left - 8,
                    y0 + top + size_y * (r + 0.5) + 4,
                    figure.rows[r],
                    longest=26,
                    class_="tick",
                    text_anchor="end",
                )
                for r in range(rows)
            ]
        for r in range(rows):
            for c in range(columns):
                parts.append(
                    _cell(figure, p, r, c, most, x0 + size_x * c, y0 + top + size_y * r, size_x, size_y, columns)
                )
        if size_x >= 12:
            for c in range(columns):
                x, y = x0 + size_x * (c + 0.5), y0 + top - 6
                if turned:
                    aslant = {"transform": f"rotate(-45 {x:.1f} {y:.1f})"}
                    parts.append(label(x, y, figure.columns[c], longest=16, class_="tick", **aslant))
                else:
                    parts.append(label(x, y, figure.columns[c], class_="tick", text_anchor="middle"))
    height = block * math.ceil(panels / across)
    if figure.column_label or figure.row_label:
        said = (
            f"rows: {figure.row_label[:60]}, columns: {figure.column_label[:60]}; darkest 0, brightest {number(most)}"
        )
        parts.append(label(left, height - 8, said, class_="tick", longest=140))
    about = figure.about or f"{figure.value_label} of {rows} x {columns} x {panels} cells, the largest {number(most)}."
    return image(_WIDTH, height, figure.title, about, uid, parts)


def _cell(
    figure: Heat, p: int, r: int, c: int, most: float, x: float, y: float, w: float, h: float, columns: int
) -> str:
    value = float(figure.values[p, r, c])
    share = min(max(value / most, 0.0), 1.0) if math.isfinite(value) else 0.0
    tooltip = f"{figure.rows[r][:60]}, {figure.columns[c][:60]}, {figure.panels[p][:60]}: {number(value)}"
    if not math.isfinite(value):  # nothing there: an empty cell
        return element("rect", element("title", text(tooltip)), x=x, y=y, width=w, height=h, class_="frame")
    drawn = element(
        "rect", element("title", text(tooltip)), x=x, y=y, width=w, height=h, fill=shade(share), class_="cell"
    )
    if columns <= _NUMBERS and h >= 14 and w >= 34:
        ink = "inside on-light" if share > 0.45 else "inside on-dark"
        shown = "0" if value == 0 else f"{value:.3f}".lstrip("0") if abs(value) < 1 else f"{value:.3g}"
        drawn += label(x + w / 2, y + h / 2 + 4, shown, class_=ink, text_anchor="middle")
    return drawn


def shade(share: float) -> str:
    """The colour of a share from 0 to 1 on the sequential scale."""
    f = min(max(share, 0.0), 1.0) * (len(SEQUENTIAL) - 1)
    i = min(int(f), len(SEQUENTIAL) - 2)
    a, b = ([int(SEQUENTIAL[k][n : n + 2], 16) for n in (1, 3, 5)] for k in (i, i + 1))
    return "#" + "".join(f"{round(p + (q - p) * (f - i)):02x}" for p, q in zip(a, b, strict=True))


def _heat_table(figure: Heat) -> Table:
    names = (
        figure.row_label or "row",
        figure.column_label or "column",
        figure.panel_label or "panel",
        figure.value_label,
    )
    panels, rows, columns = figure.values.shape
    filled = np.argwhere(np.moveaxis(figure.values, 0, -1) != 0) if panels * rows * columns else np.empty((0, 3), int)
    cells = tuple(
        (figure.rows[r], figure.columns[c], figure.panels[p], float(figure.values[p, r, c])) for r, c, p in filled
    )
    return Table(names, cells, f"{figure.title} (cells that are not 0)")
