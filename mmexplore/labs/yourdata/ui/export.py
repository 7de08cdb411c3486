"""What one takes along: the report, numbers as CSV and JSON, and a script that makes them again."""

from __future__ import annotations

import json

import streamlit as st

from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve
from mmexplore.estimators.tables.differences import Difference
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.labs.yourdata import headline_figures
from mmexplore.labs.yourdata import report as study_report
from mmexplore.labs.yourdata.answer import names_of as names_by_roles
from mmexplore.labs.yourdata.changes import answers_to
from mmexplore.labs.yourdata.first_words import first_words
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.headline_report import headline_content
from mmexplore.labs.yourdata.script import data_script, study_script
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.ui import STATE, without_bins
from mmexplore.labs.yourdata.ui.answer import names_of, reading_of, truth
from mmexplore.labs.yourdata.ui.headline import finished_headline
from mmexplore.labs.yourdata.ui.learning import curve_for
from mmexplore.labs.yourdata.ui.prepared import bins_key, change_key, estimate_key, groups_key, prepared
from mmexplore.labs.yourdata.without_bins_report import numbers_csv
from mmexplore.report import render_report
from mmexplore.tabular import Dataset, Roles
from mmexplore.ui.downloads import download_row


def data_report(headline: Headline, dataset: Dataset, roles: Roles, made: Prepared | None) -> None:
    """The headline as one file, its numbers as CSV and JSON, and the script."""
    study = STATE.view
    names = names_by_roles(study, roles)
    curve = curve_for(study, dataset)
    first = first_words(study, dataset, prepared).sentences()
    before = finished_headline(study.unchanged(), dataset) if study.changed() else None
    changed = () if before is None else answers_to(before, headline, study, dataset)[0]
    content = headline_content(headline, study, dataset, roles, made, names, curve, changed, first)
    script = data_script(study, dataset)
    everything = headline.to_dict() | ({} if curve is None else {"learning_curve": curve.to_dict()})
    files = {
        "Report (HTML)": ("mmexplore-study.html", render_report(content)),
        "Numbers (CSV)": ("mmexplore-study.csv", headline_figures.numbers_csv(headline, study.unit)),
        "Everything (JSON)": ("mmexplore-study.json", json.dumps(everything, indent=2)),
        "Script (Python)": ("mmexplore-study.py", script),
    }
    download_row(STATE, files)
    if curve is None:
        st.caption("What is read against the number of rows is part of the report once it was run under “Predictors”.")
    if study.changed() and not changed:
        st.caption("What the what-ifs change is part of the report once both answers are there: open “What if”.")
    st.code(script, language="python")


def states_report(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """A table of states as one file, and its numbers as CSV and JSON."""
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
    by_bins = answers.get(bins_key(study, dataset))
    by_group = answers.get(groups_key(study, dataset)) if study.slice else None
    changed = answers.get(change_key(study, dataset))
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
        changed=changed if isinstance(changed, Difference) else None,
        truth=truth(),
        more=without_bins.sections(dataset, made, measured, found) if measured is not None else (),
        first=first_words(study, dataset, prepared).sentences(),
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
    parts = [("Enough rows?", sizes), ("Binning", by_bins), ("Without bins", measured)]
    parts += [("What if", changed)] if study.changed() else []
    missing = [name for name, there in parts if there is None]
    if missing and dataset.kind == "rows":
        st.caption(
            f"The report holds what has been computed: open {', '.join(missing)} first to have their figures in it."
        )
    st.code(script, language="python")
