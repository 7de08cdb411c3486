"""Do the intervals hold: many samples at one place, every quantity counted by itself."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmexplore.labs.contest.contest import Points, contest
from mmexplore.labs.contest.coverage import Coverage, coverage, coverage_plan
from mmexplore.labs.contest.figures import TITLES
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.ui import STATE
from mmexplore.ui.failures import plain
from mmexplore.ui.words import number
from mmexplore.ui.work import computed

_WORDS = {
    "holds": "95 of 100 is possible",
    "too seldom": "too seldom",
    "more often": "more often than 95 of 100",
    "cannot tell": "too few samples to tell",
}


def intervals_hold(scene: CompareScene) -> None:
    """The tab: which place, how many samples, and the count."""
    plan = scene.plan()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        STATE.control("counted", width=260)
        STATE.control(
            "counted_at", shown=scene.coverage_place(), options=plan.ats, format_func=lambda v: f"{v:,g}", width=200
        )
    if not scene.counted:
        st.caption(
            "Choose how many samples are drawn at one place: each of them is independent of the others, and every quantity is counted by itself. "
            "Estimators that train are left out."
        )
        return
    asked = coverage_plan(scene)
    [at] = asked.ats
    if all(asked.truth(at)[quantity] is None for quantity in scene.quantities()):
        st.info("The truth is not known here, so nothing can be counted.", icon=":material/info:")
        return
    chosen = scene.at_once()
    key = "|".join((scene.coverage_identity(), *(f"{name} {settings.identity()}" for name, settings in chosen.items())))
    points: Points | None = computed(
        STATE, "intervals", key, lambda report, stop: contest(asked, chosen, report, stop)
    )  # fmt: skip
    if points is not None:
        _table(scene, coverage(scene, points.points))


def _table(scene: CompareScene, rows: list[Coverage]) -> None:
    if not rows:
        st.info("No estimator on show gives intervals here.", icon=":material/info:")
        return
    st.dataframe(
        pd.DataFrame(
            {
                "estimator": row.label,
                "of": TITLES[row.quantity],
                "hold": f"{row.held} of {row.count}",
                "in the long run (95 %)": f"{row.low:.0%} to {row.high:.0%}",
                "verdict": _WORDS[row.verdict],
                "bias (bit)": number(row.bias, 3),
                "width (bit)": number(row.width, 3),
            }
            for row in rows
        ),
        hide_index=True,
    )
    failing = [row for row in rows if row.verdict == "too seldom"]
    if failing:
        named = "; ".join(f"{row.label}, {TITLES[row.quantity]}: {row.held} of {row.count}" for row in failing)
        st.warning(plain(f"These intervals do not hold in 95 of 100: {named}."), icon=":material/warning:")
    st.caption(
        "How many of the estimators' own 95 % intervals cover the truth, over independent samples at this place; the bracket is that of a binomial "
        "count (Clopper & Pearson). Whether they are too narrow or in the wrong place, bias beside width tells. A part that is 0 in truth holds easily: look at the others too."
    )
