"""The board: the answer in a sentence, the figures with truth and estimates as they come, the scores, and what lies beneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.contest.contest import Point, Points, contest, known
from mmexplore.labs.contest.figures import cost_figure, estimates, figures, note, scores
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.ui import STATE
from mmexplore.labs.contest.ui.about import assumptions, numbers, said, score_table
from mmexplore.labs.contest.ui.coverage import intervals_hold
from mmexplore.labs.contest.ui.export import downloads
from mmexplore.labs.contest.ui.pinned import beside_pinned, points_of_runs
from mmexplore.labs.contest.verdict import verdict
from mmexplore.types import ATOM_SYMBOLS, ATOMS
from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded, plain
from mmexplore.ui.figure import figure
from mmexplore.ui.following import Pace, follow
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.tabs import tab_row
from mmexplore.ui.words import number
from mmexplore.ui.work import computed

_DRAW = Pace(0.7, 12.5)  # while estimates come in


def board() -> None:
    """Everything right of the sidebar."""
    scene = STATE.view
    action_row(STATE)
    if not scene.chosen():
        st.info(
            "No estimator on show takes this target. Choose one in the sidebar, or hand the labels over as numbers.",
            icon=":material/info:",
        )
        return
    place = st.container()
    at_once = scene.at_once()
    immediate: Points | None = Points(())
    if at_once:
        immediate = computed(
            STATE,
            "contest",
            _key(scene),
            lambda report, stop: contest(scene.plan(), at_once, report, stop),
            price=0.1 * len(scene.plan().ats) * scene.plan().seeds * len(at_once),
        )
    tasks = scene.tasks()
    busy = immediate is None or any(_active(task) for task in tasks.values())
    points = [*(known(scene.plan(), at_once) if immediate is None else immediate.points), *points_of_runs(scene)]
    with place:
        if busy:
            follow(lambda: _growing(scene), every=_DRAW)
        else:
            _figures(scene, points, done=True)
    _truth(scene)
    beside_pinned(scene, points)
    if tasks:
        _trained(scene)
    _beneath(scene, points, done=immediate is not None)


def _key(scene: CompareScene) -> str:
    """Identity of what is computed at once: the way it is shown is not part of it."""
    settings = [f"{name} {settings.identity()}" for name, settings in scene.at_once().items()]
    shown = {"show": "atoms", "estimators": "", "tuned": "", "spelled": "", "counted": 0, "counted_at": -1.0}
    return "|".join((scene.replace(**shown).identity(), *settings))


# -- the truth -------------------------------------------------------------------------------------------------------------


def _truth(scene: CompareScene) -> None:
    base, plan = scene.base(), scene.plan()
    st.markdown(f"**{plain(scene.title())}.** {plain(scene.values_text())}.")
    ends = [plan.at(at).truth() for at in (plan.ats[0], plan.ats[-1])]
    source = plain(ends[0].source)
    if max(end.error for end in ends) > 1e-12:
        source += f" (error below {max(end.error for end in ends):.0e} bit)"
    st.caption(f"Truth: {source}.")
    if ends[0].published is not None:
        shown = ", ".join(
            f"{ATOM_SYMBOLS[atom]} {number(value, 3)}" for atom, value in ends[0].published._asdict().items()
        )
        st.caption(
            f"Published for d = 50, t = 100, dropout .5 (binned estimates, no truth; bit): {shown}. {plain(base.reference)}."
        )


# -- figures ---------------------------------------------------------------------------------------------------------------


def _growing(scene: CompareScene) -> None:
    """The figures while estimates come in."""
    with guarded(STATE):
        _figures(scene, [*known(scene.plan(), scene.at_once()), *points_of_runs(scene)], done=False)


def _figures(scene: CompareScene, points: list[Point], *, done: bool) -> None:
    truths = [scene.plan().truth(at) for at in scene.plan().ats]
    known_truth = any(truth[q] is not None for truth in truths for q in scene.quantities())
    st.markdown(f"**{plain(verdict(scores(scene, points), known=known_truth, done=done))}**")
    figure(estimates(scene, points), "compare.figure")
    st.caption(note(scene))


# -- trained estimators ----------------------------------------------------------------------------------------------------


def _active(task: Any) -> bool:
    try:
        return bool(runs.find(task).state.active)
    except MmexploreError:
        return False


def _trained(scene: CompareScene) -> None:
    st.markdown("**Trained estimators**")
    st.caption(
        "Each runs in a process of its own, on the first sample of every place; its marks appear in the figures as they come. A finished run is kept."
    )
    chosen = scene.chosen()
    for name, task in scene.tasks().items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{plain(chosen[name].label)}", width=150)
            with st.container():
                run_panel(
                    STATE,
                    task,
                    None,  # in the figures above
                    name=f"run {name}",
                    start=f"Train at {len(scene.plan().ats)} places",
                )


# -- beneath ---------------------------------------------------------------------------------------------------------------


def _beneath(scene: CompareScene, points: list[Point], done: bool) -> None:
    parts: dict[str, Callable[[], None]] = {
        "scores": lambda: score_table(scene, scores(scene, points)),
        "intervals": lambda: intervals_hold(scene),
        "numbers": lambda: numbers(figures(scene, points)),
        "cost": lambda: _cost(scene, points),
        "assumed": lambda: assumptions(scene),
        "said": lambda: said(scores(scene, points)),
        "export": lambda: downloads(scene, points),
    }
    name, tab = tab_row(STATE)
    with tab:
        if not done:
            st.caption("Estimates are still coming in; this is what there is so far.")
        parts[name]()


def _cost(scene: CompareScene, points: list[Point]) -> None:
    shown = cost_figure(scene, points)
    if not shown.groups:
        st.info("Nothing to draw: no estimate with a known truth yet.", icon=":material/info:")
        return
    figure(shown, "compare.cost")
    what = "of R, U1, U2 and S" if scene.quantities() == ATOMS else "in bits"
    st.caption(
        f"The error is the root mean square over samples {what}; a network's seconds include its training. What is "
        "precomputed is left out: it ran elsewhere."
    )
