"""The data as they are: the first rows, and what is in every column."""

from __future__ import annotations

import streamlit as st

from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain


def raw(dataset: Dataset) -> None:
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
