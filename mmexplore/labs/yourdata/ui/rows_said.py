"""Rows that look dependent, and columns that look like weights: what was seen, and the answers one click away."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.yourdata.predictive_settings import IDENTICAL, INDEPENDENT, ROW_ORDER
from mmexplore.labs.yourdata.sampling import SAME_VALUES, suggested_weights
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain


def rows_said(dataset: Dataset, made: Prepared | None) -> None:
    """Above the answer: what the rows look like where nothing was said of it."""
    if made is not None and made.doubt and made.dependence is not None:
        st.warning(plain(made.doubt), icon=":material/link:")
        column = made.dependence.column
        with st.container(horizontal=True):
            if made.dependence.kind == "order":
                _answer("They are a series in this order", ":material/timeline:", order=ROW_ORDER)
            elif column == SAME_VALUES:
                _answer("Identical rows are one sample", ":material/group:", groups=IDENTICAL)
            else:
                _answer(f"Rows of one {plain(column[:40])} belong together", ":material/group:", groups=column)
            _answer("They are independent", ":material/shuffle:", order=INDEPENDENT)
    name = suggested_weights(dataset) if dataset.kind == "rows" and not STATE.view.weights else ""
    if name:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"The column {plain(name[:40])} looks like weights; rows count alike so far.")
            _answer("Use it as sampling weights", ":material/balance:", weights=name)


def _answer(words: str, icon: str, **values: str) -> None:
    name = next(iter(values))
    if not STATE.hides(name):
        st.button(words, icon=icon, key=STATE.key(f"said {name} {values[name]}"), on_click=_say, kwargs=values)


def _say(**values: str) -> None:
    STATE.update(**values)
