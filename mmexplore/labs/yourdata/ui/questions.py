"""What may be asked of an answer: every number, enough rows, the binning, what if, slices, the data, a report."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve, against_n
from mmexplore.estimators.tables.differences import Group
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.labs.yourdata import report as study_report
from mmexplore.labs.yourdata.answer import by_group, curve_over_bins
from mmexplore.labs.yourdata.script import study_script
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.ui import STATE, without_bins
from mmexplore.labs.yourdata.ui.answer import estimated, exact_answer, names_of, reading_of, truth
from mmexplore.labs.yourdata.ui.controls import LISTED, guess_columns, options, short
from mmexplore.labs.yourdata.ui.pinned import beside_pinned
from mmexplore.labs.yourdata.ui.prepared import estimate_key, prepared
from mmexplore.labs.yourdata.ui.whatif import clear_changes, what_if
from mmexplore.labs.yourdata.without_bins_report import numbers_csv
from mmexplore.report import render_report
from mmexplore.tabular import Dataset
from mmexplore.ui.downloads import download_row
from mmexplore.ui.failures import plain
from mmexplore.ui.pictures import FIGURE_WIDTH, show, table
from mmexplore.ui.work import computed


def answered(dataset: Dataset) -> None:
    """The answer and what may be asked of it; where these choices have none, the reason and the way back."""
    study = STATE.view
    try:
        made = prepared(study, dataset)
    except MmexploreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        with st.container(horizontal=True):
            if study.changed():
                st.button("No changes", icon=":material/filter_alt_off:", on_click=clear_changes)
            if study.x1 or study.x2 or study.y:
                st.button("Guess the columns", icon=":material/auto_fix:", on_click=guess_columns)
        _data(dataset)
        return
    badges = exact_answer(made)
    found = estimated(made, dataset, badges)
    beside_pinned(made, found)
    questions(dataset, made, found)


def questions(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """Tabs; only the open one is computed."""
    parts: dict[str, Callable[[], None]] = {"Table": lambda: _table(made)}
    if made.codes is not None:
        parts |= {"Numbers": lambda: _numbers(found), "Enough rows?": lambda: _enough(dataset, made)}
    if dataset.kind == "rows":
        parts |= {
            "Binning": lambda: _binning(dataset, made),
            "What if": lambda: what_if(dataset, made),
            "Slices": lambda: _slices(dataset, made),
            "Without bins": lambda: without_bins.tab(dataset, made, found),
        }
    parts |= {"Data": lambda: _data(dataset), "Report": lambda: _report(dataset, made, found)}
    tabs = st.tabs(tuple(parts), key=STATE.key("questions"), on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        with tab:
            if tab.open:
                draw()


def _numbers(found: Estimate | None) -> None:
    if found is None:
        st.caption("The numbers appear when the estimate is done.")
        return
    table(study_report.numbers(found, STATE.view.unit), "every number")
    for null in found.nulls:
        st.caption(f"**{null.kind.label}** ({null.done:,} times; keeps {null.kind.keeps}): {null.kind.question}")


def _table(made: Prepared) -> None:
    if made.table.p.size > 4000:
        st.info(f"The table has {made.table.p.size:,} cells, too many to draw. Use fewer bins to see it.")
    else:
        show(study_report.table(made, names_of(made)), "table")
    for said in made.said:
        st.caption(plain(said))


def _enough(dataset: Dataset, made: Prepared) -> None:
    codes = made.codes
    if codes is None:
        return
    settings = STATE.view.settings()
    found = computed(
        STATE,
        "sizes",
        f"sizes {estimate_key(STATE.view, dataset)}",
        lambda report, stop: against_n(*codes, settings, progress=report, should_stop=stop),
    )
    if found is not None and len(found.sizes):
        show(study_report.sizes(found, names_of(made), STATE.view.unit, truth()), "sizes")


def _bins_key(study: Study, dataset: Dataset) -> str:
    return f"bins {estimate_key(study.replace(bins1=2, bins2=2), dataset)}"


def _groups_key(study: Study, dataset: Dataset) -> str:
    return f"groups {study.slice} {estimate_key(study, dataset)}"


def _binning(dataset: Dataset, made: Prepared) -> None:
    study = STATE.view
    for name, one in zip(names_of(made), made.made, strict=False):
        st.markdown(f"**{plain(name)}**: {plain('; '.join(one.sentences()))}.")
    if study.method == "categorical" or not any(one.numbers for one in made.made[:2]):
        st.caption("Nothing is binned: every value is a state as it is.")
        return

    found = computed(
        STATE,
        "bins",
        _bins_key(study, dataset),
        lambda report, stop: curve_over_bins(study, dataset, progress=report, should_stop=stop),
    )
    if found is not None and found.points:
        show(study_report.bins(found, names_of(made), study.unit), "bins")


def _slices(dataset: Dataset, made: Prepared) -> None:
    """One decomposition for every value of a column."""
    study = STATE.view
    STATE.control(
        "slice",
        options=options("", *dataset.names[:LISTED], study.slice),
        format_func=lambda name: short(name) or "choose a column",
        accept_new_options=len(dataset.names) > LISTED,
        width=FIGURE_WIDTH,
    )
    if not study.slice or made.codes is None or made.rows is None:
        return
    if study.slice not in dataset.info:
        st.warning(f"There is no column {plain(study.slice[:60])} in these data.")
        return
    found: tuple[Group, ...] | None = computed(
        STATE,
        "groups",
        _groups_key(study, dataset),
        lambda report, stop: by_group(study, dataset, made, progress=report, should_stop=stop),
    )
    if found is None:
        return
    figures = study_report.groups(found, names_of(made), study.unit, study.slice)
    with st.container(horizontal=True, gap="large"):
        for k, (figure, one) in enumerate(zip(figures, found, strict=True)):
            with st.container(width=FIGURE_WIDTH):
                show(figure, f"group {k}")
                light = one.estimate.light
                if light.colour != "green":
                    st.caption(f":material/warning: {plain(light.sentence)}")


def _data(dataset: Dataset) -> None:
    """The first rows, and what is in every column."""
    import pandas as pd

    st.caption(f"{len(dataset):,} rows, {len(dataset.columns):,} columns. SHA-256 {dataset.sha256[:16]}…")
    for note in dataset.notes:
        st.caption(plain(note))
    st.dataframe(dataset.frame.iloc[:200, :60], hide_index=True, height=280)
    infos = dataset.columns[:2000]
    st.dataframe(
        pd.DataFrame(
            {
                "column": [i.name for i in infos],
                "kind": [i.kind for i in infos],
                "different values": [i.distinct for i in infos],
                "missing": [i.missing for i in infos],
                "for example": [", ".join(i.examples) for i in infos],
                "mind": [i.warning for i in infos],
            }
        ),
        hide_index=True,
        height=320,
    )


def _report(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """Everything as one file, and the numbers as CSV and JSON."""
    if found is None:
        st.caption(
            "A table of probabilities has no report of its own: see Decompose."
            if made.codes is None
            else "Ready when the estimate is done."
        )
        return
    answers = st.session_state.get(STATE.key("answers"), {})

    study = STATE.view
    sizes = answers.get(f"sizes {estimate_key(study, dataset)}")
    by_bins = answers.get(_bins_key(study, dataset))
    by_group = answers.get(_groups_key(study, dataset)) if study.slice else None
    measured = answers.get(without_bins.answer_key(study, dataset)) if dataset.kind == "rows" else None
    content = study_report.report_of(
        STATE.view,
        made,
        found,
        reading_of(found, made),
        names_of(made),
        dataset.sha256,
        against_rows=sizes if isinstance(sizes, SizeCurve) else None,
        against_bins=by_bins if isinstance(by_bins, BinsCurve) else None,
        by_group=by_group if isinstance(by_group, tuple) else (),
        truth=truth(),
        more=without_bins.sections(dataset, made, measured, found) if measured is not None else (),
    )
    script = study_script(STATE.view, made, measured=measured is not None)
    everything = found.to_dict() | ({} if measured is None else {"without_bins": measured.to_dict()})
    files = {
        "Report (HTML)": ("mmexplore-study.html", render_report(content)),
        "Numbers (CSV)": ("mmexplore-study.csv", study_report.numbers_csv(found, STATE.view.unit)),
        "Everything (JSON)": ("mmexplore-study.json", json.dumps(everything, indent=2)),
        "Script (Python)": ("mmexplore-study.py", script),
    }
    if measured is not None:
        files["Without bins (CSV)"] = ("mmexplore-without-bins.csv", numbers_csv(measured, STATE.view.unit))
    download_row(STATE, files)
    parts = (("Enough rows?", sizes), ("Binning", by_bins), ("Without bins", measured))
    missing = [name for name, there in parts if there is None]
    if missing and dataset.kind == "rows":
        st.caption(
            f"The report holds what has been computed: open {', '.join(missing)} first to have their figures in it."
        )
    st.code(script, language="python")
