"""Bars with intervals and the bands of chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from mmexplore.plot.figure import Figure, finite, listed
from mmexplore.plot.tables import Cell, Number, Table, interval
from mmexplore.plot.text import number, safe, short, wrapped
from mmexplore.plot.theme import CLEAR, Inks, axis, layout, named, pattern

Atom = Literal["R", "U1", "U2", "S", ""]

_ROW, _ENDS = 40.0, 62.0  # pixels: of a bar, and of what stands above and below all


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        label: what it is.
        value: its length.
        atom: the atom whose colour and pattern it has; none for a plain one.
        low, high: interval.
        null_low, null_high, null_mean: where chance alone puts it.
        p_value: chance of as much under the null.
        words: what the value means, in a sentence; shown on pointing at the bar.
    """

    label: str
    value: float
    atom: Atom = ""
    low: Number = None
    high: Number = None
    null_low: Number = None
    null_high: Number = None
    null_mean: Number = None
    p_value: Number = None
    words: str = ""


@dataclass(frozen=True)
class Bars(Figure):
    """Bars with intervals and null bands.

    Attributes:
        title: what is shown; also the caption.
        bars: from top to bottom.
        unit: of the values.
        about, note, source: as in `Figure`.
    """

    title: str
    bars: tuple[Bar, ...]
    unit: str = "bit"

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """Bands of chance, bars with their intervals, and the numbers at their ends."""
        rows = list(range(len(self.bars)))
        banded = [k for k, b in enumerate(self.bars) if interval(b.null_low, b.null_high) is not None]
        bands = [(float(self.bars[k].null_low or 0.0), float(self.bars[k].null_high or 0.0)) for k in banded]
        made: list[dict[str, Any]] = []
        if bands:
            made.append(
                {
                    "type": "bar", "orientation": "h", "y": banded, "base": listed([low for low, _ in bands]),
                    "x": listed([max(high - low, 1e-9) for low, high in bands]), "width": 0.84,
                    "marker": {"color": inks.null, "pattern": {"shape": "/", "fgcolor": inks.muted, "fgopacity": 0.5, "size": 6, "solidity": 0.2, "fillmode": "overlay"}, "line": {"width": 0}},
                    "hovertext": [f"chance alone: {short(low)} to {short(high)} {safe(self.unit)}" for low, high in bands],
                    "hoverinfo": "text", "showlegend": False,
                }
            )  # fmt: skip
        made.append(
            {
                "type": "bar", "orientation": "h", "y": rows, "x": listed([b.value for b in self.bars]), "width": 0.56,
                "marker": {
                    "color": [inks.fill(b.atom) for b in self.bars],
                    # Plotly puts each bar's own colour behind its pattern; without a ground that is no list it warns
                    "pattern": {"shape": [pattern(b.atom) for b in self.bars], "bgcolor": inks.paper, "fgcolor": inks.paper, "fgopacity": 0.55, "size": 7, "solidity": 0.2, "fillmode": "overlay"},
                    "line": {"width": 0},
                },
                "hovertext": [self._pointed(b) for b in self.bars], "hoverinfo": "text", "showlegend": False,
            }
        )  # fmt: skip
        ends = [
            (k, b.value, float(b.low), float(b.high))
            for k, b in enumerate(self.bars)
            if b.low is not None and b.high is not None
        ]
        if ends:
            reach = {
                "array": listed([high - value for _, value, _, high in ends]),
                "arrayminus": listed([value - low for _, value, low, _ in ends]),
            }
            made.append(
                {
                    "type": "scatter", "mode": "markers", "y": [k for k, *_ in ends], "x": listed([value for _, value, *_ in ends]), "marker": {"size": 0.1, "color": inks.ink},
                    "error_x": {"type": "data", "symmetric": False, "color": inks.ink, "thickness": 1.6, "width": 5, **reach}, "hoverinfo": "skip", "showlegend": False,
                }
            )  # fmt: skip
        made.append(
            {
                "type": "scatter", "mode": "text", "y": rows, "x": listed([self._end(b) for b in self.bars]),
                "text": [f" <b>{self._written(b.value)}</b>" for b in self.bars], "textposition": "middle right",
                "textfont": {"color": inks.ink, "size": 13}, "cliponaxis": False, "hoverinfo": "skip", "showlegend": False,
            }
        )  # fmt: skip
        return made

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Names at the left, the unit below."""
        every = finite(v for b in self.bars for v in (b.value, b.low, b.high, b.null_low, b.null_high))
        low, high = min(0.0, *every, 0.0), max(0.0, *every, 1e-9)
        span = high - low
        names = [wrapped(b.label, 17 if narrow else 34, 3 if narrow else 2) for b in self.bars]
        side = axis(inks, tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.4, -0.6], showgrid=False,
                    tickfont={"color": inks.ink, "size": 13}, fixedrange=True)  # fmt: skip
        foot = axis(inks, range=[low - 0.02 * span * (low < 0), high + (0.24 if narrow else 0.13) * span],
                    title=named(safe(self.unit), inks), zeroline=True, zerolinewidth=1, nticks=4 if narrow else 7)  # fmt: skip
        height = _ENDS + (_ROW + 14 * narrow) * len(self.bars)
        return layout(
            inks,
            height,
            narrow=narrow,
            xaxis=foot,
            yaxis=side,
            barmode="overlay",
            hovermode="closest",
            plot_bgcolor=CLEAR,
        )

    def table(self) -> Table:
        """What, how much, its interval, and what chance gives."""
        columns: list[tuple[str, list[Cell]]] = [
            ("what", [bar.label for bar in self.bars]),
            (self.unit, [bar.value for bar in self.bars]),
            ("interval", [interval(bar.low, bar.high) for bar in self.bars]),
            ("chance alone", [interval(bar.null_low, bar.null_high) for bar in self.bars]),
            ("mean of chance", [bar.null_mean for bar in self.bars]),
            ("p", [bar.p_value for bar in self.bars]),
        ]
        filled = [
            (name, cells) for k, (name, cells) in enumerate(columns) if k < 2 or any(c is not None for c in cells)
        ]
        rows = tuple(zip(*(cells for _, cells in filled), strict=True))
        return Table(tuple(name for name, _ in filled), rows, self.title)

    def words(self) -> str:
        """Every bar and its value."""
        said = []
        for bar in self.bars[:40]:
            sentence = f"{bar.label[:60]} {number(bar.value)} {self.unit}"
            if bar.low is not None:
                sentence += f" (interval {number(bar.low)} to {number(bar.high)})"
            said.append(sentence)
        return "; ".join(said)

    def _pointed(self, bar: Bar) -> str:
        """What is said on pointing at a bar."""
        unit = safe(self.unit)
        lines = [f"<b>{wrapped(bar.label, 60)}</b>", f"{short(bar.value)} {unit}"]
        if bar.low is not None:
            lines.append(f"interval {short(bar.low)} to {short(bar.high)} {unit}")
        if bar.null_low is not None:
            lines.append(f"chance alone {short(bar.null_low)} to {short(bar.null_high)} {unit}")
        if bar.p_value is not None:
            lines.append(f"p = {short(bar.p_value)}")
        lines += [wrapped(text, 60, 4) for text in (bar.words, self.source) if text]
        return "<br>".join(lines)

    def _written(self, value: float) -> str:
        """A value at the end of its bar: three decimals, or three digits where all values are small."""
        most = max(map(abs, finite(b.value for b in self.bars)), default=0.0)
        if not math.isfinite(value) or most < 0.1 or most >= 1000:
            return number(value, 3)
        return f"{value:.3f}".replace("-", "−") if abs(value) >= 5e-4 else "0.000"

    @staticmethod
    def _end(bar: Bar) -> float:
        return max([0.0, *finite([bar.value, bar.high, bar.null_high])])
