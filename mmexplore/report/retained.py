"""Retained: what each of many losses keeps of four bits. Rows are losses, columns the atoms in their colours; a thick bar for the bits
kept, a thin one beneath for what a linear probe reads of them, every seed a dot, and a mark for what theory says. A hollow diamond is the mean of
a second reading of the same loss, a grey bar what its networks kept before training; what is not stable has a dashed frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.report.content import Cell, Table
from mmexplore.report.svg import element, image, label, number, patterns, text

_WIDTH = 1000.0
_NAMES, _SECONDS = 214.0, 54.0
_ROW, _HEADING, _TOP = 34.0, 27.0, 62.0
_TRACK = 0.62  # of a column's width
_DOUBT = 0.5  # bits: on the other side of it the measurement speaks against theory

# what a column is called in the runs -> its atom, its title
ATOM_OF = {
    "shared": ("R", "Shared"),
    "unique1": ("U1", "Unique 1"),
    "unique2": ("U2", "Unique 2"),
    "synergy": ("S", "Synergy"),
}
_COLUMNS = tuple(ATOM_OF.values())
_THEORY = {
    "kept": "theory: kept",
    "lost": "theory: lost",
    "ingredients": "theory: its parts are kept, but a linear probe does not read it",
    "depends": "theory: depends on weights, width or the seed",
}


@dataclass(frozen=True)
class Row:
    """One loss.

    Attributes:
        label: its name.
        kept, readable: for each of the four columns one value a seed; empty where it has not been measured yet.
        theory: kept, lost, ingredients or depends for each column.
        seconds: what it took; nan while it is not done.
        heading: written above the row ("" for none).
        words: shown on pointing at the name.
        muted: for what is a reference and no contestant.
        other: for each column the mean bits kept at the other layer; () where both are one.
        untrained: for each column the bits kept before training; () where there are none.
        unstable: for each column why it is not to be relied on, "" where nothing speaks against it; () for nothing at all.
    """

    label: str
    kept: tuple[tuple[float, ...], ...]
    readable: tuple[tuple[float, ...], ...]
    theory: tuple[str, ...]
    seconds: float = math.nan
    heading: str = ""
    words: str = ""
    muted: bool = False
    other: tuple[float, ...] = ()
    untrained: tuple[float, ...] = ()
    unstable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Retained:
    """The table.

    Attributes:
        title: what is shown; also the caption.
        rows: from top to bottom.
        layer, other_layer: where the bits are read, and where the diamonds are.
        about, note: in words.
    """

    title: str
    rows: tuple[Row, ...]
    layer: str = ""
    other_layer: str = ""
    about: str = ""
    note: str = ""


def draw_retained(figure: Retained, uid: str) -> str:
    """The figure as one SVG element."""
    wide = (_WIDTH - _NAMES - _SECONDS) / len(_COLUMNS)
    starts = [_NAMES + wide * c for c in range(len(_COLUMNS))]
    headings = sum(bool(row.heading) for row in figure.rows)
    bottom = _TOP + _ROW * len(figure.rows) + _HEADING * headings
    parts = [patterns(uid)]
    for start, (atom, title) in zip(starts, _COLUMNS, strict=True):
        parts.append(element("rect", x=start, y=8, width=14, height=14, rx=3, fill=f"url(#{uid}-{atom})"))
        parts.append(label(start + 21, 20, title, class_=f"head i-{atom}"))
        for share, name in ((0.0, "0"), (0.5, "½"), (1.0, "1 bit")):
            x = start + wide * _TRACK * share
            parts.append(element("line", x1=x, x2=x, y1=_TOP - 12, y2=bottom + 2, class_="grid"))
            parts.append(label(x, _TOP - 20, name, class_="tick", text_anchor="middle"))
    parts.append(label(_WIDTH - 4, 20, "seconds", class_="tick", text_anchor="end"))
    y = _TOP
    for row in figure.rows:
        if row.heading:
            parts.append(element("line", x1=0, x2=_WIDTH, y1=y + 3, y2=y + 3, class_="grid"))
            parts.append(label(0, y + 20, row.heading, class_="muted"))
            y += _HEADING
        parts.append(_row(row, uid, starts, wide, y, figure.other_layer))
        y += _ROW
    parts.append(_legend(bottom + 26, figure))
    about = figure.about or _words(figure)
    return image(_WIDTH, bottom + (70 if figure.other_layer else 46), figure.title, about, uid, parts)


def _row(row: Row, uid: str, starts: list[float], wide: float, y: float, other_layer: str) -> str:
    name = label(8, y + 19, row.label, longest=32, class_="muted" if row.muted else "name")
    parts = [element("g", element("title", text(row.words, 1000)) + name) if row.words else name]
    for c, start in enumerate(starts):
        parts.append(_cell(row, c, uid, start, wide, y, other_layer))
    seconds = f"{row.seconds:.0f}" if math.isfinite(row.seconds) else ""
    parts.append(label(_WIDTH - 4, y + 19, seconds, class_="tick", text_anchor="end"))
    return "".join(parts)


def _cell(row: Row, c: int, uid: str, start: float, wide: float, y: float, other_layer: str) -> str:
    atom, title = _COLUMNS[c]
    length = wide * _TRACK
    retained, readable = row.kept[c], row.readable[c]
    parts = [element("rect", x=start, y=y + 6, width=length, height=15, rx=2.5, class_="null")]
    theory = row.theory[c]
    if not retained:
        parts.append(label(start + length + 8, y + 18, "·", class_="tick"))
        return "".join(parts) + _glyph(start + wide - 22, y + 13.5, theory, False)
    mean = float(np.mean(retained))
    line = float(np.mean(readable)) if readable else math.nan
    parts.append(
        element(
            "rect", x=start, y=y + 6, width=max(1.2, length * _in(mean)), height=15, rx=2.5, fill=f"url(#{uid}-{atom})"
        )
    )
    if math.isfinite(line):
        parts.append(
            element("rect", x=start, y=y + 23, width=max(1.2, length * _in(line)), height=4, rx=1.5, class_=f"i-{atom}")
        )
    if len(retained) > 1:
        reach = [start + length * _in(v) for v in (min(retained), max(retained))]
        parts.append(element("line", x1=reach[0], x2=reach[1], y1=y + 13.5, y2=y + 13.5, class_="span"))
    parts += [element("circle", cx=start + length * _in(v), cy=y + 13.5, r=2.7, class_="seed") for v in retained]
    parts.append(label(start + length + 8, y + 17.5, f"{mean:.2f}", class_="bits"))
    if math.isfinite(line):
        parts.append(label(start + length + 8, y + 29, f"{line:.2f}", class_=f"line-bits i-{atom}"))
    untrained, other = _at(row.untrained, c), _at(row.other, c)
    if untrained is not None:
        x = start + length * _in(untrained)
        parts.append(element("line", x1=x, x2=x, y1=y + 3, y2=y + 24, class_="start"))
    if other is not None:
        x, to = start + length * _in(other), start + length * _in(mean)
        parts.append(element("line", x1=to, x2=x, y1=y + 13.5, y2=y + 13.5, class_="between"))
        diamond = f"M{x:.1f} {y + 8:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"
        parts.append(element("path", d=diamond, class_=f"hollow s-{atom}"))
    unstable = row.unstable[c] if row.unstable else ""
    if unstable:
        parts.append(element("rect", x=start - 3, y=y + 2.5, width=length + 6, height=26, rx=3, class_="unstable"))
    odd = (theory == "kept" and mean < _DOUBT) or (theory == "lost" and mean > _DOUBT)
    odd = odd or (theory == "ingredients" and (mean < _DOUBT or line > _DOUBT))
    tooltip = (
        f"{row.label}, {title.lower()}: {number(mean, 2)} bits kept ({', '.join(f'{v:.2f}' for v in retained)}), "
        f"linearly readable {number(line, 2)}"
        f"{'' if other is None else f'; {other_layer} {number(other, 2)}'}"
        f"{'' if untrained is None else f'; before training {number(untrained, 2)}'}"
        f"; {_THEORY.get(theory, theory)}{'; measured otherwise' if odd else ''}{f'; not stable: {unstable}' if unstable else ''}"
    )
    return element(
        "g", element("title", text(tooltip)) + "".join(parts) + _glyph(start + wide - 22, y + 13.5, theory, odd)
    )


def _at(values: tuple[float, ...], c: int) -> float | None:
    return float(values[c]) if values and math.isfinite(values[c]) else None


def _in(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _glyph(x: float, y: float, theory: str, odd: bool) -> str:
    """Full: kept; empty: lost; half: its parts; dashed: depends. A second ring where the measurement speaks against it."""
    parts = []
    if theory == "kept":
        parts.append(element("circle", cx=x, cy=y, r=4.5, class_="glyph"))
    elif theory == "ingredients":
        parts.append(element("path", d=f"M{x:.1f} {y - 4.5:.1f}a4.5 4.5 0 0 0 0 9z", class_="glyph"))
        parts.append(element("circle", cx=x, cy=y, r=4.5, class_="ring"))
    else:
        dash = "2 2.2" if theory == "depends" else None
        parts.append(element("circle", cx=x, cy=y, r=4.5, class_="ring", stroke_dasharray=dash))
    if odd:
        parts.append(element("circle", cx=x, cy=y, r=8, class_="odd"))
    return "".join(parts)


def _legend(y: float, figure: Retained) -> str:
    parts = []
    x = 8.0
    for theory, words in (
        ("kept", "theory: kept"),
        ("ingredients", "its parts only"),
        ("lost", "lost"),
        ("depends", "depends"),
    ):
        parts.append(_glyph(x, y - 4, theory, False) + label(x + 12, y, words, class_="muted"))
        x += 32 + 6.4 * len(words)
    parts.append(element("circle", cx=x + 3, cy=y - 4, r=8, class_="odd"))
    parts.append(label(x + 18, y, "measured otherwise", class_="muted"))
    x += 168
    parts.append(element("circle", cx=x, cy=y - 4, r=2.7, class_="seed") + label(x + 10, y, "a seed", class_="muted"))
    parts.append(element("rect", x=x + 72, y=y - 12, width=22, height=11, rx=2.5, class_="plain"))
    parts.append(label(x + 101, y, "bits kept", class_="muted"))
    parts.append(element("rect", x=x + 172, y=y - 7, width=22, height=4, rx=1.5, class_="plain"))
    parts.append(label(x + 201, y, "linearly readable", class_="muted"))
    if figure.other_layer:
        y += 24
        parts.append(element("path", d=f"M8 {y - 9:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", class_="hollow s-plain"))
        parts.append(label(20, y, f"{figure.other_layer} (bars: {figure.layer})", class_="muted"))
        x = 52 + 6.4 * len(f"{figure.other_layer} (bars: {figure.layer})")
        parts.append(element("line", x1=x, x2=x, y1=y - 12, y2=y + 4, class_="start"))
        parts.append(label(x + 10, y, "the same networks before training", class_="muted"))
        x += 240
        parts.append(element("rect", x=x, y=y - 13, width=24, height=17, rx=3, class_="unstable"))
        parts.append(label(x + 32, y, "not stable: point at it", class_="muted"))
    return "".join(parts)


def _words(figure: Retained) -> str:
    sentences = []
    for row in figure.rows:
        cells = [
            f"{title.lower()} {number(float(np.mean(values)), 2)}"
            for (_, title), values in zip(_COLUMNS, row.kept, strict=True)
            if values
        ]
        if cells:
            sentences.append(f"{row.label}: {', '.join(cells)}")
    return (
        f"Bits of 1 kept, means over seeds. {'; '.join(sentences)}" if sentences else "Nothing has been measured yet."
    )


def retained_table(figure: Retained) -> Table:
    """The numbers of the figure."""
    columns = ["loss"]
    for _, title in _COLUMNS:
        columns += [f"{title}, bits kept (mean, least, most)", f"{title}, linearly readable", f"{title}, theory"]
        if figure.other_layer:
            columns += [f"{title}, {figure.other_layer}", f"{title}, before training", f"{title}, not stable"]
    rows: list[tuple[Cell, ...]] = []
    for row in figure.rows:
        cells: list[Cell] = [row.label]
        for c, (retained, readable, theory) in enumerate(zip(row.kept, row.readable, row.theory, strict=True)):
            cells.append((float(np.mean(retained)), min(retained), max(retained)) if retained else None)
            cells.append(float(np.mean(readable)) if readable else None)
            cells.append(theory)
            if figure.other_layer:
                cells += [_at(row.other, c), _at(row.untrained, c), row.unstable[c] if row.unstable else ""]
        rows.append((*cells, row.seconds if math.isfinite(row.seconds) else None))
    return Table((*columns, "seconds"), tuple(rows), figure.title)
