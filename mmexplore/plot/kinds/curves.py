"""Lines over one axis, with bands."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.plot.figure import Figure, finite, listed
from mmexplore.plot.kinds.bars import Atom
from mmexplore.plot.tables import Cell, Number, Table
from mmexplore.plot.text import number, safe, wrapped
from mmexplore.plot.theme import Inks, axis, dash, layout, mark, named

_MARKED = 40  # a line of more points than this has no markers
_NAMED = 12  # places, if there are no more, all have a tick
_HEIGHT = 360.0


@dataclass(frozen=True)
class Series:
    """One line, with a band if it has one.

    Attributes:
        label: what it is.
        y: values, shape (k,); nan leaves a gap.
        atom: the atom whose colour and dashes it has.
        low, high: band, shape (k,).
        faint: drawn thin and grey-dashed, for nulls and references.
        second: a second reading of what has the same hue: in its colour, dotted.
        hue: place in the palette of what is no atom (methods, runs); None for a plain grey line.
    """

    label: str
    y: np.ndarray
    atom: Atom = ""
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    faint: bool = False
    hue: int | None = None
    second: bool = False


@dataclass(frozen=True)
class Curves(Figure):
    """Lines over one axis.

    Attributes:
        title: what is shown; also the caption.
        x: positions, rising, shape (k,).
        series: the lines.
        x_label, y_label: of the axes, with units.
        log: whether the x axis is logarithmic.
        x_texts: names of the positions, where they are no numbers.
        low: where the y axis begins; None: at 0, or below it.
        about, note, source: as in `Figure`.
    """

    title: str
    x: np.ndarray
    series: tuple[Series, ...]
    x_label: str
    y_label: str = "bit"
    log: bool = False
    x_texts: tuple[str, ...] = ()
    low: Number = None

    def __post_init__(self) -> None:
        for s in self.series:
            for array in (s.y, s.low, s.high):
                if array is not None and np.shape(array) != np.shape(self.x):
                    raise BadData(
                        f"{s.label[:60]!r} has shape {np.shape(array)}; allowed: that of x, {np.shape(self.x)}"
                    )
        if self.log and len(self.x) and not np.min(self.x) > 0:
            raise BadData(f"x holds {np.min(self.x):g}; allowed on a log axis: above 0")

    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """Bands first, so that no line lies beneath one."""
        places = listed(self.x)
        bands = [self._band(s, k, inks) for k, s in enumerate(self.series) if s.low is not None and s.high is not None]
        return [*bands, *(self._line(s, k, places, inks) for k, s in enumerate(self.series))]

    def _band(self, s: Series, k: int, inks: Inks) -> dict[str, Any]:
        assert s.low is not None and s.high is not None
        low, high = np.asarray(s.low, dtype=float), np.asarray(s.high, dtype=float)
        x: list[float] = []
        y: list[float] = []
        for run in _stretches(low + high):  # there and back, with a gap before the next one
            x += [*self.x[run], *self.x[run[::-1]], math.nan]
            y += [*high[run], *low[run[::-1]], math.nan]
        return {
            "type": "scatter", "mode": "lines", "x": listed(x), "y": listed(y), "fill": "toself", "line": {"width": 0, "color": inks.line(s.atom, s.hue)},
            "fillcolor": inks.band(s.atom, s.hue), "hoverinfo": "skip", "showlegend": False, "legendgroup": f"s{k}",
        }  # fmt: skip

    def _line(self, s: Series, k: int, places: list[Any], inks: Inks) -> dict[str, Any]:
        marked = not s.faint and not s.second and len(self.x) <= _MARKED
        colour = inks.muted if s.faint else inks.line(s.atom, s.hue)
        dashes = "4px,4px" if s.faint else "1.5px,3.5px" if s.second else dash(s.atom, s.hue)
        value = f"%{{y:.4~g}} {_unit(self.y_label)}"
        made: dict[str, Any] = {
            "type": "scatter", "mode": "lines+markers" if marked else "lines", "x": places, "y": listed(s.y), "name": wrapped(s.label, 28),
            "line": {"color": colour, "width": 1.4 if s.faint else 2.2, "dash": dashes}, "legendgroup": f"s{k}", "connectgaps": False,
        }  # fmt: skip
        if marked:
            made["marker"] = {"symbol": mark(s.atom, s.hue), "size": 7, "color": colour}
        if s.low is not None and s.high is not None:
            made["customdata"] = listed(np.stack([s.low, s.high], axis=-1))
            value += " (%{customdata[0]:.4~g} to %{customdata[1]:.4~g})"
        return {**made, "hovertemplate": value}

    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """A crosshair that reads all lines at once."""
        every = [v for s in self.series for a in (s.y, s.low, s.high) if a is not None for v in finite(np.ravel(a))]
        low = min([0.0 if self.low is None else self.low, *every])
        high = max([1e-9, *every])
        edge = 0.04 * (high - low)
        spikes = {
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikedash": "3px,3px",
            "spikecolor": inks.muted,
        }
        foot = axis(inks, title=named(wrapped(self.x_label, 40 if narrow else 90), inks), showgrid=False, showline=True,
                    type="log" if self.log else "linear", unifiedhovertitle={"text": f"<b>{safe(self.x_label, 60)}: %{{x}}</b>"}, **spikes)  # fmt: skip
        if self.x_texts or len(self.x) <= _NAMED - 5 * narrow:
            foot["tickvals"] = listed(self.x)
            foot["ticktext"] = [safe(t, 20) for t in self.x_texts] or [position(float(v)) for v in self.x]
        elif self.log:
            foot["dtick"] = "D2" if len(self.x) and np.max(self.x) < 100 * np.min(self.x) else 1
        side = axis(
            inks,
            title=named(wrapped(self.y_label, 34), inks),
            range=[low - edge * (low < 0), high + edge],
            zeroline=True,
        )
        many = len(self.series)
        return layout(
            inks,
            _HEIGHT - 40 * narrow + (19 * many + 20) * (narrow and many > 1),
            narrow=narrow,
            legend=many > 1,
            xaxis=foot,
            yaxis=side,
            hovermode="x unified",
        )

    def table(self) -> Table:
        """One row a position, one column a line."""
        names = [self.x_label]
        columns: list[list[Cell]] = [
            list(self.x_texts) if self.x_texts else [int(v) if float(v).is_integer() else float(v) for v in self.x]
        ]
        for s in self.series:
            names.append(s.label)
            if s.low is not None and s.high is not None:
                columns.append([(float(v), float(a), float(b)) for v, a, b in zip(s.y, s.low, s.high, strict=True)])
            else:
                columns.append([float(v) for v in s.y])
        return Table(tuple(names), tuple(zip(*columns, strict=True)), self.title)

    def words(self) -> str:
        """Where every line begins and ends."""
        said = []
        for s in self.series[:20]:
            good = [k for k in range(len(s.y)) if math.isfinite(s.y[k])]
            if good:
                first, last = good[0], good[-1]
                said.append(
                    f"{s.label[:60]}: {number(float(s.y[first]))} at {position(float(self.x[first]))}, "
                    f"{number(float(s.y[last]))} at {position(float(self.x[last]))}"
                )
        return f"{self.y_label} against {self.x_label}. " + "; ".join(said)


def position(value: float) -> str:
    """A place on an axis, in its shortest form."""
    return f"{value:,.0f}".replace("-", "−") if float(value).is_integer() else f"{value:g}".replace("-", "−")


def _unit(label: str) -> str:
    """The unit of an axis: what its name ends with in brackets, or the name itself where it is a unit."""
    if label.endswith(")") and "(" in label:
        return safe(label[label.rindex("(") + 1 : -1])
    return safe(label) if len(label) <= 5 else ""


def _stretches(values: np.ndarray) -> list[list[int]]:
    """Stretches without a gap."""
    good = [k for k in range(len(values)) if math.isfinite(values[k])]
    return [
        [k for _, k in group] for _, group in itertools.groupby(enumerate(good), key=lambda pair: pair[1] - pair[0])
    ]
