"""What was kept, and by which part of a representation: a run of the methods side by side, under way and finished."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.labs.losses.figures import (
    accuracy_curves,
    accuracy_dots,
    chosen_words,
    critic_bounds,
    embeddings,
    factor_heat,
    nulls_dots,
    r2_dots,
    terms_curves,
)
from mmexplore.labs.losses.reading import LabResults, findings, points_of, read_lab
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.file import own, waiting
from mmexplore.labs.losses.ui.information import where
from mmexplore.runs import Run
from mmexplore.runs.task import Task
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure, selected
from mmexplore.ui.pictures import side_by_side
from mmexplore.ui.run_panel import run_panel

Own = tuple[str, dict[str, np.ndarray], str]
PROBE_TITLES = {"linear": "Linear probe", "mlp": "MLP probe"}
_SETTING = ("data", "methods", "lab")  # heads of the paths that make a setting


def methods(scene: FactorClScene) -> None:
    """The first view."""
    mine = _own(scene)
    if mine is None and scene.data == OWN:
        waiting(scene)
        return
    where(scene, mine)
    _choices(scene, looked=True)
    _panel(scene, mine, _measured)


def factors(scene: FactorClScene) -> None:
    """The second view: factors against representations, leaks, nulls."""
    mine = _own(scene)
    if mine is None and scene.data == OWN:
        waiting(scene)
        return
    _choices(scene, looked=False)
    _panel(scene, mine, _factors)


def panel_shows() -> Hashable:
    """What the part below the live dial shows of the view: the run of its setting, where there is one."""
    scene = STATE.view
    if scene.view != "methods" or scene.data == OWN:
        return None
    run = runs.find(scene.task("lab"))
    return run.name if run.exists else None


def _task() -> Task:
    """Of the setting on show at the moment: a move of the dial changes it and leaves what is drawn of no run as it is."""
    mine = _own(STATE.view)
    return STATE.view.task("lab", mine[0] if mine else "")


def _own(scene: FactorClScene) -> Own | None:
    return own(scene) if scene.data == OWN else None


def _choices(scene: FactorClScene, looked: bool) -> None:
    """What is drawn; outside the part that is drawn anew while a run works."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        STATE.control("score", format_func=PROBE_TITLES.__getitem__)
        if looked:
            names = scene.drawable()
            STATE.control("looked", options=list(names), format_func=names.__getitem__, width=300)


def _panel(scene: FactorClScene, mine: Own | None, draw: Callable[[FactorClScene, Run, LabResults], None]) -> None:
    if mine is not None and mine[2]:
        st.caption(mine[2])
    count = len(scene.chosen())
    run_panel(
        STATE,
        _task,
        lambda run: _drawn(scene, run, draw),
        name="lab",
        start=f"Train {count} method{'s' if count > 1 else ''}",
        data=mine[1] if mine else None,
        idle=lambda: _idle(scene),
        keeps=mine is None,
    )


def _drawn(scene: FactorClScene, run: Run, draw: Callable[[FactorClScene, Run, LabResults], None]) -> None:
    lab = read_lab(run)
    if lab is None:
        st.caption("Nothing was measured before it ended.")
        return
    draw(scene, run, lab)


def _idle(scene: FactorClScene) -> None:
    named = "\n".join(f"- **{plain(o.heading())}**: {plain(o.sentence)} *{plain(o.why)}*" for o in scene.chosen())
    st.markdown(f"Nothing has been trained for this setting yet. These will be:\n\n{named}")
    st.caption(
        "Raw inputs and an untrained encoder are measured first, and every method's networks before they are trained: training that does not beat them has "
        "brought the probe nothing."
    )


def _measured(scene: FactorClScene, run: Run, lab: LabResults) -> None:
    shared = scene.shared_accuracy()
    _sentences(lab, shared)
    pinned = _pinned(scene)
    if pinned is not None:
        _side_by_side(scene, lab, pinned)
    m = lab.place(scene.looked)
    dots = accuracy_dots(lab, scene.score, shared) if pinned is None else []
    for k, shown in enumerate(dots):
        figure(shown, f"learn.accuracy {k}")
    side_by_side(
        [
            r2_dots(lab, scene.score),
            accuracy_curves(lab, shared),
            *terms_curves(lab, m),
            critic_bounds(lab),
        ],
        "learn",
    )
    _embeddings(run, lab, m)
    _waits(scene, lab)


@st.fragment
def _embeddings(run: Run, lab: LabResults, m: int) -> None:
    """The embeddings of one method; runs alone when points are selected."""
    drawn = points_of(run, lab, m)
    chosen = selected(lambda rows: embeddings(drawn, lab, m, rows), f"learn.embeddings {run.name}")
    if chosen:
        st.markdown(f"**{plain(chosen_words(drawn, lab, chosen))}**")


def _factors(scene: FactorClScene, run: Run, lab: LabResults) -> None:
    heat = factor_heat(lab, scene.score)
    if heat is not None:
        figure(heat, "learn.factors")
    _sentences(lab, scene.shared_accuracy())
    side_by_side([nulls_dots(lab)], "learn.nulls")
    if lab.null_label.size == 0:
        st.caption(
            "Nulls, with labels shuffled and with the second view taken from another row, come at the end of the run."
        )
    _waits(scene, lab)


def _waits(scene: FactorClScene, lab: LabResults) -> None:
    if scene.score == "mlp" and not lab.done.all():
        st.caption("The MLP probe is fitted once a method is done; until then its dots are missing.")


def _sentences(lab: LabResults, shared: Mapping[str, float]) -> None:
    sentences = findings(lab, shared)
    chance = [sentence for sentence in sentences if sentence.startswith("Synergy sits at chance")]
    for sentence in chance if not lab.truth.get("synergy_at_chance") else ():  # the run has said so itself
        st.warning(plain(sentence), icon=":material/warning:")
    rest = [plain(sentence) for sentence in sentences if sentence not in chance]
    if rest:
        st.markdown("\n".join(f"- {sentence}" for sentence in rest))


# -- A against B ----------------------------------------------------------------------------------------------------------


def _pinned(scene: FactorClScene) -> tuple[FactorClScene, LabResults] | str | None:
    """The pinned scene with its run, or why it cannot be shown."""
    other = STATE.pinned
    if other is None:
        return None
    if other.data == OWN:
        return "The pinned setting belongs to data of a visitor's own; those are not part of a link."
    lab = read_lab(runs.find(other.task("lab")))
    return (
        "The pinned setting has not been trained here yet: open it with Undo, train it, and come back."
        if lab is None
        else (other, lab)
    )


def _differences(pinned: FactorClScene, scene: FactorClScene) -> list[str]:
    """What the pinned setting has that the present one has not."""
    there = scene.paths()
    differs = []
    for path in pinned.paths():
        head, _, rest = path.partition(".")
        if head not in _SETTING or (head == "methods" and rest):
            continue
        value = pinned.get(path)
        if path not in there or value != scene.get(path):
            parameter = pinned.at(path)
            differs.append(f"{parameter.label.lower()} {parameter.format(value)}")
    return differs


def _side_by_side(scene: FactorClScene, lab: LabResults, pinned: tuple[FactorClScene, LabResults] | str) -> None:
    if isinstance(pinned, str):
        st.info(pinned, icon=":material/keep:")
        side_by_side(accuracy_dots(lab, scene.score), "learn.b")
        return
    other, theirs = pinned
    differs = _differences(other, scene)
    text = f"**A** is the pinned setting{': ' + plain('; '.join(differs)) if differs else ', which is also what is shown now'}. **B** is shown now."
    st.markdown(text)
    for column, (name, shown, of) in zip(st.columns(2), (("A", theirs, other), ("B", lab, scene)), strict=True):
        with column:
            st.markdown(f"**{name}**")
            side_by_side(accuracy_dots(shown, scene.score, of.shared_accuracy())[:1], f"learn.{name}")
    same = [t for t in lab.methods if t in theirs.methods]
    labels = [label for label in lab.labels if label in theirs.labels]
    rows = []
    for text in same:
        cells = []
        for label in labels:
            a, b = (
                float(shown.accuracy[shown.methods.index(text), :, shown.whole, shown.labels.index(label)].mean())
                for shown in (theirs, lab)
            )
            cells.append(f"{b - a:+.3f}".replace("-", "\u2212") if np.isfinite(b - a) else "\u2013")
        rows.append(f"| {plain(lab.titles[lab.methods.index(text)])} | {' | '.join(cells)} |")
    if rows:
        head = f"| B \u2212 A, linear accuracy at the representation | {' | '.join(plain(label) for label in labels)} |"
        st.markdown("\n".join([head, f"|:--|{'--:|' * len(labels)}", *rows]))
