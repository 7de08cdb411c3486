"""A report's figure on a page: the same drawing, in the colours of the page's theme.

`st.html` takes SVG out, and an image has no text a screen reader finds; so a small component puts the drawing into a shadow root of
its own. Every text in the drawing is escaped where it is made (`mmexplore.report.svg`), and the component strips whatever
could run or fetch.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from mmexplore.palette import Theme
from mmexplore.report.figures import Figure, draw
from mmexplore.report.style import FIGURES, variables

_figure = st.components.v2.component(
    "mmexplore.figure", js=(Path(__file__).parent / "figure.js").read_text("utf-8"), isolate_styles=True
)
_FRAME = (
    "figure{margin:0;color:var(--ink);font-family:var(--st-font,sans-serif)}figcaption{font-weight:600;margin-bottom:.3rem}"
    ".figure{display:block;width:100%;height:auto}.note{color:var(--muted);font-size:.85rem;margin:.2rem 0 0}"
)


def figure(shown: Figure, key: str, width: int = 760, *, beside: bool = False) -> None:
    """Draw a figure with its title and its note, at most `width` pixels wide; `key` is unique on the page.

    `beside`: in a row with other elements, of which it takes `width` pixels.
    """
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    uid = "f" + hashlib.sha256(f"{key} {shown.title}".encode()).hexdigest()[:10]
    css = f":host,[data-figure]{{{variables(theme)}}}{FIGURES}{_FRAME}.figure{{max-width:{int(width)}px}}"
    data = {"svg": draw(shown, uid), "css": css, "title": shown.title, "note": shown.note}
    _figure(key=key, data=data, width=width if beside else "stretch")
