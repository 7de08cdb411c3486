"""What may be asked of a table of states: every number, enough rows, the binning, what if, slices, other estimators, a report."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmexplore.estimators.tables.differences import Group
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.estimators.tables.price import bins_seconds, estimate_seconds, sizes_seconds
from mmexplore.jobs import Elsewhere
from mmexplore.labs.yourdata import report as study_report
from mmexplore.labs.yourdata.answer import BINS
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.ui import STATE, without_bins
from mmexplore.labs.yourdata.ui.answer import names_of, truth
from mmexplore.labs.yourdata.ui.controls import slice_by
from mmexplore.labs.yourdata.ui.export import states_report
from mmexplore.labs.yourdata.ui.prepared import bins_key, estimate_key, groups_key
from mmexplore.labs.yourdata.ui.raw import raw
from mmexplore.labs.yourdata.ui.whatif import what_if
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import table
from mmexplore.ui.tabs import tab_row
from mmexplore.ui.work import computed


def questions(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """Tabs; only the open one is computed."""
    parts: dict[str, Callable[[], None]] = {"table": lambda: table_of_states(made)}
    if made.codes is not None:
        parts |= {"numbers": lambda: _numbers(found), "enough": lambda: enough_rows(dataset, made)}
    if dataset.kind == "rows":
        parts |= {
            "binning": lambda: binning(dataset, made),
            "what-if": lambda: what_if(dataset, made),
            "slices": lambda: _slices(dataset, made),
            "unbinned": lambda: without_bins.tab(dataset, made, found),
        }
    parts |= {"data": lambda: raw(dataset), "report": lambda: states_report(dataset, made, found)}
    name, tab = tab_row(STATE, tuple(parts))
    with tab:
        parts[name]()


def _numbers(found: Estimate | None) -> None:
    if found is None:
        st.caption("The numbers appear when the estimate is done.")
        return
    table(study_report.numbers(found, STATE.view.unit), "every number")
    for null in found.nulls:
        st.caption(f"**{null.kind.label}** ({null.done:,} times; keeps {null.kind.keeps}): {null.kind.question}")


def table_of_states(made: Prepared) -> None:
    """The table as a picture, and how it was made."""
    if made.table.p.size > 4000:
        st.info(f"The table has {made.table.p.size:,} cells, too many to draw. Use fewer bins to see it.")
    else:
        figure(study_report.table(made, names_of(made)), "figure table")
    for said in made.said:
        st.caption(plain(said))


def enough_rows(dataset: Dataset, made: Prepared) -> None:
    """The atoms of the table against the rows used."""
    codes = made.codes
    if codes is None:
        return
    settings = STATE.view.settings()
    found = computed(
        STATE,
        "sizes",
        f"sizes {estimate_key(STATE.view, dataset)}",
        Elsewhere(
            "mmexplore.estimators.tables.curves:against_n",
            *codes,
            settings,
            sampling=made.sampling,
            price=sizes_seconds(codes),
        ),
    )
    if found is not None and len(found.sizes):
        figure(study_report.sizes(found, names_of(made), STATE.view.unit, truth()), "figure sizes")


def binning(dataset: Dataset, made: Prepared) -> None:
    """How the states were made, and the atoms against their number."""
    study = STATE.view
    for name, one in zip(names_of(made), made.made, strict=False):
        st.markdown(f"**{plain(name)}**: {plain('; '.join(one.sentences()))}.")
    if study.method == "categorical" or not any(one.numbers for one in made.made[:2]):
        st.caption("Nothing is binned: every value is a state as it is.")
        return

    found = computed(
        STATE,
        "bins",
        bins_key(study, dataset),
        Elsewhere(
            "mmexplore.labs.yourdata.answer:curve_over_bins",
            study,
            dataset,
            price=0.0 if made.codes is None else bins_seconds(made.codes, BINS),
        ),
    )
    if found is not None and found.points:
        figure(study_report.bins(found, names_of(made), study.unit), "figure bins")


def _slices(dataset: Dataset, made: Prepared) -> None:
    """One decomposition for every value of a column."""
    study = STATE.view
    if not slice_by(dataset) or made.codes is None or made.rows is None:
        return
    found: tuple[Group, ...] | None = computed(
        STATE,
        "groups",
        groups_key(study, dataset),
        Elsewhere(
            "mmexplore.labs.yourdata.answer:by_group",
            study,
            dataset,
            made,
            price=4 * estimate_seconds(made.codes, study.settings()),
        ),
    )
    if found is None:
        return
    figures = study_report.groups(found, names_of(made), study.unit, study.slice)
    columns = st.columns(min(2, len(found)), gap="large")
    for k, (shown, one) in enumerate(zip(figures, found, strict=True)):
        with columns[k % len(columns)]:
            figure(shown, f"figure group {k}")
            light = one.estimate.light
            if light.colour != "green":
                st.caption(f":material/warning: {plain(light.sentence)}")
