"""Export: the estimates, the figures and the script behind a view."""

from __future__ import annotations

import math
from collections.abc import Iterable

import streamlit as st

from mmexplore.labs.contest.contest import Point
from mmexplore.labs.contest.figures import cost_figure, estimates
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.script import script
from mmexplore.labs.contest.ui import STATE
from mmexplore.plot.document import document
from mmexplore.tabular import csv_text
from mmexplore.ui.downloads import download_row

COLUMNS = ("estimator", "over", "value", "sample", "quantity", "estimate_bits", "low_bits", "high_bits", "truth_bits", "seconds", "data", "refused")  # fmt: skip


def as_csv(scene: CompareScene, points: Iterable[Point]) -> str:
    """One row an estimate and quantity; an estimator's refusal is a row of its own."""
    plan = scene.plan()
    lines: list[Iterable[object]] = [COLUMNS]
    truths = {at: plan.truth(at) for at in plan.ats}
    for p in points:
        if p.at not in truths:
            continue
        head, data = [p.estimator, plan.over, f"{p.at:g}", p.seed], plan.at(p.at, p.seed).text()
        for quantity, value in p.values.items():
            true = truths[p.at].get(quantity)
            ends = (p.low.get(quantity), p.high.get(quantity))
            cells = ["" if v is None else repr(float(v)) for v in (value, *ends, true)]
            lines.append([*head, quantity, *cells, _took(p), data, ""])
        if p.refused:
            lines.append([*head, "", "", "", "", "", _took(p), data, p.refused])
    return csv_text(lines)


def _took(point: Point) -> str:
    return f"{point.seconds:.4g}" if math.isfinite(point.seconds) else ""


def _figures(scene: CompareScene, points: list[Point]) -> str:
    shown = [estimates(scene, points), cost_figure(scene, points)]
    return document([figure for figure in shown if figure.table().rows], f"{scene.title()}: {scene.values_text()}")


def downloads(scene: CompareScene, points: list[Point]) -> None:
    """Download buttons and the script."""
    source = script(scene)
    name = f"mmexplore-compare-{scene.identity()[:8]}"
    files: dict[str, tuple[str, str | bytes]] = {
        "Estimates (CSV)": (f"{name}.csv", as_csv(scene, points)),
        "Figures (HTML)": (f"{name}.html", _figures(scene, points)),
        "Script (Python)": (f"{name}.py", source),
    }
    download_row(STATE, files)
    st.caption("The script draws the same rows with the same seeds and prints the same numbers (times differ):")
    st.code(source, language="python")
