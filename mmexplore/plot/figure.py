"""A figure is data: what it shows, how it reads as a table and as a sentence, and how Plotly draws it.

A kind of figure is a frozen dataclass with `title`, `about`, `note` and `source` that says three things: its `traces` and its
`layout`, as Plotly's JSON, and its `table`. Pages, reports and notebooks draw what it says; nothing else draws.

Text in a figure is made harmless where it is put in (`mmexplore.plot.text.safe`); numbers go as plain lists.
"""

from __future__ import annotations

import abc
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.palette import Theme
from mmexplore.plot.tables import Table
from mmexplore.plot.theme import Inks

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, kw_only=True)
class Figure(abc.ABC):
    """A figure that draws itself in notebooks, on pages and in reports.

    Attributes:
        title: what is shown; also the caption.
        about: the figure in a sentence, for those who do not see it; made from the numbers where left out.
        note: how to read it.
        source: what it was made from, with the number of rows and seeds; stands under the figure when it is saved as a picture.
    """

    if TYPE_CHECKING:
        title: str  # the first field of every kind

    about: str = ""
    note: str = ""
    source: str = ""

    least_width = 0  # pixels: a figure that cannot be narrower is scrolled on a phone

    @abc.abstractmethod
    def traces(self, inks: Inks) -> list[dict[str, Any]]:
        """Plotly's traces."""

    @abc.abstractmethod
    def layout(self, inks: Inks, narrow: bool) -> dict[str, Any]:
        """Plotly's layout, on a wide or on a narrow screen."""

    @abc.abstractmethod
    def table(self) -> Table:
        """The numbers of the figure."""

    @abc.abstractmethod
    def words(self) -> str:
        """The figure in a sentence, from its numbers."""

    def alt(self) -> str:
        """The figure in a sentence, for those who do not see it."""
        return self.about or self.words()

    def spec(self, theme: Theme = "light") -> dict[str, Any]:
        """What a viewer needs: ``data`` and ``layout`` of Plotly, ``narrow``, the layout of a phone, and the ``least`` width."""
        inks = Inks(theme)
        layouts = {"layout": self.layout(inks, False), "narrow": self.layout(inks, self.least_width == 0)}
        return {"data": self.traces(inks), **layouts, "least": self.least_width}

    def sent(self, theme: Theme = "light") -> dict[str, Any]:
        """The same as it is sent: of the layout of a phone only what differs."""
        spec = self.spec(theme)
        narrow = {key: value for key, value in spec["narrow"].items() if spec["layout"].get(key) != value}
        return {**spec, "narrow": narrow}

    def plotly(self, theme: Theme = "light") -> go.Figure:
        """The figure as Plotly's own object, to be changed at will; has the title on it."""
        import plotly.graph_objects as go  # 70 MB that nobody needs who does not ask for it

        from mmexplore.plot.text import safe

        spec = self.spec(theme)
        margin = {**spec["layout"]["margin"], "t": 56}
        title = {"text": safe(self.title), "x": 0, "xref": "paper", "font": {"size": 16}}
        return go.Figure({"data": spec["data"], "layout": {**spec["layout"], "margin": margin, "title": title}})

    @property
    def figure(self) -> go.Figure:
        """The figure as Plotly's own object, in the light theme."""
        return self.plotly()

    def save(self, path: str | Path) -> Path:
        """Write the figure as an HTML file that opens offline, with its numbers below it; returns the path.

        Raises:
            OSError: the file cannot be written.
        """
        from mmexplore.plot.document import document

        written = Path(path)
        written.write_text(document([self], self.title), encoding="utf-8")
        return written

    def to_json(self, theme: Theme = "light") -> str:
        """What a viewer needs, as text."""
        return json.dumps(self.sent(theme), allow_nan=False, separators=(",", ":"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """What notebooks show: the figure by Plotly, its sentence where there is nothing but text."""
        bundle = self.plotly()._repr_mimebundle_(include, exclude) or {}
        return {**bundle, "text/plain": f"{self.title}. {self.alt()}"}


def listed(values: Any) -> list[Any]:
    """Numbers as Plotly's JSON has them: six significant digits, None for what is not finite.

    >>> listed([1.0, float("nan"), 2 / 3])
    [1.0, None, 0.666667]
    """
    array = np.asarray(values, dtype=float)
    if array.ndim > 1:
        return [listed(row) for row in array]
    return [float(f"{v:.6g}") if -1e300 < v < 1e300 else None for v in array.tolist()]


def finite(values: Iterable[Any]) -> list[float]:
    """The numbers among them."""
    return [float(v) for v in values if v is not None and np.isfinite(v)]
