"""A figure on a page, with its title, its note and its numbers, in the colours of the page's theme.

Streamlit's own Plotly element is torn down and built anew whenever its data change: a live run would flicker and lose the zoom. So a small
component draws with the programs in `mmexplore/plot/viewer`, which change the figure in place. They and Plotly's library are fetched from this
server once a visit, and only by pages that have a figure.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import streamlit as st
import streamlit.components.v1 as v1
from streamlit import runtime

from mmexplore.plot.document import LIBRARY
from mmexplore.plot.figure import Figure
from mmexplore.plot.text import safe
from mmexplore.version import __version__

MOST_ROWS = 400  # of the table under a figure
# What is sent with every change of a figure; the rest is fetched once, from below the address that Streamlit's own script comes from.
_STUB = """export default (given) => {
const script = [...document.scripts].find((s) => s.src.includes("/static/js/"));
const root = script ? script.src.slice(0, script.src.indexOf("/static/js/") + 1) : `${location.origin}/`;
import(new URL(given.data.page, root).href).then((page) => page.default(given));
}"""
_figure = st.components.v2.component("mmexplore.figure", js=_STUB, isolate_styles=False)
_LOCK = threading.Lock()
_served: tuple[int, str] = (0, "")


def figure(shown: Figure, key: str, *, on_select: Callable[[], None] | None = None) -> list[int]:
    """Draw a figure over the width of its container; `key` is unique on the page.

    Args:
        shown: the figure.
        key: of the element; the figure keeps its zoom from one run of the page to the next.
        on_select: called before the page runs again with other points selected; None: points cannot be selected.

    Returns:
        The rows of the samples that are selected in it, in rising order.
    """
    numbers = shown.table()
    data = {
        "spec": shown.to_json("dark" if st.context.theme.type == "dark" else "light"),
        "dark": st.context.theme.type == "dark",
        "title": shown.title,
        "note": shown.note,
        "alt": shown.alt()[:4000],
        "saved": {"title": safe(shown.title), "source": safe(shown.source), "name": _file_name(shown.title)},
        "columns": list(numbers.columns),
        "rows": [
            [list(c) if isinstance(c, tuple) else c for c in map(_finite, row)] for row in numbers.rows[:MOST_ROWS]
        ],
        "more": max(0, len(numbers.rows) - MOST_ROWS),
        "page": _page(),
        "selects": on_select is not None,
    }
    more: dict[str, Any] = {} if on_select is None else {"on_rows_change": on_select}
    result = _figure(key=key, data=data, width="stretch", **more)
    rows = getattr(result, "rows", None) or ()
    return sorted({int(r) for r in rows if isinstance(r, int | float)})


def selected(make: Callable[[list[int]], Figure | None], key: str) -> list[int]:
    """Draw a figure in which points can be selected, as it is with what is selected; inside of a fragment, which runs again when that changes.

    Args:
        make: makes the figure in which some rows stand out; None: there is nothing to draw.
        key: of the element, and of what is selected in it.

    Returns:
        The selected rows, in rising order.
    """
    held = f"{key} selected"
    chosen: list[int] = st.session_state.get(held, [])
    shown = make(chosen)
    if shown is None:
        return []
    rows = figure(shown, key, on_select=_noted)
    if rows != chosen:
        st.session_state[held] = rows
        st.rerun(scope="fragment")
    return chosen


def _noted() -> None:
    """The selection is read where the figure is drawn."""


def _finite(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return tuple(_finite(part) for part in cell)
    if isinstance(cell, bool) or cell is None or isinstance(cell, str):
        return cell
    return float(cell) if abs(float(cell)) < float("inf") else None


def _file_name(title: str) -> str:
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())
    return "-".join(filter(None, name.split("-")))[:60] or "figure"


def _page() -> str:
    """Where this server serves the program of figures, below the address of the application."""
    global _served
    here = id(runtime.get_instance()) if runtime.exists() else 0
    if _served[0] != here or not _served[1]:
        with _LOCK:
            component = v1.declare_component("plotly", path=LIBRARY.parent)
            _served = here, f"component/{component.name}/page.js?{__version__}"
    return _served[1]
