"""Without bins: the same rows as the measurements they are, by estimators that need no states, and by networks if asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.estimators.mi.task import MIRun
from mmexplore.estimators.pids.batch_task import PIDBatch
from mmexplore.estimators.pids.flow_task import PIDFlow
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.estimators.tables.estimate import Settings as EstimateSettings
from mmexplore.jobs import Elsewhere
from mmexplore.labs.yourdata import without_bins_report
from mmexplore.labs.yourdata.report import Names, bars_in_unit, curves_in_unit
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.answer import names_of
from mmexplore.labs.yourdata.ui.prepared import data_key
from mmexplore.labs.yourdata.without_bins import Measured, WithoutBins, measured
from mmexplore.plot.kinds import Bar, Bars, Curves, Series
from mmexplore.report import Section
from mmexplore.runs import Run
from mmexplore.tabular import Dataset
from mmexplore.types import ATOM_SYMBOLS, INFORMATION_SYMBOLS
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_AND_WORDS, side_by_side, table
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.work import computed

_TARGET = {"auto": "As its values suggest", "label": "A label", "number": "A measurement"}
_TRAINED = {"none": "None", "decomposition": "A decomposition", "information": "I12 by InfoNCE"}
_VERDICTS = {
    "yes": ":material/check:",
    "no": ":material/close:",
    "unclear": ":material/question_mark:",
    "": ":material/info:",
}


def answer_key(study: Study, dataset: Dataset) -> str:
    """Identity of the answer: the rows as they are, and how they are told."""
    told = [getattr(study, name) for name in ("target_as", "neighbours", "most_rows", "level", "seed")]
    return f"without bins {data_key(_unbinned(study), dataset)} {told}"


def _unbinned(study: Study) -> Study:
    """The study with everything about states at its default: none of it matters here."""
    kept = {p.name: p.default for p in EstimateSettings.parameters() if p.name != "seed"}
    states = ("method", "bins1", "bins2", "bins_y", "each", "directions", "missing", "fit_on")
    return study.replace(**kept, **{name: Study.parameter(name).default for name in states})


def states_of_target(made: Prepared, rows: Measured) -> int | None:
    """Into how many states a measured target was cut where it was binned; None where it was not cut."""
    return made.made[2].bins if rows.target == "scalar" and len(made.made) == 3 else None


def tab(dataset: Dataset, made: Prepared, states: Estimate | None) -> None:
    """Controls, answer, choice, networks."""
    study = STATE.view
    _controls()
    try:
        rows = _measured(study, dataset)
    except MmexploreError as error:
        st.info(plain(f"{str(error)[:1].upper()}{str(error)[1:]}."), icon=":material/info:")
        return
    names = names_of(made)
    kind = f"a label of {len(rows.classes)} classes" if rows.target == "label" else "a measurement"
    st.caption(
        f"{rows.n:,} rows; {rows.x1.shape[1]} and {rows.x2.shape[1]} columns as numbers; {plain(rows.column_y[:60])} as {kind}."
    )
    found: WithoutBins | None = computed(
        STATE,
        "without bins",
        answer_key(study, dataset),
        Elsewhere("mmexplore.labs.yourdata.without_bins:without_bins", rows, study, price=5e-4 * rows.n),
    )
    if found is not None:
        _show(found, rows, made, names, states)
    _networks(study, rows, names)


def _controls() -> None:
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        with st.container(width=230):
            STATE.control("target_as", format_func=_TARGET.__getitem__)
        with st.container(width=230):
            STATE.control("neighbours")
        with st.container(width=230):
            STATE.control("most_rows")


def _measured(study: Study, dataset: Dataset) -> Measured:
    """`measured`, remembered for the latest question."""
    key = f"{data_key(_unbinned(study), dataset)} {study.target_as}"
    kept: tuple[str, Measured] | None = st.session_state.get(STATE.key("measured"))
    if kept is None or kept[0] != key:
        kept = (key, measured(study, dataset))
        st.session_state[STATE.key("measured")] = kept
    return kept[1]


def _show(found: WithoutBins, rows: Measured, made: Prepared, names: Names, states: Estimate | None) -> None:
    unit, cut = STATE.view.unit, states_of_target(made, rows)
    words, drawing = st.columns(FIGURE_AND_WORDS[::-1], gap="large")
    with words:
        st.markdown("**What this shows here**")
        for finding in without_bins_report.readings(found, names, unit, states, cut):
            st.markdown(f"{_VERDICTS[finding.verdict]} {plain(finding.sentence)}", help=plain(finding.reason) or None)
        for name, why in found.refused.items():
            st.warning(f"{plain(without_bins_report.short(name))} gave nothing: {plain(why)}.", icon=":material/block:")
        warnings = found.warnings
        if warnings:
            with st.expander(f"What may mislead ({len(warnings)})", key=STATE.key("without mislead")):
                for warning in warnings:
                    st.markdown(f"- {plain(warning)}")
        for said in found.said:
            st.caption(f"{plain(said)}.")
        if rows.target == "label":
            st.caption("No closed form decomposes a label without states; BATCH, below, learns a decomposition.")
    with drawing:
        if found.informations:
            shown = without_bins_report.informations_figure(found, names, unit, states)
            figure(shown, "figure informations without bins")
        if found.pids or found.allowed:
            beside = states if cut is None else None
            figure(without_bins_report.atoms_figure(found, names, unit, beside), "figure atoms without bins")
    with st.expander("Which one to trust?", key=STATE.key("without choice")):
        for label, assumes, when in without_bins_report.choice(found):
            st.markdown(f"- **{plain(label)}.** Assumes: {plain(assumes)} *{plain(when)}*")
        st.markdown(
            "- **States (above).** Assumes: that the cuts keep what matters, and many rows a cell. *The only one with certificates, nulls "
            "and p-values, and for columns that are no numbers.*"
        )
    with st.expander("Every number", key=STATE.key("without numbers")):
        table(without_bins_report.numbers(found, unit, states), "without bins")


# -- networks --------------------------------------------------------------------------------------------------------------


def _networks(study: Study, rows: Measured, names: Names) -> None:
    """A run on these rows, in a process of its own."""
    STATE.control("trained", format_func=_TRAINED.__getitem__)
    if study.trained == "none":
        return
    task = task_of(study, rows)
    run_panel(
        STATE,
        task,
        lambda run: _draw(run, names),
        name="without bins run",
        data=rows.arrays(),
        takes=lambda: task.seconds_of(rows.n, (rows.x1.shape[1], rows.x2.shape[1], 1)),
    )


def task_of(study: Study, rows: Measured) -> MIRun | PIDBatch | PIDFlow:
    """What is run: a decomposition that takes the target, or I(X1,X2;Y)."""
    data = f"own?id={rows.identity()}"
    if study.trained == "information":
        return MIRun(data=data, between="x1 and x2, y", level=study.level, seed=study.seed)
    if rows.target == "label":
        return PIDBatch(data=data, level=study.level, seed=study.seed)
    return PIDFlow(data=data, estimator="hybrid", level=study.level, seed=study.seed)


def _draw(run: Run, names: Names) -> None:
    """The curve, and what came out."""
    unit = STATE.view.unit
    frames = run.frames()
    result = run.result()
    bars = _result_bars(result, names) if result else None
    curve = curves_in_unit(_curve(frames), unit) if len(frames) > 1 else None
    side_by_side([curve, None if bars is None else bars_in_unit(bars, unit)], "without bins run")
    checks = result.get("checks", ()) if result else ()
    for check in checks:
        if not check["passed"]:
            st.warning(f"Not converged, {plain(check['name'])}: {plain(check['words'])}", icon=":material/warning:")
    if checks and all(check["passed"] for check in checks):
        st.badge(f"Converged: {len(checks)} checks passed", icon=":material/check:", color="green")


_CURVES: dict[str, tuple[str, str]] = {
    "training": ("training samples", ""),
    "held_out": ("held-out samples", ""),
    **{part: (symbol, "") for part, symbol in INFORMATION_SYMBOLS.items()},
    **{atom: (symbol, symbol) for atom, symbol in ATOM_SYMBOLS.items()},
}


def _curve(frames: list[dict[str, Any]]) -> Curves:
    """What was measured during training, in bits."""
    series, hue = [], 0
    for name, (label, atom) in _CURVES.items():
        values = np.array([np.nan if frame.get(name) is None else float(frame[name]) for frame in frames])
        if np.isfinite(values).any():
            own = {} if atom else {"hue": hue}
            hue += not atom
            series.append(Series(label, values, atom=atom, **own))  # type: ignore[arg-type]
    steps = np.arange(1.0, len(frames) + 1)
    ordered = np.array([float(frame["step"]) for frame in frames])
    rising = bool((np.diff(ordered) > 0).all())
    return Curves(
        "During training",
        ordered if rising else steps,
        tuple(series),
        x_label="training steps" if rising else "evaluations",
        note="On held-out samples, except the line of training samples.",
    )


def _result_bars(result: dict[str, Any], names: Names) -> Bars | None:
    """The estimate of a finished run, in bits."""
    if "mi" in result:
        low, high = result.get("interval") or (None, None)
        bars = [Bar("I12 · InfoNCE", float(result["mi"]), low=low, high=high)]
        if result.get("ceiling") is not None:
            bars.append(Bar("its ceiling", float(result["ceiling"])))
        return Bars(f"Both on {names[2]}, by a trained critic", tuple(bars), note=str(result.get("interval_is", "")))
    if "value" not in result:
        return None
    bars = []
    for atom, symbol in ATOM_SYMBOLS.items():
        low, high = result["intervals"].get(atom, (None, None))
        bars.append(Bar(f"{symbol} · {result['estimator']}", float(result["value"][atom]), symbol, low=low, high=high))  # type: ignore[arg-type]
    for part, symbol in INFORMATION_SYMBOLS.items():
        low, high = result["intervals"].get(part, (None, None))
        bars.append(Bar(f"{symbol} · {result['estimator']}", float(result["value"][part]), low=low, high=high))
    return Bars(f"The atoms of {names[2]}, by trained networks", tuple(bars), note=f"{result['n']:,} rows.")


def sections(dataset: Dataset, made: Prepared, found: WithoutBins, states: Estimate) -> tuple[Section, ...]:
    """The part of the report."""
    rows = _measured(STATE.view, dataset)
    return without_bins_report.sections(found, rows, names_of(made), states, states_of_target(made, rows))
