"""What may be asked of the data: which rows, what the predictors are, what if, subgroups, all pairs of modalities, what bins keep, other estimators, a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.labs.yourdata import changes, headline_figures
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.pairs import offers_pairs
from mmexplore.labs.yourdata.predicted_states import predicted_states
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.subgroups import of_rows
from mmexplore.labs.yourdata.ui import FOLDS, STATE, without_bins
from mmexplore.labs.yourdata.ui.answer import estimated, exact_answer
from mmexplore.labs.yourdata.ui.changes import show_changes, what_if
from mmexplore.labs.yourdata.ui.controls import slice_by
from mmexplore.labs.yourdata.ui.data import dataset_for
from mmexplore.labs.yourdata.ui.export import data_report
from mmexplore.labs.yourdata.ui.headline import headline_for, show_headline, what_bins_keep
from mmexplore.labs.yourdata.ui.learning import more_rows
from mmexplore.labs.yourdata.ui.pairs import pairs_tab
from mmexplore.labs.yourdata.ui.pinned import differences
from mmexplore.labs.yourdata.ui.prepared import prepared
from mmexplore.labs.yourdata.ui.raw import raw
from mmexplore.labs.yourdata.ui.rows_said import rows_said
from mmexplore.labs.yourdata.ui.samples import samples_tab
from mmexplore.labs.yourdata.ui.states_questions import binning, enough_rows, table_of_states
from mmexplore.plot.kinds import Cloud, Scatter
from mmexplore.tabular import Dataset, Roles
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import table
from mmexplore.ui.pins import comparison
from mmexplore.ui.tabs import fold, tab_row
from mmexplore.units import as_unit

_ROWS = 40
_COLUMNS = 4  # of each modality, beside a row's atoms
_MOST_SUBGROUPS = 12
_STATES_OF = {"columns": "The columns, binned", "predictions": "What predictors say"}


def data_answered(dataset: Dataset, roles: Roles) -> None:
    """The headline and its tabs; where there is none yet, its progress."""
    study = STATE.view
    headline = headline_for(study, dataset)
    try:
        made: Prepared | None = prepared(study, dataset)
        why = ""
    except MmexploreError as error:
        made, why = None, str(error)
    rows_said(dataset, made)
    if headline is not None and made is not None and made.doubt:
        headline = dataclasses.replace(headline, doubt=made.doubt)
    if headline is not None and study.states_from == "predictions":
        made, why = predicted_states(headline, study, dataset.name, roles), ""
    if headline is not None:
        show_headline(headline, dataset, roles, made)
        _beside_pinned(headline, dataset, roles)
    parts: dict[str, Callable[[], None]] = {}
    if headline is not None:
        parts["samples"] = lambda: samples_tab(headline, dataset, roles, made)
        parts["rows"] = lambda: _which_rows(headline, dataset, roles)
    parts["what-if"] = lambda: what_if(headline, dataset, roles)
    if headline is not None:
        parts["subgroups"] = lambda: _subgroups(headline, dataset, roles)
        parts["predictors"] = lambda: _predictors(headline, dataset, roles)
        parts["numbers"] = lambda: table(headline_figures.numbers(headline, study.unit), "headline numbers")
    if offers_pairs(study, dataset):
        parts["pairs"] = lambda: pairs_tab(dataset)
    parts["bins"] = lambda: _states(headline, dataset, made, why)
    if made is not None:
        parts["unbinned"] = lambda: without_bins.tab(dataset, made, None)
    parts["data"] = lambda: raw(dataset)
    if headline is not None:
        parts["report"] = lambda: data_report(headline, dataset, roles, made)
    # while the fit anew runs What if is the first tab; it stays the open one when the others come back
    name, tab = tab_row(STATE, tuple(parts), default="what-if" if study.changed() else "")
    with tab:
        parts[name]()


def _which_rows(headline: Headline, dataset: Dataset, roles: Roles) -> None:
    """The rows in which an atom is largest, in a table and among all rows."""
    atom = STATE.around.charts.get("rows.by", "synergy")
    st.segmented_control(
        "Rows with the largest",
        ATOMS,
        format_func=lambda name: f"{ATOM_SYMBOLS[name]}, {ATOM_WORDS[name].title.lower()}",
        required=True,
        key=STATE.show("rows by", atom),
        on_change=_rows_by,
        help="Every atom is the mean of what single rows say: log2 of how much more likely their own class becomes. A row with large synergy is "
        "one whose class both modalities together make likely and neither alone does.",
    )
    frame = dataset.frame
    shown = {name: frame[name].to_numpy(dtype=object) for name in (*roles.x1[:_COLUMNS], *roles.x2[:_COLUMNS])}
    left, right = st.columns(2, gap="large")
    with left:
        table(headline_figures.rows_table(headline, shown, atom, STATE.view.unit, _ROWS), f"rows by {atom}")
        st.caption(
            f"The {min(_ROWS, headline.rows.n)} rows of {headline.rows.n:,} with the largest {ATOM_SYMBOLS[atom]}; rows are counted from 1, as in the data."
        )
    with right:
        figure(_scatter(headline, atom, names_of(STATE.view, roles)), f"figure scatter by {atom}")


def _rows_by() -> None:
    STATE.show_so(charts={**STATE.around.charts, "rows.by": st.session_state[STATE.key("rows by")]})


def _scatter(headline: Headline, atom: str, names: tuple[str, str, str]) -> Scatter:
    """What modality 1 says of each row against what modality 2 says; the rows with the largest atom stand out."""
    rows = headline.rows
    order = np.argsort(-rows.quantities()[atom], kind="stable")
    kept = np.concatenate([order[:_ROWS], order[_ROWS:][:: max(1, len(order) // 1500)]])
    group = np.where(np.isin(kept, order[:_ROWS]), 0, 1)
    return Scatter(
        "What each modality says of every row",
        (Cloud("", rows.i1[kept], rows.i2[kept], group),),
        (f"largest {ATOM_SYMBOLS[atom]}", "other rows"),
        x_label=f"{names[0]} alone: log2 p(class | x1) / p(class), bit",
        y_label=f"{names[1]} alone, bit",
        note="Right of 0: modality 1 makes the row's own class likelier. Above 0: modality 2 does.",
    )


def _subgroups(headline: Headline, dataset: Dataset, roles: Roles) -> None:
    """The atoms of every value of a column, from the rows as they are: nothing is fitted again."""
    column = slice_by(dataset)
    if not column:
        return
    study, names = STATE.view, names_of(STATE.view, roles)
    made = of_rows(headline, dataset, column, study.level)
    for label, why in made.left:
        st.caption(f"{plain(column[:40])}: {plain(label)}: {plain(why)}")
    st.caption(
        "Means of the same rows, with the predictors and the shares of the classes of all rows: what these rows contribute. A subgroup taken as a "
        "population of its own is a What if."
    )
    columns = st.columns(2, gap="large")
    for k, (label, count, read) in enumerate(made.read[:_MOST_SUBGROUPS]):
        with columns[k % 2]:
            title = f"{column[:40]}: {label} ({count:,} rows)"
            figure(headline_figures.subgroup(read, names, study.unit, title, study.level), f"figure subgroup {k}")
    if len(made.read) > _MOST_SUBGROUPS:
        st.caption(f"The first {_MOST_SUBGROUPS} of {len(made.read)} subgroups.")


def _predictors(headline: Headline, dataset: Dataset, roles: Roles) -> None:
    table(headline_figures.predictors(headline, names_of(STATE.view, roles), STATE.view.unit), "predictors")
    st.caption(
        "Each is a mixture of classifiers whose weights are chosen on other rows than those it is judged on. What a predictor believes in is what its "
        "probabilities would tell if they were right; what it scores is what they tell of the labels of held-out rows."
    )
    for sentence in (
        headline.calibrated[1],
        headline.proven[1],
        headline.interaction.words,
        "" if headline.synergy is None else headline.synergy.words,
    ):
        if sentence:
            st.markdown(f"- {plain(sentence)}")
    st.divider()
    more_rows(dataset, roles)


def _states(headline: Headline | None, dataset: Dataset, made: Prepared | None, why: str) -> None:
    """The table of states: certified, and what it lost."""
    study = STATE.view
    if headline is not None:
        STATE.control("states_from", format_func=_STATES_OF.__getitem__)
    if made is None:
        st.warning(f"These columns make no table of states: {plain(why)}", icon=":material/warning:")
        return
    if headline is not None:
        what_bins_keep(headline, made)
    st.divider()
    estimated(made, dataset, exact_answer(made, spoken=False), spoken=False)
    parts: dict[str, Callable[[], None]] = {
        "table": lambda: table_of_states(made),
        "enough": lambda: enough_rows(dataset, made),
    }
    if study.states_from == "columns":
        parts["binning"] = lambda: binning(dataset, made)
    for name, draw in parts.items():
        box = fold(STATE, name, FOLDS[name])
        if box is not None:
            with box:
                draw()


def _beside_pinned(headline: Headline, dataset: Dataset, roles: Roles) -> None:
    """Where a study is pinned: both answers, and what is set differently."""
    pinned = STATE.pinned
    if pinned is None:
        return
    other = dataset_for(pinned)
    if other is None:
        st.info(
            f"The pinned study (A) is of a file that is not loaded (SHA-256 {plain(pinned.file[:12])}…). Drop the same file on the left."
        )
        return
    before = headline_for(pinned, other, name="headline pinned")
    if before is None:
        return
    unit = as_unit(STATE.view.unit)
    comparison(
        f"{plain(other.name[:80])}",
        before.value.to(unit),
        f"{plain(dataset.name[:80])}",
        headline.value.to(unit),
        names_of(STATE.view, roles),
    )
    other_settings = differences(pinned, STATE.view)
    if other_settings:
        st.caption(f"From A to B: {plain('; '.join(other_settings[:8]))}.")
    if before is not headline:
        answer = changes.refitted(before, headline, same_data=other.sha256 == dataset.sha256)
        with st.expander("B − A, with intervals", expanded=True, key=STATE.key("pinned differences")):
            show_changes((answer,), names_of(STATE.view, roles), "pinned")
