"""Colours and patterns: the same four for R, U1, U2 and S on every page, in light and dark.

Okabe & Ito 2008, "Color Universal Design": eight colours that readers with any colour vision can tell apart. A pattern
stands beside each colour, so that a grey print is read as well: U1 has lines rising, U2 lines falling, R both (it is
what the two share), S dots (it is in neither).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"


@dataclass(frozen=True)
class Ink:
    """How one atom is drawn.

    Attributes:
        fill: colour of areas, for each theme.
        line: colour of lines and text (at least 4.5:1 against the theme's background).
        pattern: Plotly's pattern shape; the dial draws the same ones by hand.
    """

    fill: dict[Theme, str]
    line: dict[Theme, str]
    pattern: str


ATOMS: dict[str, Ink] = {
    "R": Ink({"light": BLUE, "dark": SKY}, {"light": BLUE, "dark": SKY}, "x"),
    "U1": Ink({"light": ORANGE, "dark": ORANGE}, {"light": "#8F6300", "dark": ORANGE}, "/"),
    "U2": Ink({"light": GREEN, "dark": "#1DB88C"}, {"light": "#007A59", "dark": "#2CC79A"}, "\\"),
    "S": Ink({"light": PURPLE, "dark": "#D98BB6"}, {"light": "#A63F7A", "dark": "#E39AC3"}, "."),
}

# Okabe-Ito's order for anything that is no atom (estimators, runs, classes).
CATEGORICAL: dict[Theme, tuple[str, ...]] = {
    "light": (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, "#8A7F00", BLACK),
    "dark": (SKY, ORANGE, "#1DB88C", "#D98BB6", "#FF7F2A", "#4C9FD6", YELLOW, "#FFFFFF"),
}

# The same hues for lines and text: at least 4.5:1 against the theme's background.
CATEGORICAL_LINES: dict[Theme, tuple[str, ...]] = {
    "light": (BLUE, "#8F6300", "#007A59", "#A63F7A", "#B34E00", "#2677A6", "#6B6300", "#1A1A1A"),
    "dark": (SKY, ORANGE, "#2CC79A", "#E39AC3", "#FF8F4A", "#7FC4EC", YELLOW, "#FFFFFF"),
}

# Cividis (Nunez, Anderton & Renslow 2018): perceptually uniform, and the same with every colour vision.
SEQUENTIAL = (
    "#00224E", "#083370", "#35456C", "#4F576C", "#666970", "#7D7C78", "#948E77", "#AEA371", "#C8B866", "#E5CF52", "#FEE838",
)  # fmt: skip
# For a field that changes sign: Okabe-Ito blue and vermilion around a light grey, of equal lightness left and right.
DIVERGING = ("#00466E", "#0072B2", "#5BA3D0", "#B5D3E7", "#F4F4F2", "#F3C7A6", "#E58E4F", "#D55E00", "#853A00")


def css(selector: str) -> str:
    """The atoms' colours as CSS variables: ``--R`` for areas and ``--R-ink`` for lines and text, by ``data-theme``."""
    rules = []
    for theme in ("light", "dark"):
        pairs = "".join(f"--{key}:{ink.fill[theme]};--{key}-ink:{ink.line[theme]};" for key, ink in ATOMS.items())
        rules.append(f'{selector}[data-theme="{theme}"]{{{pairs}}}')
    return "\n".join(rules)
