"""The rows as states, kept for the visitor's session while nothing they depend on changes."""

from __future__ import annotations

import streamlit as st

from mmexplore.estimators.estimate import Settings
from mmexplore.study import Prepared, Study, prepare
from mmexplore.tabular import Dataset
from mmexplore.ui.yourdata import STATE

_KEPT = 6
_SHOWN_ONLY = ("unit", "slice")  # parameters that change no code


def data_key(study: Study) -> str:
    """Identity of the states: everything but how they are estimated and shown."""
    plain = {p.name: p.default for p in Settings.parameters() if p.name != "seed"}
    return study.replace(**plain, **{name: Study.parameter(name).default for name in _SHOWN_ONLY}).identity()


def prepared(study: Study, dataset: Dataset) -> Prepared:
    """`prepare`, remembered."""
    kept: dict[str, Prepared] = st.session_state.setdefault(STATE.key("prepared"), {})
    key = f"{dataset.sha256} {data_key(study)}"
    if key not in kept:
        kept[key] = prepare(study, dataset)
        while len(kept) > _KEPT:
            kept.pop(next(iter(kept)))
    return kept[key]


def estimate_key(made: Prepared, study: Study | None = None) -> str:
    """Identity of an estimate from prepared rows."""
    study = STATE.view if study is None else study
    return f"{id(made)} {made.name} {data_key(study)} {study.settings().identity()}"
