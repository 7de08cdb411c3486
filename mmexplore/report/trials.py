"""Trials: estimates of several kinds beside the truth, over one axis. Points with intervals, single samples, truth, ceilings.

Groups stand side by side at every place, so that their intervals are seen apart; each has a colour and a mark of its own (the order of
`mmexplore.palette.CATEGORICAL`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.report.content import Cell, Table
from mmexplore.report.svg import element, image, label, log_ticks, number, ticks

_WIDTH, _HEIGHT = 720.0, 360.0
_SMALL = 470.0  # width of a figure without names
_LEFT, _TOP, _BOTTOM = 66.0, 14.0, 48.0
_NAMES, _EDGE = 204.0, 12.0  # room at the right, with names and without
_APART = 6.0  # pixels between two groups at one place
INKS = 8


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
class Trials:
    """Estimates over one axis.

    Attributes:
        title: what is shown; also the caption.
        groups: the kinds of estimates.
        levels: truths and ceilings.
        x_label, y_label: of the axes, with units.
        log_x, log_y: which axes are logarithmic.
        lines: whether the points of a group are joined.
        least: smallest range of the y axis, so that what is next to nothing does not fill the paper.
    named: whether the names stand at the lines' ends; else the figure is smaller and wants a `Legend` beside it.
    about, note: in words.
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
    named: bool = True
    about: str = ""
    note: str = ""


@dataclass(frozen=True)
class Legend:
    """The names of several figures, in one row.

    Attributes:
        names: label and ink of every group; ink -1 is the truth's line.
    """

    names: tuple[tuple[str, int], ...]
    title: str = ""
    note: str = ""


def draw_legend(legend: Legend, uid: str) -> str:
    """The names in rows as wide as there is room."""
    parts, x, y = [], 12.0, 14.0
    for name, ink in legend.names:
        wide = 34.0 + 7.2 * len(name)
        if x > 12.0 and x + wide > _WIDTH:
            x, y = 12.0, y + 22.0
        sign = element("path", d="M-9 0h18", class_="truth") if ink < 0 else mark(0.0, 0.0, ink)
        parts.append(element("g", sign, transform=f"translate({x:.1f} {y:.1f})"))
        parts.append(label(x + 14, y + 4, name, class_="name"))
        x += wide
    return image(_WIDTH, y + 14, "Legend", "Marks: " + ", ".join(name for name, _ in legend.names), uid, parts)


def draw_trials(figure: Trials, uid: str) -> str:
    """The figure as one SVG element."""
    wide, room = (_WIDTH, _NAMES) if figure.named else (_SMALL, _EDGE)
    end_x = wide - room
    places = _places(figure)
    if not places:
        parts = [label(wide / 2, 60, "no estimate yet", class_="tick", text_anchor="middle")]
        return image(wide, 120, figure.title, "No estimate yet.", uid, parts)
    x_at, x_marks = _axis(places, figure.log_x, _LEFT + 20, end_x - 20, positions=True)
    low, high = _reach(figure)
    y_at, y_marks = _axis([low, high], figure.log_y, _HEIGHT - _BOTTOM, _TOP)
    clip = (_TOP, _HEIGHT - _BOTTOM)
    parts = []
    for tick in y_marks:
        parts.append(element("line", x1=_LEFT, x2=end_x, y1=y_at(tick), y2=y_at(tick), class_="grid"))
        parts.append(label(_LEFT - 8, y_at(tick) + 4, _tick(tick), class_="tick", text_anchor="end"))
    for tick in x_marks:
        at = x_at(tick)
        parts.append(element("line", x1=at, x2=at, y1=_HEIGHT - _BOTTOM, y2=_HEIGHT - _BOTTOM + 5, class_="axis"))
        parts.append(label(at, _HEIGHT - _BOTTOM + 19, _tick(tick), class_="tick", text_anchor="middle"))
    if not figure.log_y and low <= 0 <= high:
        parts.append(element("line", x1=_LEFT, x2=end_x, y1=y_at(0), y2=y_at(0), class_="axis"))
    ends: list[tuple[float, str, str]] = []  # height, name, what stands before it
    for level in figure.levels:
        drawn, end = _level(level, x_at, y_at, clip)
        parts.append(drawn)
        if end is not None:
            kind = "truth" if level.ink < 0 else f"ceiling s-c{level.ink % INKS}"
            ends.append((end, level.label, element("path", d="M-7 0h14", class_=kind)))
    for k, group in enumerate(figure.groups):
        parts.append(_group(figure, group, (k - (len(figure.groups) - 1) / 2) * _APART, x_at, y_at, clip))
        good = [j for j in range(len(group.y)) if math.isfinite(group.y[j])]
        if good:
            height = min(max(y_at(float(group.y[good[-1]])), clip[0]), clip[1])
            ends.append((height, group.label, mark(0.0, 0.0, group.ink)))
    if figure.named:
        parts += _names(ends, clip)
    middle = (_LEFT + end_x) / 2
    parts.append(
        label(
            middle,
            _HEIGHT - 8,
            figure.x_label,
            class_="axis-name",
            text_anchor="middle",
            longest=80 if figure.named else 56,
        )
    )
    turn = f"rotate(-90 14 {(_TOP + _HEIGHT - _BOTTOM) / 2:.1f})"
    parts.append(
        label(
            14,
            (_TOP + _HEIGHT - _BOTTOM) / 2,
            figure.y_label,
            class_="axis-name",
            text_anchor="middle",
            transform=turn,
            longest=44,
        )
    )
    return image(wide, _HEIGHT, figure.title, figure.about or _words(figure), uid, parts)


def trials_table(figure: Trials) -> Table:
    """The numbers of the figure, one row for each group and place."""
    rows: list[tuple[Cell, ...]] = []
    for level in figure.levels:
        rows += [(level.label, float(x), float(y), None) for x, y in zip(level.x, level.y, strict=True)]
    for g in figure.groups:
        for x, y, a, b in zip(g.x, g.y, g.low, g.high, strict=True):
            interval = (float(a), float(b)) if math.isfinite(a) and math.isfinite(b) else None
            rows.append((g.label, float(x), float(y) if math.isfinite(y) else None, interval))
    return Table(("what", figure.x_label, figure.y_label, "interval"), tuple(rows), figure.title)


# ---- pieces


def _places(figure: Trials) -> list[float]:
    lines = [(g.x, g.y) for g in figure.groups] + [(level.x, level.y) for level in figure.levels]
    return sorted(
        {
            float(x)
            for xs, ys in lines
            for x, y in zip(xs, ys, strict=True)
            if math.isfinite(x) and math.isfinite(y) and (x > 0 or not figure.log_x)
        }
    )


def _reach(figure: Trials) -> tuple[float, float]:
    """Range of the values: truth and estimates, but for a few estimates far beyond everything else; a ceiling only if it is near."""
    true = [float(v) for level in figure.levels if level.ink < 0 for v in level.y if math.isfinite(v)]
    shown = [float(v) for g in figure.groups for v in np.concatenate([g.y, g.low, g.high]) if math.isfinite(v)]
    if figure.log_y:
        positive = [v for v in (*true, *shown) if v > 0] or [1e-3, 1.0]
        return min(positive) / 1.3, max(positive) * 1.3
    every = [0.0, *true, *shown]
    low, high = min(every), max(every)
    if true:
        span = max(max(true) - min(0.0, *true), 0.5)
        low, high = max(low, min(0.0, *true) - 2 * span), min(high, max(true) + 3 * span)
    high = max(high, low + figure.least)
    ceilings = [float(v) for level in figure.levels if level.ink >= 0 for v in level.y if math.isfinite(v)]
    high = max([high, *(v for v in ceilings if v < 1.5 * high)])
    return low - 0.02 * (high - low), high + 0.04 * (high - low) + 1e-9


def _axis(
    values: Sequence[float], log: bool, start: float, end: float, positions: bool = False
) -> tuple[Callable[[float], float], list[float]]:
    """A scale and its marks."""
    low, high = min(values), max(values)
    if log:
        low, high = math.log10(low), math.log10(high)
    span = (high - low) or 1.0
    shift = 0.0 if high > low else 0.5  # one place stands in the middle

    def at(value: float) -> float:
        turned = math.log10(max(value, 1e-300)) if log else value
        return start + (end - start) * ((turned - low) / span + shift)

    if positions and len(values) <= 10:
        marks = [float(v) for v in values]
        room = [marks[0]] if marks else []
        for v in marks[1:]:
            if abs(at(v) - at(room[-1])) >= 34:
                room.append(v)
        return at, room
    return at, log_ticks(10**low, 10**high, 6) if log else ticks(low, high)


def _tick(value: float) -> str:
    if float(value).is_integer() and abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}".replace("-", "−")


def _level(
    level: Level, x_at: Callable[[float], float], y_at: Callable[[float], float], clip: tuple[float, float]
) -> tuple[str, float | None]:
    good = [k for k in range(len(level.y)) if math.isfinite(level.y[k])]
    if not good:
        return "", None
    places = [(x_at(float(level.x[k])), y_at(float(level.y[k]))) for k in good]
    xs = [places[0][0] - 20, *(x for x, _ in places[1:-1]), places[-1][0] + 20] if len(places) > 1 else []
    ys = [y for _, y in places]
    if len(places) > 2 and len(set(ys)) > 1:
        xs = [x for x, _ in places]  # a line that bends is not continued beyond its ends
    if not xs:
        xs, ys = [places[0][0] - 40, places[0][0] + 40], [ys[0], ys[0]]
    if len(places) == 2 and ys[0] != ys[1]:
        xs = [x for x, _ in places]
    points = " ".join(f"{x:.1f},{min(max(y, clip[0]), clip[1]):.1f}" for x, y in zip(xs, ys, strict=True))
    kind = "truth" if level.ink < 0 else f"ceiling s-c{level.ink % INKS}"
    if all(not clip[0] - 1 <= y <= clip[1] + 1 for y in ys):
        return "", None
    return element("polyline", points=points, class_=kind), min(max(ys[-1], clip[0]), clip[1])


def _group(
    figure: Trials,
    g: TrialGroup,
    shift: float,
    x_at: Callable[[float], float],
    y_at: Callable[[float], float],
    clip: tuple[float, float],
) -> str:
    ink = f"c{g.ink % INKS}"
    top, bottom = clip
    parts, points = [], []
    for k in range(len(g.x)):
        if not math.isfinite(g.x[k]) or (figure.log_x and g.x[k] <= 0):
            continue
        x = x_at(float(g.x[k])) + shift
        if math.isfinite(g.low[k]) and math.isfinite(g.high[k]):
            a, b = (min(max(y_at(float(v)), top), bottom) for v in (g.low[k], g.high[k]))
            parts.append(element("path", d=f"M{x:.1f} {a:.1f}V{b:.1f}M{x - 3:.1f} {a:.1f}h6M{x - 3:.1f} {b:.1f}h6", class_=f"reach s-{ink}"))  # fmt: skip
        for v in g.single[k]:
            if math.isfinite(v) and top <= y_at(float(v)) <= bottom:
                parts.append(element("circle", cx=x, cy=y_at(float(v)), r=1.5, class_=f"single f-{ink}"))
        if math.isfinite(g.y[k]):
            points.append((x, y_at(float(g.y[k]))))
    if figure.lines and len(points) > 1:
        at = " ".join(f"{x:.1f},{min(max(y, top), bottom):.1f}" for x, y in points)
        parts.insert(0, element("polyline", points=at, class_=f"joined s-{ink}"))
    for x, y in points:
        if top - 1 <= y <= bottom + 1:
            parts.append(mark(x, y, g.ink))
        else:  # off the chart: an arrow at its edge
            up = y < top
            edge, tip = (top, -7) if up else (bottom, 7)
            parts.append(element("polygon", points=f"{x:.1f},{edge + tip * 0.2:.1f} {x - 5:.1f},{edge - tip:.1f} {x + 5:.1f},{edge - tip:.1f}", class_=f"f-{ink}"))  # fmt: skip
    return "".join(parts)


def mark(x: float, y: float, ink: int, size: float = 4.2) -> str:
    """A point whose shape tells the group, as its colour does."""
    kind = f"mark f-c{ink % INKS}"
    s = size
    shapes = {
        1: f"{x:.1f},{y - 1.3 * s:.1f} {x - 1.2 * s:.1f},{y + s:.1f} {x + 1.2 * s:.1f},{y + s:.1f}",
        2: f"{x:.1f},{y + 1.3 * s:.1f} {x - 1.2 * s:.1f},{y - s:.1f} {x + 1.2 * s:.1f},{y - s:.1f}",
        3: f"{x:.1f},{y - 1.4 * s:.1f} {x + 1.4 * s:.1f},{y:.1f} {x:.1f},{y + 1.4 * s:.1f} {x - 1.4 * s:.1f},{y:.1f}",
        5: f"{x - 1.3 * s:.1f},{y:.1f} {x + s:.1f},{y - 1.2 * s:.1f} {x + s:.1f},{y + 1.2 * s:.1f}",
        6: f"{x + 1.3 * s:.1f},{y:.1f} {x - s:.1f},{y - 1.2 * s:.1f} {x - s:.1f},{y + 1.2 * s:.1f}",
    }
    which = ink % INKS
    if which in shapes:
        return element("polygon", points=shapes[which], class_=kind)
    if which == 4:
        return element("rect", x=x - s, y=y - s, width=2 * s, height=2 * s, class_=kind)
    if which == 7:
        d = f"M{x - s:.1f} {y:.1f}h{2 * s:.1f}M{x:.1f} {y - s:.1f}v{2 * s:.1f}"
        return element("path", d=d, class_=f"cross s-c{which}")
    return element("circle", cx=x, cy=y, r=s, class_=kind)


def _names(ends: list[tuple[float, str, str]], clip: tuple[float, float]) -> list[str]:
    """The names at the lines' ends, pushed apart where they would overlap."""
    ends = sorted(ends, key=lambda end: end[0])
    step = min(16.0, (clip[1] - clip[0]) / max(1, len(ends)))
    heights = [height for height, _, _ in ends]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + step)
    if heights and heights[-1] > clip[1]:
        for k in reversed(range(len(heights))):
            heights[k] = min(heights[k], clip[1] - step * (len(heights) - 1 - k))
    start = _WIDTH - _NAMES + 14
    parts = []
    for height, (_, name, sign) in zip(heights, ends, strict=True):
        parts.append(element("g", sign, transform=f"translate({start:.1f} {height:.1f})"))
        parts.append(label(start + 12, height + 4, name, longest=27, class_="name"))
    return parts


def _words(figure: Trials) -> str:
    sentences = []
    for name, xs, ys in (
        *((level.label, level.x, level.y) for level in figure.levels),
        *((group.label, group.x, group.y) for group in figure.groups),
    ):
        good = [k for k in range(len(ys)) if math.isfinite(ys[k])]
        if good:
            first, last = good[0], good[-1]
            sentences.append(
                f"{name[:60]}: {number(float(ys[first]))} at {_tick(float(xs[first]))}, "
                f"{number(float(ys[last]))} at {_tick(float(xs[last]))}"
            )
    return f"{figure.y_label} against {figure.x_label}. " + "; ".join(sentences)
