"""What stands around every page: the window's title and icon, and less empty space above the first line."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_ICON = Path(__file__).parents[2] / "assets" / "icon.svg"

_STYLE = """<style>
.stMainBlockContainer{padding-top:3.6rem;padding-bottom:2rem;max-width:2400px;padding-left:2.5rem;padding-right:2.5rem}
[data-testid="stSidebarUserContent"]{padding-bottom:2rem}
[data-testid="stSidebar"] hr{margin:.6rem 0}
@media(max-width:700px){.stMainBlockContainer{padding-left:1rem;padding-right:1rem}}
</style>"""


def frame() -> None:
    """Configure the window; called once a run, before any page."""
    st.set_page_config(page_title="mmexplore", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)
