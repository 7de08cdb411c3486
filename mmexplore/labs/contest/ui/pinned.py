"""The scores of a pinned setting (A) beside those of the present one (B), from estimates that are there already."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.contest.contest import Point, known
from mmexplore.labs.contest.figures import as_task_points, score_differences, scores
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.ui import STATE
from mmexplore.ui.failures import plain
from mmexplore.ui.words import number


def points_of_runs(scene: CompareScene) -> list[Point]:
    """Estimates of the runs of a view, as far as they have come."""
    points: list[Point] = []
    for task in scene.tasks().values():
        try:
            run = runs.find(task)
            mine = as_task_points(run.frames())
        except MmexploreError:
            continue
        # how long it took elsewhere says nothing beside the times of this machine
        points += [dataclasses.replace(p, seconds=math.nan) for p in mine] if run.shipped else mine
    return points


def missing(scene: CompareScene, points: list[Point]) -> list[str]:
    """What of a view has not been computed or trained yet, as sentences."""
    plan = scene.plan()
    there = [p.estimator for p in points if p.at in plan.ats]
    sentences = []
    for name, entry in scene.chosen().items():
        wanted = len(plan.ats) * (1 if entry.trained else plan.seeds)
        count = there.count(name)
        if entry.trained and not count:
            sentences.append(f"{entry.label} has no run for this setting: go back to it (Undo) and train it there.")
        elif count < wanted:
            sentences.append(f"Of {entry.label}, {count} of {wanted} estimates are there.")
    return sentences


def beside_pinned(scene: CompareScene, points: list[Point]) -> None:
    """Error, bias and coverage of every estimator of A and B, where a view is pinned.

    Args:
        scene: the present view, B.
        points: its estimates, as far as they have come.
    """
    pinned = STATE.pinned
    if pinned is None:
        return
    before = [*known(pinned.plan(), pinned.at_once()), *points_of_runs(pinned)]
    st.markdown(
        f"**A** (pinned): {plain(pinned.title())}; {plain(pinned.values_text())}  \n"
        f"**B** (now): {plain(scene.title())}; {plain(scene.values_text())}"
    )
    rows = [
        {
            "estimator": row.label,
            "": row.quantity,
            "A": _shown(row.a),
            "B": _shown(row.b),
            "B − A": _shown(row.b - row.a),
        }
        for row in score_differences(scores(pinned, before), scores(scene, points))
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, key=STATE.key("pinned scores"))
    for letter, view, there in (("A", pinned, before), ("B", scene, points)):
        for sentence in missing(view, there):
            st.caption(f"{letter}: {plain(sentence)}")


def _shown(value: float) -> str:
    return number(value, 3) if math.isfinite(value) else "–"
