"""The headline: what the data tell, by predictors that never saw the rows they are judged on. Run beside the page, kept, shared."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.tables.lost import MUCH
from mmexplore.labs.yourdata import headline_figures
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.bins_kept import BinsKept, bins_kept
from mmexplore.labs.yourdata.evidence import evidence_of_predictors
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.modalities import modalities, packed
from mmexplore.labs.yourdata.report import Names
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.task import task_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.answer import LIGHTS, claims
from mmexplore.labs.yourdata.ui.learning import crowded
from mmexplore.runs import Run
from mmexplore.tabular import Dataset, Roles
from mmexplore.types import INFORMATION_SYMBOLS
from mmexplore.ui.certificate import badge
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_AND_WORDS, table
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.words import number, reading
from mmexplore.units import as_unit, in_unit

_KEPT = 4


def headline_for(study: Study, dataset: Dataset, *, name: str = "headline") -> Headline | None:
    """The headline of a study; None while it is made (its progress is drawn then), or where it failed."""
    if (made := finished_headline(study, dataset)) is not None:
        return made
    task = task_of(study, dataset.sha256)
    run_panel(
        STATE,
        task,
        lambda run: _early(run, study.unit),
        name=name,
        data=lambda: packed(modalities(study, dataset)),
        auto=True,
        takes=lambda: task.seconds_of(study, dataset),
    )
    return None


def finished_headline(study: Study, dataset: Dataset) -> Headline | None:
    """The headline of a study where its run has ended well; nothing is drawn or started."""
    try:
        run = runs.find(task_of(study, dataset.sha256))
    except Unsupported:  # no place for runs on a visitor's own data: the panel says why, and the tables of states stay
        return None
    return _read(run) if run.state.phase == "finished" else None


def _read(run: Run) -> Headline | None:
    """A finished run, remembered."""
    kept: dict[str, Headline] = st.session_state.setdefault(STATE.key("headlines"), {})
    key = f"{run.name} {run.state.ended}"
    found = kept.pop(key, None)
    if found is None:
        try:
            found = Headline.of(run.result() or {}, run.arrays("rows") or {})
        except BadData:
            st.warning("The numbers of this run cannot be read; run it again.", icon=":material/broken_image:")
            return None
        run.look()
    kept[key] = found
    while len(kept) > _KEPT:
        kept.pop(next(iter(kept)))
    return found


def _early(run: Run, unit: str) -> None:
    """What is known while it works: first linear probes, then all predictors."""
    frames = run.frames()
    if not frames:
        return
    latest: dict[str, Any] = {}
    for frame in frames:
        latest |= {name: value for name, value in frame.items() if value is not None}
    numbers = [
        f"{symbol} {number(in_unit(latest[name], unit), 3)}"
        for name, symbol in INFORMATION_SYMBOLS.items()
        if name in latest
    ]
    what = (
        "linear probes"
        if len(frames) == 1
        else "all predictors of either modality"
        if len(frames) == 2
        else "all predictors"
    )
    st.markdown(f"**So far, by {what}** ({unit}): {', '.join(numbers)}.")


def show_headline(headline: Headline, dataset: Dataset, roles: Roles, made: Prepared | None) -> None:
    """Sentence, badges, figures, claims.

    Args:
        headline: the answer.
        dataset: the data.
        roles: which columns play which part.
        made: the table of states of the same rows; None where there is none.
    """
    study = STATE.view
    unit = as_unit(study.unit)
    names = names_of(study, roles)
    first, second, target = map(plain, names)
    what = "" if headline.title.startswith("the label") else f" What is decomposed is {plain(headline.title)}."
    st.markdown(
        f"**{plain(dataset.name[:80])}.** {reading(headline.value.to(unit), (first, second, target), predicted=headline.above_zero)}{what}"
    )
    read = ", ".join(
        f"**{symbol}** {number(in_unit(headline.readings[name].value, unit), 3)}"
        for name, symbol in INFORMATION_SYMBOLS.items()
    )
    st.markdown(
        f"Predictors that never saw the rows they are judged on read {read} {unit}; the ceiling H(Y) is {number(in_unit(headline.entropy, unit), 3)}."
    )
    _badges(headline, None if made is None else bins_kept(headline, made))
    crowded(headline, dataset)
    drawing, words = st.columns(FIGURE_AND_WORDS, gap="large")
    with drawing:
        figure(headline_figures.atoms(headline, names, unit), "figure headline atoms")
        figure(headline_figures.informations(headline, names, unit), "figure headline informations")
    with words:
        claims(advice_of(headline, names, unit))
        with st.expander(f"What may mislead ({len(headline.warnings)})", key=STATE.key("headline mislead")):
            for warning in headline.warnings:
                st.markdown(f"- {plain(warning)}")


def advice_of(headline: Headline, names: Names, unit: str) -> Advice:
    """What the evidence allows one to say."""
    return advise(evidence_of_predictors(headline, names, unit))


def _badges(headline: Headline, kept: BinsKept | None) -> None:
    """What the states lose, whether the rows are enough, calibration, and what the certificate of the table certifies."""
    colour, sentence = headline.light()
    light, icon, words = LIGHTS[colour]
    calibrated, told = headline.calibrated
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept is not None:
            st.badge(
                kept.lost.words(),
                icon=":material/filter_alt:",
                color="red" if kept.lost.much else "green",
                help=f"What predictors find in the columns, beside what the table of their states holds. Red above {MUCH:.0%} of either modality's "
                "or of both: then the table is no picture of the data. See “What do my bins keep?” below.",
            )
        st.badge(f"{words} · {headline.rows.n:,} rows", icon=icon, color=light, help=sentence)  # type: ignore[arg-type]
        st.badge(
            "Calibrated" if calibrated else "Not calibrated: R may be too high",
            icon=":material/speed:",
            color="green" if calibrated else "orange",
            help=plain(told),
        )
        if kept is not None:
            badge(kept.table, of="Table of the states, not the data")


def what_bins_keep(headline: Headline, made: Prepared) -> None:
    """Both decompositions side by side, as numbers."""
    kept = bins_kept(headline, made)
    if kept is None:
        return
    icon = ":material/warning:" if kept.lost.much else ":material/check:"
    st.markdown(
        f"{icon} **{kept.lost.words()}.** The certificate speaks of the table alone: exact about the states, whatever they lost. Informations of so few "
        "rows a cell are too large; the column “less its bias” takes off what is predicted."
    )
    table(kept.numbers(STATE.view.unit), "bins kept")
