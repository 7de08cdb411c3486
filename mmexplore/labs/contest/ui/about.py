"""How the estimators did, what they assume, and what they said about themselves."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from mmexplore.labs.contest.figures import Score
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.plot.kinds import Trials
from mmexplore.types import ATOM_SYMBOLS
from mmexplore.ui.failures import plain
from mmexplore.ui.terms import terms
from mmexplore.ui.words import duration, number

_SYMBOLS = {**ATOM_SYMBOLS, "i1": "I1", "i2": "I2", "i12": "I12"}
_MOST = 6  # warnings of one estimator


def score_table(scene: CompareScene, scores: list[Score]) -> None:
    """Error, bias, coverage and time of each estimator on show."""
    if not scores:
        st.info("No estimate yet.", icon=":material/info:")
        return
    axis = scene.base().parameter(scene.over).label.lower()
    rows = []
    for s in scores:
        worst, where = s.worst
        rows.append(
            {
                "estimator": s.label,
                "error (bit)": _shown(s.error),
                "bias (bit)": _shown(s.bias),
                "worst (bit)": _shown(worst) if math.isnan(worst) else f"{number(worst, 3)} at {axis} {where:,g}",
                "coverage of 95 % intervals": _held(s),
                "time": duration(s.seconds) if math.isfinite(s.seconds) else "–",
                "not converged": f"{s.unsettled}" if s.unsettled else "",
                "refused": f"{s.refused}" if s.refused else "",
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(
        "Over all places and samples of the figures. Error: root mean square; bias: mean of estimate − truth; worst: the largest error. Intervals "
        "are the estimators' own of 95 %. They are counted for each quantity, since one that is 0 in truth holds easily; and at every place along "
        "the axis a sample has the same seed, so only different samples are independent: “Coverage” counts many at one place. Time: "
        "median wall time of one estimate on this machine."
    )
    for s in scores:
        if s.refused:
            st.warning(
                f"**{plain(s.label)}** gives no answer {s.refused} times: {plain(s.reason)}", icon=":material/block:"
            )


def _held(score: Score) -> str:
    """How many intervals hold, quantity by quantity."""
    if not score.intervals:
        return "–"
    if len(score.by_quantity) == 1:
        return f"{score.covered} of {score.intervals}"
    return ", ".join(f"{_SYMBOLS[q]} {held} of {count}" for q, (held, count) in score.by_quantity.items())


def numbers(made: list[Trials]) -> None:
    """The figures as one table: what is drawn, for those who read numbers."""
    rows = []
    for figure in made:
        for what, at, value, interval in figure.table().rows:
            low, high = interval if isinstance(interval, tuple) else (None, None)
            rows.append(
                {"figure": figure.title, "what": what, figure.x_label: at, "bit": value, "low": low, "high": high}
            )
    st.dataframe(pd.DataFrame(rows).round(4), hide_index=True)
    st.caption(
        "Means over the samples of a place; low and high: mean ends of the estimators' own intervals. Every single estimate: Export."
    )


def _shown(value: float) -> str:
    return number(value, 3) if math.isfinite(value) else "truth not known"


def assumptions(scene: CompareScene) -> None:
    """One row an estimator: what it does, when it is right, when it fails."""
    lines = ["| estimator | what it does | right when | fails | reference |", "|:--|:--|:--|:--|:--|"]
    for entry in scene.chosen().values():
        cells = (entry.label, entry.summary, entry.assumes, entry.fails or "–", entry.reference)
        lines.append("| " + " | ".join(plain(cell) for cell in cells) + " |")
    st.markdown("\n".join(lines))
    terms(
        "interval",
        "coverage",
        "bias",
        "root mean square error",
        "plug-in",
        "null",
        "redundancy",
        "unique information",
        "synergy",
        "InfoNCE",
    )


def said(scores: list[Score]) -> None:
    """The estimators' own warnings."""
    if not any(s.warnings for s in scores):
        st.caption("No estimator warned of anything.")
    for s in scores:
        if s.warnings:
            listing = "\n".join(f"- {plain(warning)}" for warning in s.warnings[:_MOST])
            more = f"\n- and {len(s.warnings) - _MOST} more of the kind" if len(s.warnings) > _MOST else ""
            st.markdown(f"**{plain(s.label)}**\n{listing}{more}")
