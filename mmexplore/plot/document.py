"""Figures as one HTML document that opens offline: Plotly once, every figure with its caption, its note and its numbers.

A document asks for nothing from outside: its policy allows the scripts that stand in it, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from mmexplore.plot.figure import Figure
from mmexplore.plot.style import PAGE
from mmexplore.plot.tables import Cell, Table
from mmexplore.plot.text import LONG, clean, cut, number, safe
from mmexplore.plot.theme import recoloured

_VIEWER = Path(__file__).parent / "viewer"
LIBRARY = _VIEWER / "plotly-cartesian.min.js"
MOST_ROWS = 2000  # of one table
_OPEN = 14  # longer tables under a figure are folded
_START = (
    "for(const frame of document.querySelectorAll('[data-figure]')){const told=JSON.parse(frame.nextElementSibling.textContent);"
    "const dark=matchMedia('(prefers-color-scheme: dark)'),paper=matchMedia('print');"
    "const draw=()=>mmexploreFigure(Plotly,{...told,frame,colours:COLOURS,dark:dark.matches&&!paper.matches});draw();"
    "dark.addEventListener('change',draw);paper.addEventListener('change',draw)}"
)


@cache
def viewer() -> str:
    """The JavaScript that draws a figure, `mmexploreFigure`."""
    return lean((_VIEWER / "viewer.js").read_text("utf-8"))


def lean(script: str) -> str:
    """JavaScript without indentation and whole-line comments, as it is sent with every change of a page's element."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def library() -> str:
    """Plotly's own JavaScript, of its cartesian bundle (MIT license, beside it)."""
    return LIBRARY.read_text("utf-8")


def text(value: object, longest: int = LONG) -> str:
    """Any value as text that is safe between tags and in quoted attributes."""
    return html.escape(cut(clean(str(value)), longest), quote=True)


def element(tag: str, content: str = "", **attributes: object) -> str:
    """One element; `content` is markup, attribute values are escaped, ``_`` in names is ``-``, None is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value, 100_000)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{given}>{content}</{tag}>"


def policy(scripts: Iterable[str] = ()) -> str:
    """What a document may do: run these scripts, and nothing else; styles and images of its own."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    running = f"script-src {hashes}; " if hashes else ""
    return f"default-src 'none'; {running}style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"


def scripts(figures: bool) -> tuple[str, ...]:
    """The scripts of a document with or without figures."""
    return (library(), viewer() + "\nconst COLOURS=" + json.dumps(recoloured()) + ";\n" + _START) if figures else ()


def figure_html(figure: Figure, index: int | None = None) -> str:
    """A figure with its caption, its note and its numbers; `scripts` draw it."""
    said = "" if index is None else f"Figure {index}. "
    caption = element("figcaption", said + text(figure.title))
    told = {
        "spec": figure.sent(),
        "title": safe(figure.title),
        "source": safe(figure.source),
        "name": f"figure-{index or 1}",
    }
    given = json.dumps(told, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    frame = element("div", "", data_figure="", role="group", aria_label=cut(clean(figure.alt()), 4000))
    data = f'<script type="application/json">{given}</script>'
    note = element("p", text(figure.note, 2000), class_="note") if figure.note else ""
    numbers = figure.table()
    table = table_html(Table(numbers.columns, numbers.rows))
    if len(numbers.rows) > _OPEN:
        name = "The numbers" if index is None else f"The numbers of figure {index}"
        table = element("details", element("summary", name) + table)
    return element("figure", caption + frame + data + note + table)


def table_html(table: Table) -> str:
    """A table as HTML; cells are escaped, at most `MOST_ROWS` rows."""
    numeric = [
        bool(table.rows) and all(row[k] is None or isinstance(row[k], (int, float, tuple)) for row in table.rows)
        for k in range(len(table.columns))
    ]
    kinds = ["n" if right else None for right in numeric]
    head = "".join(
        element("th", text(name, 40), scope="col", class_=kind) for name, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        element("tr", "".join(element("td", _cell(cell), class_=kind) for cell, kind in zip(row, kinds, strict=True)))
        for row in table.rows[:MOST_ROWS]
    )
    caption = element("caption", text(table.caption)) if table.caption else ""
    more = ""
    if len(table.rows) > MOST_ROWS:
        more = element("p", f"The first {MOST_ROWS:,} of {len(table.rows):,} rows.", class_="note")
    whole = element("table", caption + element("thead", element("tr", head)) + element("tbody", rows))
    return element("div", whole, class_="scroll") + more


def _cell(value: Cell) -> str:
    if isinstance(value, tuple):
        band = f"{number(value[-2])} to {number(value[-1])}"
        return band if len(value) == 2 else number(value[0]) + element("small", band)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return "–" if value is None else text(value)


def page(title: str, body: Callable[[], str] | str, *, figures: bool, language: str = "en") -> str:
    """A whole document around a body."""
    running = scripts(figures)
    head = (
        element("title", text(title))
        + f'<meta http-equiv="Content-Security-Policy" content="{text(policy(running), 10_000)}">'
        + '<meta name="viewport" content="width=device-width, initial-scale=1">'
        + '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        + f"<style>{PAGE}</style>"
    )
    inside = body if isinstance(body, str) else body()
    tail = "".join(f"<script>{script}</script>" for script in running)
    return (
        f'<!doctype html>\n<html lang="{text(language)}"><head><meta charset="utf-8">{head}</head>'
        f"<body>{element('main', inside)}{tail}</body></html>\n"
    )


def document(figures: Sequence[Figure], title: str) -> str:
    """Figures below each other under a title."""
    parts = [element("h1", text(title)), *(figure_html(figure, k) for k, figure in enumerate(figures, 1))]
    return page(title, "".join(parts), figures=bool(figures))
