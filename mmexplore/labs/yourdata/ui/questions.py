"""The answer, and what may be asked of it: of the data, or of a table of states, as the study asks."""

from __future__ import annotations

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.labs.yourdata.modalities import about_data
from mmexplore.labs.yourdata.study import checked_roles
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.answer import estimated, exact_answer
from mmexplore.labs.yourdata.ui.controls import guess_columns
from mmexplore.labs.yourdata.ui.data_questions import data_answered
from mmexplore.labs.yourdata.ui.first import words_before
from mmexplore.labs.yourdata.ui.pinned import beside_pinned
from mmexplore.labs.yourdata.ui.prepared import prepared
from mmexplore.labs.yourdata.ui.raw import raw
from mmexplore.labs.yourdata.ui.rows_said import rows_said
from mmexplore.labs.yourdata.ui.states_questions import questions
from mmexplore.labs.yourdata.ui.whatif import clear_changes
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain


def answered(dataset: Dataset) -> None:
    """The answer and what may be asked of it; where these choices have none, the reason and the way back."""
    study = STATE.view
    try:
        words_before(dataset)
        roles = None if dataset.kind == "table" else checked_roles(study, dataset)
        if roles is not None and about_data(study, dataset, roles):
            data_answered(dataset, roles)
            return
        made = prepared(study, dataset)
    except MmexploreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        with st.container(horizontal=True):
            if study.changed():
                st.button(
                    "No changes",
                    icon=":material/filter_alt_off:",
                    on_click=clear_changes,
                    key=STATE.key("no changes above"),
                )
            if study.x1 or study.x2 or study.y:
                st.button("Guess the columns", icon=":material/auto_fix:", on_click=guess_columns)
        raw(dataset)
        return
    rows_said(dataset, made)
    badges = exact_answer(made)
    found = estimated(made, dataset, badges)
    beside_pinned(made, found)
    questions(dataset, made, found)
