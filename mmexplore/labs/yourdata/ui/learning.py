"""Would more rows show more? The answer fitted on ever more of the rows, and with columns of noise; run when it is asked for."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.predictive.curve import NAMES, LearningCurve
from mmexplore.labs.yourdata import learning
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.learning import read_curve
from mmexplore.labs.yourdata.modalities import modalities, packed
from mmexplore.labs.yourdata.report import Names
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import learning_task_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.runs import Run
from mmexplore.tabular import Dataset, Roles
from mmexplore.types import ATOM_SYMBOLS, INFORMATION_SYMBOLS
from mmexplore.ui.failures import plain
from mmexplore.ui.pictures import side_by_side, table
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.words import number
from mmexplore.units import in_unit


def curve_for(study: Study, dataset: Dataset) -> LearningCurve | None:
    """The learning curve of a study where its run has ended."""
    try:
        run = runs.find(learning_task_of(study, dataset.sha256))
        return read_curve(run.result() or {}) if run.state.phase == "finished" else None
    except (BadData, Unsupported):
        return None


def more_rows(dataset: Dataset, roles: Roles) -> None:
    """The run, and what it says of more rows and of columns that tell nothing."""
    study = STATE.view
    names = names_of(study, roles)
    st.markdown("**Would more rows show more, and what do columns that tell nothing cost?**")
    task = learning_task_of(study, dataset.sha256)
    run_panel(
        STATE,
        task,
        lambda run: _drawn(run, names, study.unit),
        name="learning",
        start="Fit on ever more of the rows",
        data=lambda: packed(modalities(study, dataset)),
        idle=_idle,
        takes=lambda: task.seconds_of(study, dataset),
    )


def crowded(headline: Headline, dataset: Dataset) -> None:
    """On the first screen: whether rows are few for so many columns, and what was measured of it."""
    study = STATE.view
    curve = curve_for(study, dataset)
    if curve is not None:
        st.caption(plain(" ".join(learning.sentences(curve, study.unit))))
    elif headline.crowded:
        st.caption(f"{plain(headline.crowded)} How much it costs here is measured under “Predictors”.")


def _idle() -> None:
    st.caption(
        "Fits everything again on an eighth, a quarter and half of the rows, twice each, then on all of them, and on all of them with as many columns "
        "again that tell nothing. Takes about five times as long as the answer above."
    )


def _drawn(run: Run, names: Names, unit: str) -> None:
    result = run.result()
    if not result:
        _early(run.frames(), unit)
        return
    curve = read_curve(result)
    more, cost = learning.sentences(curve, unit)
    st.markdown(f"- {plain(more)}\n- {plain(cost)}")
    shown = [
        learning.informations(curve.points, names, unit),
        learning.atoms(curve.points, names, unit),
        learning.noise(curve, names, unit),
    ]
    side_by_side(shown, "learning")
    table(learning.numbers(curve.points, unit), "learning numbers")


def _early(frames: list[dict[str, Any]], unit: str) -> None:
    """What is read at the numbers of rows that are done."""
    symbols = {**INFORMATION_SYMBOLS, **ATOM_SYMBOLS}
    lines = [f"| rows | {' | '.join(f'{symbols[name]} ({unit})' for name in NAMES)} |", "|--:|" + "--:|" * len(NAMES)]
    for frame in frames:
        cells = [number(in_unit(float(frame[name]), unit), 3) for name in NAMES]
        lines.append(f"| {int(frame['n']):,} | {' | '.join(cells)} |")
    st.markdown("\n".join(lines))
