"""Small pieces of SVG and HTML written by hand: escaped text, elements, axes, the atoms' patterns.

Every string that comes from people passes `text`: it cannot become markup, controls and direction overrides are made visible,
and an endless name is cut.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

from mmexplore.palette import ATOMS

LONG = 300  # characters of a name anywhere in a report
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
DASHES = {"R": "none", "U1": "7 3", "U2": "2.5 3", "S": "10 3 2 3", "": "none"}
HUE_DASHES = ("none", "7 3", "2.5 3", "10 3 2 3", "14 4", "4 2", "12 3 2 3 2 3", "1.5 2")
_UP, _DOWN = "M-2 10L10 -2M-2 2L2 -2M6 10L10 6", "M-2 -2L10 10M6 -2L10 2M-2 6L2 10"
_LINES = {"R": _UP + _DOWN, "U1": _UP, "U2": _DOWN}


def text(value: object, longest: int = LONG) -> str:
    """Any value as text that is safe between tags and in quoted attributes."""
    return html.escape(cut(clean(str(value)), longest), quote=True)


def clean(value: str) -> str:
    """Characters that are not seen, or turn the line around, as the replacement character."""
    return _UNSEEN.sub("\ufffd", value.replace("\r\n", "\n"))


def cut(value: str, longest: int) -> str:
    """The beginning of a text that is too long."""
    return value if len(value) <= longest else value[: longest - 1] + "…"


def element(tag: str, content: str = "", **attributes: object) -> str:
    """One element; `content` is markup, attribute values are escaped, ``_`` in names is ``-``, None is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{given}>{content}</{tag}>"


def _attribute(value: object) -> str:
    """A number in its shortest form, anything else as safe text."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) else text(value, 100_000)


def label(x: float, y: float, value: str, *, longest: int = LONG, **attributes: object) -> str:
    """A line of text; what is cut is told on pointing at it."""
    shown = text(value, longest)
    if len(clean(value)) > longest:
        shown += element("title", text(value))
    return element("text", shown, x=x, y=y, **attributes)


def image(width: float, height: float, title: str, about: str, uid: str, parts: Iterable[str]) -> str:
    """An image with a name and a description for those who do not see it."""
    head = element("title", text(title), id=f"{uid}-t") + element("desc", text(about, 4000), id=f"{uid}-d")
    return element(
        "svg",
        head + "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{uid}-t {uid}-d",
        class_="figure",
    )


def patterns(uid: str) -> str:
    """The atoms' fills: U1 rising lines, U2 falling lines, R both, S dots; and a hatch for what chance gives."""
    made = []
    for atom in ATOMS:
        over = element("path", d=_LINES[atom], class_="hatch") if atom in _LINES else _dots()
        made.append(_pattern(f"{uid}-{atom}", element("rect", width=8, height=8, class_=f"f-{atom}") + over))
    made.append(_pattern(f"{uid}-null", element("path", d="M-2 6L6 -2M2 10L10 2", class_="null-hatch")))
    return element("defs", "".join(made))


def _dots() -> str:
    return "".join(element("circle", cx=c, cy=c, r=1.15, class_="dot") for c in (2, 6))


def _pattern(uid: str, content: str) -> str:
    return element("pattern", content, id=uid, width=8, height=8, patternUnits="userSpaceOnUse")


def marker(x: float, y: float, ink: str, size: float = 3.6) -> str:
    """A point whose shape tells the atom (R square, U1 triangle up, U2 triangle down, S circle) or the place in the palette."""
    kind = f"p-{ink or 'plain'}"
    atom = {"c1": "R", "c2": "U1", "c3": "U2", "c5": "R", "c6": "U1", "c7": "U2"}.get(ink, ink)
    if atom == "R":
        return element("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, class_=kind)
    if atom in ("U1", "U2"):
        up = -1 if atom == "U1" else 1
        points = f"{x:.1f},{y + 1.3 * up * size:.1f} {x - 1.2 * size:.1f},{y - up * size:.1f} {x + 1.2 * size:.1f},{y - up * size:.1f}"
        return element("polygon", points=points, class_=kind)
    return element("circle", cx=x, cy=y, r=size, class_=kind)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most `most` of them."""
    if not high > low:
        return [low]
    raw = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float, most: int = 8) -> list[float]:
    """1, 2 and 5 times powers of ten between `low` and `high`, or powers of ten where those are too many."""
    ticks: list[float] = []
    for factors in ((1, 2, 5), (1, 3), (1,)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [f * 10.0**k for k in powers for f in factors if low * (1 - 1e-9) <= f * 10.0**k <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            break
    return ticks or [low]


def number(value: float | int | None, digits: int = 4) -> str:
    """A number as it is read: true minus sign, thousands set apart, a dash for nothing."""
    if value is None or not math.isfinite(value):
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 1000):
        shown = f"{abs(int(value)):,}"
    elif value and (abs(value) < 10.0**-digits or abs(value) >= 1e6):
        shown = f"{abs(value):.2e}"
    else:
        shown = f"{abs(value):.{digits}f}"
    return f"−{shown}" if value < 0 and float(shown.replace(",", "")) != 0 else shown
