"""The rows as states, kept for the visitor's session while nothing they depend on changes."""

from __future__ import annotations

import streamlit as st

from mmexplore.estimators.tables.estimate import Settings
from mmexplore.labs.yourdata.measured_settings import MeasuredSettings
from mmexplore.labs.yourdata.predictive_settings import PredictiveChoices
from mmexplore.labs.yourdata.study import Prepared, Study, prepare
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.tabular import Dataset

_KEPT = 6
_KEPT_ROWS = 2_500_000  # of all that is kept together, at some 60 bytes each
_ALWAYS_KEPT = 3  # before and after of a change, and a pinned study
_DRAWN = ("groups", "order", "weights", "weights_are")  # how rows were drawn
_SHOWN_ONLY = (
    "unit",
    "slice",
    *(p.name for kind in (MeasuredSettings, PredictiveChoices) for p in kind.parameters() if p.name not in _DRAWN),
)  # parameters that change no code
_OF_PREDICTIONS = ("states_from",)  # but where states are made of what predictors say


def data_key(study: Study, dataset: Dataset) -> str:
    """Identity of the states: the data, and everything but how they are estimated and shown."""
    plain = {p.name: p.default for p in Settings.parameters() if p.name != "seed"}
    kept = _OF_PREDICTIONS if study.states_from == "predictions" else ()
    plain |= {name: Study.parameter(name).default for name in _SHOWN_ONLY if name not in kept}
    return f"{dataset.sha256} {study.replace(**plain).identity()}"


def prepared(study: Study, dataset: Dataset) -> Prepared:
    """`prepare`, remembered."""
    kept: dict[str, Prepared] = st.session_state.setdefault(STATE.key("prepared"), {})
    key = data_key(study, dataset)
    made = kept.pop(key, None)
    if made is None:
        made = prepare(study, dataset)
    kept[key] = made  # the latest used last
    while len(kept) > _ALWAYS_KEPT and (len(kept) > _KEPT or sum(one.n for one in kept.values()) > _KEPT_ROWS):
        kept.pop(next(iter(kept)))
    return made


def estimate_key(study: Study, dataset: Dataset) -> str:
    """Identity of an estimate from the rows of a study."""
    return f"{data_key(study, dataset)} {study.settings().identity()}"


def bins_key(study: Study, dataset: Dataset) -> str:
    """Identity of the curve over the number of bins."""
    return f"bins {estimate_key(study.replace(bins1=2, bins2=2), dataset)}"


def groups_key(study: Study, dataset: Dataset) -> str:
    """Identity of the estimates of subgroups."""
    return f"groups {study.slice} {estimate_key(study, dataset)}"


def change_key(study: Study, dataset: Dataset) -> str:
    """Identity of the difference that a study's what-ifs make."""
    return f"change {estimate_key(study, dataset)}"
