"""The dashboard's pages: a script in `pages/` where there is one, else the lab itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mmexplore.bundled import PAGES
from mmexplore.lab import Lab


def page_for(lab: Lab, show: Callable[[str], None], *, default: bool = False) -> StreamlitPage:
    """The page of a lab, for the navigation and for links to it.

    Args:
        lab: the lab.
        show: draws a lab's page by the lab's name.
        default: whether it is the page that the bare address shows.
    """
    script = PAGES / f"{lab.url}.py"
    source = f"pages/{script.name}" if script.exists() else partial(show, lab.name)
    icon = f":material/{lab.icon}:"
    return st.Page(source, title=lab.title, icon=icon, url_path=None if default else lab.url, default=default)
