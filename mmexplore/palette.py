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

# For anything that is no atom (estimators, methods, runs, classes): none of these is an atom's colour. Indigo, vermilion, olive, crimson,
# black (white), brown, violet, steel; a mark and dashes of its own stand beside each.
CATEGORICAL: dict[Theme, tuple[str, ...]] = {
    "light": ("#4B3FA0", VERMILION, "#8A8A00", "#B0224A", "#1A1A1A", "#9A6A3A", "#9A4FD0", "#5F7D95"),
    "dark": ("#8FA2FF", "#FF7F2A", "#C9C94B", "#FF6F91", "#FFFFFF", "#D6A673", "#E07BFF", "#A9C3D6"),
}

# The same hues for lines and text: at least 4.5:1 against the theme's background.
CATEGORICAL_LINES: dict[Theme, tuple[str, ...]] = {
    "light": ("#4B3FA0", "#B34E00", "#6B6B00", "#B0224A", "#1A1A1A", "#7D5226", "#7F35B8", "#4B6A82"),
    "dark": ("#8FA2FF", "#FF8F4A", "#C9C94B", "#FF6F91", "#FFFFFF", "#D6A673", "#E694FF", "#A9C3D6"),
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
