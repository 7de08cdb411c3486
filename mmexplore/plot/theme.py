"""What all figures look like: the inks of a theme, marks and dashes of the palette, and the layout they share."""

from __future__ import annotations

from typing import Any

from mmexplore.palette import ATOMS, CATEGORICAL, CATEGORICAL_LINES, SEQUENTIAL, VERMILION, Theme

LEAST_TEXT = 12  # pixels; no text of a figure is smaller
CLEAR = "rgba(0,0,0,0)"
_PLAIN: dict[Theme, dict[str, str]] = {
    "light": {"ink": "#1b1b1b", "muted": "#5c6066", "paper": "#fffffe", "rule": "#d9dce1", "plain": "#7a8088",
              "null": "rgba(27,27,27,0.13)", "doubt": VERMILION},
    "dark": {"ink": "#eceef1", "muted": "#a4abb5", "paper": "#14161a", "rule": "#363b44", "plain": "#8d949e",
             "null": "rgba(236,238,241,0.16)", "doubt": "#FF7F2A"},
}  # fmt: skip
# Dashes of lines: an atom's, or by place in the palette.
_ATOM_DASHES = {"R": "solid", "U1": "7px,3px", "U2": "2.5px,3px", "S": "10px,3px,2px,3px"}
_HUE_DASHES = ("solid", "7px,3px", "2.5px,3px", "10px,3px,2px,3px", "14px,4px", "4px,2px", "12px,3px,2px,3px,2px,3px", "1.5px,2px")  # fmt: skip
_ATOM_MARKS = {"R": "square", "U1": "triangle-up", "U2": "triangle-down", "S": "circle"}
_HUE_MARKS = ("circle", "triangle-up", "triangle-down", "diamond", "square", "triangle-left", "triangle-right", "cross")
HUES = len(_HUE_MARKS)
BAND = 0.16  # opacity of the area between the ends of intervals


class Inks:
    """The colours, marks and dashes of one theme.

    Args:
        theme: light or dark.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self.theme = theme
        plain = _PLAIN[theme]
        self.ink, self.muted, self.paper = plain["ink"], plain["muted"], plain["paper"]
        self.rule, self.plain, self.null, self.doubt = plain["rule"], plain["plain"], plain["null"], plain["doubt"]

    def fill(self, atom: str = "", hue: int | None = None) -> str:
        """Colour of an area or a mark: an atom's, one of the palette's, or the plain one."""
        if atom:
            return ATOMS[atom].fill[self.theme]
        return self.plain if hue is None else CATEGORICAL[self.theme][hue % HUES]

    def line(self, atom: str = "", hue: int | None = None) -> str:
        """Colour of a line or of text: at least 4.5:1 against the paper."""
        if atom:
            return ATOMS[atom].line[self.theme]
        return self.plain if hue is None else CATEGORICAL_LINES[self.theme][hue % HUES]

    def band(self, atom: str = "", hue: int | None = None) -> str:
        """Colour of the area between the ends of intervals."""
        return faded(self.fill(atom, hue), BAND)


def dash(atom: str = "", hue: int | None = None) -> str:
    """Dashes of a line."""
    return _ATOM_DASHES[atom] if atom else "solid" if hue is None else _HUE_DASHES[_turned(hue)]


def mark(atom: str = "", hue: int | None = None) -> str:
    """Shape of a mark, in Plotly's names."""
    return _ATOM_MARKS[atom] if atom else "circle" if hue is None else _HUE_MARKS[_turned(hue)]


def _turned(hue: int) -> int:
    """Place of a mark: where the colours begin anew, the marks go on by one, so that no two of 64 look alike."""
    return (hue + hue // HUES) % HUES


def pattern(atom: str) -> str:
    """What an atom's area is drawn with, in Plotly's names; "" for none."""
    return ATOMS[atom].pattern if atom else ""


def faded(colour: str, opacity: float) -> str:
    """A colour that lets through what lies beneath.

    >>> faded("#0072B2", 0.16)
    'rgba(0,114,178,0.16)'
    """
    r, g, b = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({r},{g},{b},{opacity:g})"


def scale() -> list[list[Any]]:
    """The sequential colours, from nothing to the most."""
    last = len(SEQUENTIAL) - 1
    return [[k / last, colour] for k, colour in enumerate(SEQUENTIAL)]


def recoloured() -> dict[str, str]:
    """Every colour of the light theme, and what it is in the dark one; for a viewer that changes the theme of a drawn figure."""
    pairs: dict[str, str] = {}

    def add(light: str, dark: str) -> None:
        if pairs.setdefault(light.lower(), dark) != dark:
            raise AssertionError(f"{light} would have to be {pairs[light.lower()]} and {dark}")

    for name, colour in _PLAIN["light"].items():
        add(colour, _PLAIN["dark"][name])
    fills = [(ink.fill["light"], ink.fill["dark"]) for ink in ATOMS.values()]
    fills += list(zip(CATEGORICAL["light"], CATEGORICAL["dark"], strict=True))
    for light, dark in fills:
        add(light, dark)
        add(faded(light, BAND), faded(dark, BAND))
    lines = [(ink.line["light"], ink.line["dark"]) for ink in ATOMS.values()]
    for light, dark in (*lines, *zip(CATEGORICAL_LINES["light"], CATEGORICAL_LINES["dark"], strict=True)):
        if pairs.get(light.lower(), dark) == dark:
            add(light, dark)
    return pairs


def axis(inks: Inks, **more: Any) -> dict[str, Any]:
    """An axis as all figures have it."""
    return {
        "gridcolor": inks.rule,
        "linecolor": inks.muted,
        "zerolinecolor": inks.muted,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": inks.muted, "size": LEAST_TEXT},
        "automargin": True,
        **more,
    }


def named(title: str, inks: Inks) -> dict[str, Any]:
    """The name of an axis."""
    return {"text": title, "font": {"size": 13, "color": inks.ink}, "standoff": 8}


def layout(inks: Inks, height: float, *, narrow: bool = False, legend: bool = False, **more: Any) -> dict[str, Any]:
    """The layout that all figures share.

    Args:
        inks: of the theme.
        height: in pixels, without what a legend below the figure takes.
        narrow: for a phone: the legend stands below, and dragging scrolls the page.
        legend: whether there is one.
        more: what the figure adds.
    """
    beside = {"x": 1.01, "xanchor": "left", "y": 1, "yanchor": "top"}
    below = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom"}
    made = {
        "template": {"layout": {}},
        "height": round(height),
        "autosize": True,
        "margin": {"l": 8, "r": 12, "t": 14, "b": 8, "pad": 2},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": inks.ink},
        "hoverlabel": {
            "bgcolor": inks.paper,
            "bordercolor": inks.muted,
            "font": {"color": inks.ink, "size": 13},
            "align": "left",
            "namelength": -1,
        },
        "modebar": {"bgcolor": CLEAR, "color": inks.muted, "activecolor": inks.ink},
        "dragmode": False if narrow else "zoom",
        "showlegend": legend,
        "legend": {**(below if narrow else beside), "bgcolor": CLEAR, "font": {"size": LEAST_TEXT, "color": inks.ink}},
        "uirevision": "kept",
    }
    return {**made, **more}
