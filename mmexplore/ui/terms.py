"""Words of the glossary on a page."""

from __future__ import annotations

import streamlit as st

from mmexplore.glossary import define
from mmexplore.ui.failures import plain


def terms(*names: str) -> None:
    """A folded list of terms with their sentences."""
    with st.expander("Terms", icon=":material/menu_book:"):
        st.markdown("\n".join(f"- **{plain(name)}**: {plain(sentence)}" for name, sentence in define(*names).items()))
