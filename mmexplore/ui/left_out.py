"""Why a page does not offer a data set."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mmexplore.datasets.views import VIEWS
from mmexplore.ui.failures import plain


def left_out(reasons: Mapping[str, str]) -> None:
    """A fold with the data sets of two views that do not fit the page, each with its reason; nothing where all fit.

    Args:
        reasons: name -> why it does not fit.
    """
    if reasons:
        with st.expander("Data sets that do not fit here"):
            st.markdown("\n".join(f"- **{plain(VIEWS[name].title)}**: {plain(why)}." for name, why in reasons.items()))
