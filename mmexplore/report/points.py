"""Figures of single points: dots in rows and columns, and clouds. Every value is drawn; a mean alone would hide the spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mmexplore.report.content import Cell, Dots, Scatter, Strip, Table, ink
from mmexplore.report.svg import element, image, label, marker, number, text, ticks

_WIDTH = 720.0
_ROW = 26.0
_ROW_OF_TWO = 36.0  # with a second reading beneath the first
_LANE = 7.5
_MOST_POINTS = 4000  # of one panel


def draw_points(figure: Dots | Scatter, uid: str) -> str:
    """The figure as one SVG element."""
    return _dots(figure, uid) if isinstance(figure, Dots) else _scatter(figure, uid)


def points_table(figure: Dots | Scatter) -> Table:
    """The numbers of the figure."""
    return _dots_table(figure) if isinstance(figure, Dots) else _scatter_table(figure)


# ---- dots


def _dots(figure: Dots, uid: str) -> str:
    longest = max((len(strip.label) for strip in figure.strips), default=0)
    left, right, top, gap = min(230.0, max(90.0, 7.0 * longest + 16.0)), 14.0, 30.0, 22.0
    width = (_WIDTH - left - right - gap * (len(figure.columns) - 1)) / max(1, len(figure.columns))
    row = _ROW_OF_TWO if any(strip.others for strip in figure.strips) else _ROW
    bottom = top + row * len(figure.strips)
    span = figure.high - figure.low
    parts = []
    for k, strip in enumerate(figure.strips):
        middle = top + row * (k + 0.5)
        kind = "muted" if strip.muted else f"i-{ink(hue=strip.hue)}"
        parts.append(label(left - 10, middle + 4, strip.label, longest=32, class_=kind, text_anchor="end"))
    for c, column in enumerate(figure.columns):
        start = left + c * (width + gap)
        parts.append(label(start + width / 2, top - 14, column, longest=28, class_="axis-name", text_anchor="middle"))
        parts.append(element("rect", x=start, y=top - 4, width=width, height=bottom - top + 8, class_="frame"))
        for mark in ticks(figure.low, figure.high, 3 if width < 160 else 6):
            x = start + width * (mark - figure.low) / span
            parts.append(element("line", x1=x, x2=x, y1=top - 4, y2=bottom + 4, class_="grid"))
            shown = f"{mark:g}".replace("-", "\u2212")
            parts.append(label(x, bottom + 19, shown, class_="tick", text_anchor="middle"))
        for name, values in figure.lines:
            value = values[c]
            if value is not None and figure.low <= value <= figure.high:
                x = start + width * (value - figure.low) / span
                line = element("title", text(f"{name}: {number(value)}"))
                parts.append(
                    element("line", line, x1=x, x2=x, y1=top - 4, y2=bottom + 4, class_="reference", stroke_width=1.6)
                )
        for k, strip in enumerate(figure.strips):
            parts.append(_strip(strip, c, figure, start, width, top + row * (k + 0.5)))
    parts.append(label((left + _WIDTH) / 2, bottom + 38, figure.unit, class_="axis-name", text_anchor="middle"))
    foot = bottom + 46
    if figure.lines:
        shown = ", ".join(name for name, _ in figure.lines)
        parts.append(label(left, foot + 8, f"dashed: {shown}", longest=100, class_="muted"))
        foot += 16
    if figure.readings:
        first, second, before = figure.readings
        shown = f"filled, above: {first}; hollow, below: {second}; grey bar: {before}"
        parts.append(label(left, foot + 8, shown, longest=110, class_="muted"))
        foot += 16
    about = figure.about or _dots_words(figure)
    return image(_WIDTH, foot, figure.title, about, uid, parts)


def _strip(strip: Strip, column: int, figure: Dots, start: float, width: float, middle: float) -> str:
    values = _finite(strip.values[column])
    others = _finite(strip.others[column]) if strip.others else []
    if not values:
        return label(start + width / 2, middle + 4, "\u2013", class_="muted", text_anchor="middle")

    def at(value: float) -> float:
        share = (min(max(value, figure.low), figure.high) - figure.low) / (figure.high - figure.low)
        return start + width * share

    def mean_bar(shown: list[float], y: float, reach: float) -> str:
        x = at(float(np.mean(shown)))
        return element("line", x1=x, x2=x, y1=y - reach, y2=y + reach, class_="mean")

    colour = "plain" if strip.muted else ink(hue=strip.hue)
    lanes = (middle - _LANE, middle + _LANE) if others else (middle, middle)
    parts = []
    for lane, before in zip(lanes, strip.starts[column] if strip.starts else (), strict=False):
        if before is not None and math.isfinite(before) and (others or lane == middle):
            parts.append(element("line", x1=at(before), x2=at(before), y1=lane - 6, y2=lane + 6, class_="start"))
    if others:
        ends = [at(float(np.mean(shown))) for shown in (values, others)]
        parts.append(element("line", x1=ends[0], x2=ends[1], y1=lanes[0], y2=lanes[1], class_="between"))
        parts += [element("circle", cx=at(v), cy=lanes[1], r=3.2, class_=f"hollow s-{colour}") for v in others]
        parts.append(mean_bar(others, lanes[1], 5))
    parts += [marker(at(v), lanes[0], colour, 3.4) for v in values]
    parts.append(mean_bar(values, lanes[0], 5 if others else 8))
    return element("g", element("title", text(_strip_words(strip, column, figure))) + "".join(parts))


def _finite(values: Sequence[float]) -> list[float]:
    return [float(v) for v in values if math.isfinite(v)]


def _strip_words(strip: Strip, column: int, figure: Dots) -> str:
    words = f"{strip.label}: {_values_words(_finite(strip.values[column]))}"
    if not figure.readings:
        return words
    first, second, before = figure.readings
    starts = strip.starts[column] if strip.starts else (None, None)
    words = f"{strip.label}, {first}: {_values_words(_finite(strip.values[column]))}" + _start_words(before, starts[0])
    others = _finite(strip.others[column]) if strip.others else []
    if others:
        words += f"; {second}: {_values_words(others)}" + _start_words(before, starts[1])
    return words


def _start_words(name: str, value: float | int | None) -> str:
    return "" if value is None or not math.isfinite(value) else f" ({name}: {number(float(value), 3)})"


def _values_words(values: list[float]) -> str:
    shown = ", ".join(number(v, 3) for v in values[:12])
    return f"mean {number(float(np.mean(values)), 3)} of {shown}" if len(values) > 1 else shown


def _dots_words(figure: Dots) -> str:
    sentences = []
    for strip in figure.strips[:30]:
        cells = [
            f"{column} {number(float(np.mean(values)), 3)}"
            for column, values in zip(figure.columns, strip.values, strict=True)
            if values
        ]
        sentences.append(f"{strip.label[:60]}: {', '.join(cells)}")
    return f"Means in {figure.unit}. " + "; ".join(sentences)


def _dots_table(figure: Dots) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for strip in figure.strips:
        cells: list[Cell] = [strip.label]
        for c, values in enumerate(strip.values):
            cells.append(_mean_and_ends(values))
            if figure.readings:
                starts = strip.starts[c] if strip.starts else (None, None)
                cells += [_mean_and_ends(strip.others[c] if strip.others else ()), *starts]
        rows.append(tuple(cells))
    nothing: tuple[Cell, ...] = (None, None, None) if figure.readings else ()
    rows += [(name, *(cell for value in values for cell in (value, *nothing))) for name, values in figure.lines]
    heads = []
    for column in figure.columns:
        if figure.readings:
            first, second, before = figure.readings
            heads += [f"{column}, {first} (mean, least, most)", f"{column}, {second} (mean, least, most)"]
            heads += [f"{column}, {first}, {before}", f"{column}, {second}, {before}"]
        else:
            heads.append(f"{column} (mean, least, most)")
    return Table((figure.unit, *heads), tuple(rows), figure.title)


def _mean_and_ends(values: Sequence[float]) -> Cell:
    shown = _finite(values)
    return (float(np.mean(shown)), min(shown), max(shown)) if shown else None


# ---- clouds


def _scatter(figure: Scatter, uid: str) -> str:
    count = max(1, len(figure.clouds))
    across = min(3, count)
    gap, top = 16.0, 22.0
    side = (_WIDTH - gap * (across - 1)) / across
    side = min(side, 380.0)
    parts = []
    for k, cloud in enumerate(figure.clouds):
        left = (k % across) * (side + gap)
        up = (k // across) * (side + top + gap) + top
        parts.append(label(left + side / 2, up - 7, cloud.title, longest=44, class_="axis-name", text_anchor="middle"))
        parts.append(element("rect", x=left, y=up, width=side, height=side, class_="frame"))
        parts.append(_specks(figure, k, left, up, side))
    height = math.ceil(count / across) * (side + top + gap)
    for line in _legend(figure, height + 4):
        parts.append(line)
    height += 24.0 * math.ceil(len(figure.groups) / 6) if figure.groups else 0.0
    if figure.x_label or figure.y_label:
        axes = f"across: {figure.x_label}; up: {figure.y_label}"
        parts.append(label(_WIDTH / 2, height + 12, axes, longest=100, class_="muted", text_anchor="middle"))
        height += 22
    about = figure.about or "; ".join(f"{c.title}: {len(c.x)} points" for c in figure.clouds)
    return image(_WIDTH, height, figure.title, about, uid, parts)


def _specks(figure: Scatter, k: int, left: float, up: float, side: float) -> str:
    cloud = figure.clouds[k]
    x, y = np.asarray(cloud.x, dtype=float), np.asarray(cloud.y, dtype=float)
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))[:_MOST_POINTS]
    if not len(finite):
        return ""
    # one scale for both directions: distances and angles are what an embedding is about
    middle = np.array([(x[finite].min() + x[finite].max()) / 2, (y[finite].min() + y[finite].max()) / 2])
    reach = max(np.ptp(x[finite]), np.ptp(y[finite]), 1e-12) / 2 * 1.08
    group = np.asarray(cloud.group, dtype=int)
    marks = []
    for i in finite:
        px = left + side / 2 * (1 + (x[i] - middle[0]) / reach)
        py = up + side / 2 * (1 - (y[i] - middle[1]) / reach)
        marks.append(marker(float(px), float(py), ink(hue=int(group[i])), 2.4).replace('class="', 'class="speck ', 1))
    return "".join(marks)


def _legend(figure: Scatter, height: float) -> list[str]:
    parts = []
    for k, name in enumerate(figure.groups):
        x, y = 10 + 118.0 * (k % 6), height + 24.0 * (k // 6) + 4
        parts.append(marker(x, y, ink(hue=k), 4.2))
        parts.append(label(x + 10, y + 4, name, longest=15))
    return parts


def _scatter_table(figure: Scatter) -> Table:
    """Where each group lies and how far it spreads; the points themselves are too many to read."""
    rows: list[tuple[Cell, ...]] = []
    for cloud in figure.clouds:
        group = np.asarray(cloud.group, dtype=int)
        for g in np.unique(group):
            mine = group == g
            x, y = np.asarray(cloud.x, dtype=float)[mine], np.asarray(cloud.y, dtype=float)[mine]
            name = figure.groups[g] if 0 <= g < len(figure.groups) else str(g)
            spread = float(np.sqrt(x.var() + y.var()))
            rows.append((cloud.title, name, int(mine.sum()), float(x.mean()), float(y.mean()), spread))
    return Table(("panel", "group", "points", "mean across", "mean up", "spread"), tuple(rows), figure.title)
