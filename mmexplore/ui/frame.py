"""What stands around every page: the window's title and icon, and less empty space above the first line."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from mmexplore.bundled import ASSETS

_ICON = ASSETS / "icon.svg"

_STYLE = """<style>
.stMainBlockContainer{padding-top:3.6rem;padding-bottom:2rem;max-width:2400px;padding-left:2.5rem;padding-right:2.5rem}
[data-testid="stSidebarUserContent"]{padding-bottom:2rem}
[data-testid="stCaptionContainer"]{color:inherit;opacity:.85}
[data-testid="stSidebar"] hr{margin:.6rem 0}
.stMainBlockContainer [data-testid="stVerticalBlock"]{gap:.7rem}
.stMainBlockContainer h1{font-size:1.65rem;padding:.2rem 0}
[class*="st-key-"][class$="stories"] button,[class*="stories "] button{min-height:2rem;padding:0 .7rem;border-radius:1rem}
[class*="st-key-"][class*="greyed"]{opacity:.5}
.st-key-headline{justify-content:space-between}
/* icons alone; the names stay for those who hear the page, and the help for those who point */
.st-key-actions [data-testid="stButton"] button{min-height:2.25rem;padding:0 .5rem}
.st-key-actions [data-testid="stButton"] button [data-testid="stMarkdownContainer"]{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media(max-width:700px){.stMainBlockContainer{padding-left:1rem;padding-right:1rem}}
</style>"""


def frame() -> None:
    """Configure the window; called once a run, before any page."""
    st.set_page_config(page_title="mmexplore", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)


def through_app() -> None:
    """At the top of every page: make sure that app.py runs around it.

    Streamlit 1.67 takes a folder named pages for its older kind of app until st.navigation has been called once in the
    process, so a link that is the first thing a new server is asked for would run the page alone.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
