"""Export: the numbers, the table and the script behind a view."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import streamlit as st

from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.script import script
from mmexplore.labs.decompose.ui import STATE
from mmexplore.tabular import csv_text
from mmexplore.types import ATOMS, INFORMATIONS, PID
from mmexplore.ui.downloads import download_row
from mmexplore.version import __version__


def as_json(scene: Scene, result: PID) -> str:
    """The result, the scene that made it and the version, as JSON text."""
    document = {
        **result.to_dict(),
        "title": scene.title(),
        "scene": scene.to_query(),
        "mmexplore": __version__,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_csv(scene: Scene, result: PID) -> str:
    """One row a quantity: value, certified bounds, unit, measure."""
    lines: list[Iterable[object]] = [["quantity", "value", "lower", "upper", "unit", "measure", "what"]]
    lower, upper = result.lower._asdict(), result.upper._asdict()
    for name in (*ATOMS, *INFORMATIONS, "coinformation"):
        value = float(getattr(result, name))
        bounds = (float(lower[name]), float(upper[name])) if name in ATOMS else (value, value)
        lines.append([name, repr(value), *map(repr, bounds), result.unit, result.measure, scene.title()])
    return csv_text(lines)


def table_csv(scene: Scene) -> str:
    """The table that was decomposed: columns x1, x2, y, p (what ``python -m mmexplore pid --table`` reads)."""
    table = scene.table()
    lines: list[Iterable[object]] = [["x1", "x2", "y", "p"]]
    for (x1, x2, y), p in np.ndenumerate(table):
        lines.append([x1, x2, y, repr(float(p))])
    return csv_text(lines)


def downloads(scene: Scene, result: PID) -> None:
    """Download buttons and the script."""
    name = f"mmexplore-{scene.identity()[:8]}"
    files = {
        "Numbers (CSV)": (f"{name}.csv", as_csv(scene, result)),
        "Numbers (JSON)": (f"{name}.json", as_json(scene, result)),
        "Table (CSV)": (f"{name}.table.csv", table_csv(scene)),
        "Script (Python)": (f"{name}.py", script(scene)),
    }
    download_row(STATE, files)
    st.caption(
        "Figures: the arrow at the top right of each chart saves it as SVG or PNG. The script reproduces exactly this view:"
    )
    st.code(script(scene), language="python")
