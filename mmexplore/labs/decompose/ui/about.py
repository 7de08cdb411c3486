"""Where the table on show comes from: the gate's rule and reference, or the data set and how it was binned."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmexplore import datasets
from mmexplore.discretize import Discretization
from mmexplore.labs.decompose.scene import Scene
from mmexplore.ui.terms import terms
from mmexplore.ui.words import number


def about(scene: Scene) -> None:
    """The origin of the scene's table."""
    if scene.source == "gate":
        _gate(scene.gate)
    elif scene.source == "mix":
        st.markdown("Each sample follows one of two gates; which one is not told. States without a match are unused.")
        for column, name in zip(st.columns(2), (scene.gate, scene.other), strict=True):
            with column:
                _gate(name)
    elif scene.source == "real":
        _real(scene)
    else:
        st.markdown("A table drawn by hand. It is part of the link: copying the link shares it.")
    terms(
        "bit",
        "mutual information",
        "redundancy",
        "unique information",
        "synergy",
        "partial information decomposition",
        "union information",
        "BROJA",
        "certificate",
        "converged",
    )


def _gate(name: str) -> None:
    info = datasets.gate_info(name)
    st.markdown(
        f"**{info.title}**: {info.rule}.\n\n{info.sentence}\n\n*{info.story}*\n\n"
        f"Taxonomy (arXiv 2209.03430): {info.taxonomy}  \nReference: {info.reference}  \n"
        f"Decomposition: {info.expected_source}"
    )


def _real(scene: Scene) -> None:
    info, made = datasets.real_info(scene.real), scene.real_table()
    st.markdown(
        f"**{info.title}**. {info.question} {made.rows:,} rows.\n\n{info.story}\n\n"
        f"Source: {info.source}  \nCite: {info.citation}  \nLicence: {info.license}"
    )
    for column, name, text, modality in zip(
        st.columns(2), scene.names(), (info.x1_text, info.x2_text), (made.modality1, made.modality2), strict=False
    ):
        with column:
            st.markdown(f"**{name}**: {text}")
            _binning(modality)


def _binning(modality: Discretization) -> None:
    """What was done to the columns of one modality, in numbers."""
    share = f"{100 * modality.explained:.0f} %"
    if modality.method == "quantile":
        st.caption(
            f"Columns standardised; first principal direction ({share} of their variance); cut into {len(modality.counts)} bins "
            f"of equal rows at {', '.join(number(float(e), 3) for e in modality.edges)}."
        )
    else:
        st.caption(
            f"Columns standardised; {len(modality.counts)} k-means clusters ({share} of their variance lies between them)."
        )
    for note in modality.notes[:4]:
        st.caption(f"Note: {note}.")
    states = pd.DataFrame({"state": modality.labels, "rows": modality.counts})
    centres = pd.DataFrame(modality.centres[:, :30], columns=list(modality.columns[:30]))
    st.dataframe(
        pd.concat([states, centres.round(3)], axis=1), hide_index=True, height=min(38 * (len(states) + 1), 300)
    )
    with st.expander("Weights of the first principal direction"):
        st.dataframe(
            pd.DataFrame({"column": modality.columns, "weight": modality.weights.round(4)}), hide_index=True, height=220
        )
