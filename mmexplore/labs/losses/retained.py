"""Retained: what each of many losses keeps of four bits. Rows are losses, columns the atoms in their colours; a thick bar for the bits
kept, a thin one beneath for what a linear probe reads of them, every seed a dot, and a mark for what theory says. A hollow diamond is the mean of
a second reading of the same loss, a grey bar what its networks kept before training; what is not stable has a dashed frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.plot.figure import Figure, listed
from mmexplore.plot.kinds.panels import grid
from mmexplore.plot.tables import Cell, Table
from mmexplore.plot.text import number, safe, wrapped
from mmexplore.plot.theme import Inks, axis, layout, pattern

_ROW, _HEADING = 34.0, 0.85  # pixels of a row; rows that a heading takes
_DOUBT = 0.5  # bits: on the other side of it the measurement speaks against theory
_BITS, _GLYPH, _END = (
    1.03,
    1.66,
    1.8,
)  # of a column, in bits: where numbers, what theory says, and the column's end stand

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
_GLYPHS = {"kept": "circle", "lost": "circle-open", "ingredients": "diamond-wide", "depends": "circle-dot"}


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
class Retained(Figure):
    """The table.

    Attributes:
        title: what is shown; also the caption.
        rows: from top to bottom.
        layer, other_layer: where the bits are read, and where the diamonds are.
        about, note, source: as in `Figure`.
    """

    title: str
    rows: tuple[Row, ...]
    layer: str = ""
    other_layer: str = ""

    least_width = 760

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """Every column's bars, dots, numbers and marks."""
        places = self._places()
        made = [trace for c in range(len(_COLUMNS)) for trace in self._column(c, places, inks)]
        return [*made, *self._legend(inks)]

    def _column(self, c: int, places: list[float], inks: Inks) -> list[dict[str, Any]]:
        atom, _ = _COLUMNS[c]
        k = {"xaxis": "x" if c == 0 else f"x{c + 1}", "yaxis": "y", "showlegend": False}
        some = [r for r, row in enumerate(self.rows) if row.kept[c]]
        mean = {r: float(np.mean(self.rows[r].kept[c])) for r in some}
        line = {r: float(np.mean(self.rows[r].readable[c])) for r in some if self.rows[r].readable[c]}
        pointed = {r: self._pointed(self.rows[r], c) for r in some}
        wide = {"type": "bar", "orientation": "h", "hoverinfo": "skip", **k}
        text = {
            "type": "scatter",
            "mode": "text",
            "textposition": "middle right",
            "hoverinfo": "skip",
            "cliponaxis": False,
            **k,
        }
        points = {"type": "scatter", "mode": "markers", "hoverinfo": "skip", "cliponaxis": False, **k}
        track = {**wide, "y": listed(places), "x": [1.0] * len(places), "width": 0.44, "offset": -0.28, "marker": {"color": inks.null, "line": {"width": 0}},
                 "hovertext": [pointed.get(r, "not measured yet") for r in range(len(self.rows))], "hoverinfo": "text"}  # fmt: skip
        made: list[dict[str, Any]] = [track]
        if some:
            at = [places[r] for r in some]
            shape = {
                "shape": pattern(atom),
                "fgcolor": inks.paper,
                "fgopacity": 0.55,
                "size": 7,
                "solidity": 0.2,
                "fillmode": "overlay",
            }
            made.append({**wide, "y": listed(at), "x": listed([max(0.012, _in(mean[r])) for r in some]), "width": 0.44, "offset": -0.28,
                         "marker": {"color": inks.fill(atom), "pattern": shape, "line": {"width": 0}}})  # fmt: skip
            made.append({**wide, "y": listed([places[r] for r in line]), "x": listed([max(0.012, _in(v)) for v in line.values()]), "width": 0.12, "offset": 0.22,
                         "marker": {"color": inks.line(atom), "line": {"width": 0}}})  # fmt: skip
            made.append({**text, "y": listed([v - 0.06 for v in at]), "x": [_BITS] * len(at), "text": [f"<b>{mean[r]:.2f}</b>" for r in some],
                         "textfont": {"size": 13, "color": inks.ink}})  # fmt: skip
            made.append({**text, "y": listed([places[r] + 0.3 for r in line]), "x": [_BITS] * len(line), "text": [f"{v:.2f}" for v in line.values()],
                         "textfont": {"size": 12, "color": inks.line(atom)}})  # fmt: skip
            spread: tuple[list[Any], list[Any]] = ([], [])
            for r in some:
                if len(self.rows[r].kept[c]) > 1:
                    spread[0].extend((_in(min(self.rows[r].kept[c])), _in(max(self.rows[r].kept[c])), None))
                    spread[1].extend((places[r] - 0.06, places[r] - 0.06, None))
            made.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": spread[0],
                    "y": spread[1],
                    "hoverinfo": "skip",
                    "line": {"width": 1.2, "color": inks.ink},
                    **k,
                }
            )
            seeds = [(r, v) for r in some for v in self.rows[r].kept[c]]
            made.append({**points, "x": listed([_in(v) for _, v in seeds]), "y": listed([places[r] - 0.06 for r, _ in seeds]),
                         "marker": {"size": 5.5, "color": inks.paper, "line": {"width": 1.1, "color": inks.ink}}})  # fmt: skip
        for values, marker in (
            (
                "untrained",
                {"symbol": "line-ns-open", "size": 16, "color": inks.muted, "line": {"width": 3, "color": inks.muted}},
            ),
            (
                "other",
                {
                    "symbol": "diamond",
                    "size": 11,
                    "color": inks.paper,
                    "line": {"width": 1.8, "color": inks.line(atom)},
                },
            ),
        ):
            shown = [(r, v) for r in some if (v := _at(getattr(self.rows[r], values), c)) is not None]
            if shown:
                made.append({**points, "x": listed([_in(v) for _, v in shown]), "y": listed([places[r] - 0.06 for r, _ in shown]), "marker": marker})  # fmt: skip
        said = [
            pointed.get(r) or f"<b>{wrapped(row.label, 50)}</b><br>{safe(_THEORY.get(row.theory[c], row.theory[c]))}"
            for r, row in enumerate(self.rows)
        ]
        made.append({**points, "x": [_GLYPH] * len(places), "y": listed([v - 0.06 for v in places]), "hovertext": said, "hoverinfo": "text",
                     "marker": {"symbol": [_GLYPHS.get(row.theory[c], "circle-dot") for row in self.rows], "size": 9, "color": inks.muted, "line": {"width": 1.4, "color": inks.muted}}})  # fmt: skip
        odd = [r for r in some if _against(self.rows[r].theory[c], mean[r], line.get(r, math.nan))]
        made.append({**points, "x": [_GLYPH] * len(odd), "y": listed([places[r] - 0.06 for r in odd]),
                     "marker": {"symbol": "circle-open", "size": 17, "color": inks.doubt, "line": {"width": 2, "color": inks.doubt}}})  # fmt: skip
        return made

    def _legend(self, inks: Inks) -> list[dict[str, Any]]:
        """What the marks mean: entries without points."""
        grey = {"color": inks.muted, "size": 9, "line": {"width": 1.4, "color": inks.muted}}
        doubt = {"symbol": "circle-open", "size": 14, "color": inks.doubt, "line": {"width": 2, "color": inks.doubt}}
        entries: list[tuple[str, dict[str, Any]]] = [
            ("theory: kept", {**grey, "symbol": _GLYPHS["kept"]}),
            ("its parts only", {**grey, "symbol": _GLYPHS["ingredients"]}),
            ("lost", {**grey, "symbol": _GLYPHS["lost"]}),
            ("depends", {**grey, "symbol": _GLYPHS["depends"]}),
            ("measured otherwise", doubt),
            ("a seed", {"size": 6, "color": inks.paper, "line": {"width": 1.1, "color": inks.ink}}),
            ("thick: bits kept; thin: linearly readable", {"symbol": "square", "size": 10, "color": inks.plain}),
        ]
        if self.other_layer:
            hollow = {"symbol": "diamond", "size": 10, "color": inks.paper, "line": {"width": 1.8, "color": inks.plain}}
            entries.append((f"{self.other_layer} (bars: {self.layer})", hollow))
            entries.append(
                ("before training", {"symbol": "line-ns-open", "size": 13, "color": inks.muted, "line": {"width": 3}})
            )
        if any(any(row.unstable) for row in self.rows):
            entries.append(("dashed frame: not stable", {**doubt, "symbol": "square-open", "size": 12}))
        shared = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip"}
        return [{**shared, "name": wrapped(name, 44, 1), "marker": marker} for name, marker in entries]

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Four columns side by side; on a phone two and two beneath is not to be had, so the names are short."""
        places = self._places()
        last = (places[-1] if places else 0.0) + 0.7
        high = _ROW * (last + 1.1)
        panels = grid(len(_COLUMNS), len(_COLUMNS), high, above=28.0, below=34.0, apart=0.012)
        legend = 26.0 * (8 if narrow else 3)
        made = layout(
            inks,
            panels.height + legend,
            narrow=narrow,
            legend=True,
            hovermode="closest",
            barmode="overlay",
            annotations=[],
            shapes=[],
        )
        made["legend"] |= {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        }
        names = [wrapped(row.label, 13 if narrow else 32, 2 if narrow else 1) for row in self.rows]
        made["yaxis"] = axis(inks, tickvals=listed(places), ticktext=names, range=[last, -1.0], showgrid=False, fixedrange=True,
                             tickfont={"size": 12 + (not narrow), "color": inks.ink})  # fmt: skip
        for c, (place, (atom, title)) in enumerate(zip(panels.panels, _COLUMNS, strict=True)):
            k = "" if c == 0 else str(c + 1)
            ticks = (
                {"tickvals": [0, 1], "ticktext": ["0", "1"]}
                if narrow
                else {"tickvals": [0, 0.5, 1], "ticktext": ["0", "½", "1 bit"]}
            )
            made[f"xaxis{k}"] = axis(inks, domain=place.x, anchor="y", range=[-0.03, _END], fixedrange=True, **ticks)
            head = place.heading(f"<b>{safe(title)}</b>", inks)
            made["annotations"].append(
                {**head, "x": place.x[0], "xanchor": "left", "font": {"size": 13, "color": inks.line(atom)}}
            )
            frames = [r for r, row in enumerate(self.rows) if row.unstable and row.unstable[c] and row.kept[c]]
            made["shapes"] += [
                {"type": "rect", "xref": f"x{k}", "yref": "y", "x0": -0.02, "x1": 1.02, "y0": places[r] - 0.36, "y1": places[r] + 0.42,
                 "line": {"color": inks.doubt, "width": 1.5, "dash": "3px,2px"}}
                for r in frames
            ]  # fmt: skip
        for row, y in zip(self.rows, places, strict=True):
            if row.heading:
                made["annotations"].append({"text": safe(row.heading), "xref": "paper", "x": 0, "yref": "y", "y": y - 0.78, "xanchor": "left", "showarrow": False,
                                            "font": {"size": 12, "color": inks.muted}})  # fmt: skip
        return made

    def table(self) -> Table:
        """Every loss with all that is drawn of it, and the seconds it took."""
        columns = ["loss"]
        for _, title in _COLUMNS:
            columns += [f"{title}, bits kept (mean, least, most)", f"{title}, linearly readable", f"{title}, theory"]
            if self.other_layer:
                columns += [f"{title}, {self.other_layer}", f"{title}, before training", f"{title}, not stable"]
        rows: list[tuple[Cell, ...]] = []
        for row in self.rows:
            cells: list[Cell] = [row.label]
            for c, (retained, readable, theory) in enumerate(zip(row.kept, row.readable, row.theory, strict=True)):
                cells.append((float(np.mean(retained)), min(retained), max(retained)) if retained else None)
                cells.append(float(np.mean(readable)) if readable else None)
                cells.append(theory)
                if self.other_layer:
                    cells += [_at(row.other, c), _at(row.untrained, c), row.unstable[c] if row.unstable else ""]
            rows.append((*cells, row.seconds if math.isfinite(row.seconds) else None))
        return Table((*columns, "seconds"), tuple(rows), self.title)

    def words(self) -> str:
        """The means of what has been measured."""
        said = []
        for row in self.rows:
            cells = [
                f"{title.lower()} {number(float(np.mean(values)), 2)}"
                for (_, title), values in zip(_COLUMNS, row.kept, strict=True)
                if values
            ]
            if cells:
                said.append(f"{row.label}: {', '.join(cells)}")
        return f"Bits of 1 kept, means over seeds. {'; '.join(said)}" if said else "Nothing has been measured yet."

    def _places(self) -> list[float]:
        """Where each row stands, in rows from the top; a heading takes room."""
        at, places = 0.0, []
        for row in self.rows:
            at += _HEADING if row.heading else 0.0
            places.append(at)
            at += 1.0
        return places

    def _pointed(self, row: Row, c: int) -> str:
        """What is said on pointing at a cell."""
        theory, mean = row.theory[c], float(np.mean(row.kept[c]))
        line = float(np.mean(row.readable[c])) if row.readable[c] else math.nan
        lines = [
            f"<b>{wrapped(row.label, 50)}</b>, {safe(_COLUMNS[c][1].lower())}",
            f"{number(mean, 2)} bits kept ({', '.join(f'{v:.2f}' for v in row.kept[c])})",
            f"linearly readable {number(line, 2)}",
        ]
        other, untrained = _at(row.other, c), _at(row.untrained, c)
        if other is not None:
            lines.append(f"{safe(self.other_layer)} {number(other, 2)}")
        if untrained is not None:
            lines.append(f"before training {number(untrained, 2)}")
        odd = "; measured otherwise" if _against(theory, mean, line) else ""
        lines.append(wrapped(_THEORY.get(theory, theory) + odd, 60, 3))
        if row.unstable and row.unstable[c]:
            lines.append(wrapped(f"not stable: {row.unstable[c]}", 60, 4))
        if math.isfinite(row.seconds):
            lines.append(f"trained in {row.seconds:.0f} s")
        return "<br>".join([*lines, *([wrapped(row.words, 60, 5)] if row.words else [])])


def _against(theory: str, mean: float, line: float) -> bool:
    """Whether the measurement speaks against theory."""
    if theory == "kept":
        return mean < _DOUBT
    if theory == "lost":
        return mean > _DOUBT
    return theory == "ingredients" and (mean < _DOUBT or line > _DOUBT)


def _at(values: tuple[float, ...], c: int) -> float | None:
    return float(values[c]) if values and math.isfinite(values[c]) else None


def _in(value: float) -> float:
    return min(max(value, 0.0), 1.0)
