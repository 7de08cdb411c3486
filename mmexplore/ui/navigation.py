"""The dashboard's pages: a script in `pages/` where there is one, else the lab itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmexplore.bundled import PAGES
from mmexplore.lab import Lab
from mmexplore.ui.failures import plain

_UNKNOWN = "unknown address"


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


def with_unknown(pages: list[StreamlitPage]) -> list[StreamlitPage]:
    """The pages, and where the visitor's address names none of them one that says so.

    Streamlit would show the landing page there, below a box that says that it did. To the very first request of a process that `streamlit run`
    started it sends that box all the same: it takes the folder named pages for its older kind of app until st.navigation has been called
    once, and looks for the address there before the first line of app.py. `mmexplore serve` asks for a page itself before it tells its address.
    """
    context = get_script_run_ctx()
    manager = None if context is None else context.pages_manager
    asked = (None if manager is None else manager.intended_page_name) or st.session_state.get(_UNKNOWN)
    if (
        not asked
        or asked in {page.url_path for page in pages}
        or asked in {script.stem for script in PAGES.glob("*.py")}
    ):
        return pages
    say = partial(no_such_page, asked, pages)
    try:
        page = st.Page(say, title="No such page", url_path=asked, visibility="hidden")
    except StreamlitAPIException:  # no page can have that name: Streamlit says that it is not there
        return pages
    st.session_state[_UNKNOWN] = asked  # a run of the same page is asked for by its number
    return [*pages, page]


def no_such_page(address: str, pages: Sequence[StreamlitPage]) -> None:
    """Say that there is no such page, and lead on to those that there are, the most similar one first."""
    close = difflib.get_close_matches(address[:60], [page.url_path for page in pages], n=1, cutoff=0.5)
    st.title("There is no such page", anchor=False)
    words = f"The address names the page {address[:60]!r}, which is none of this dashboard."
    st.warning(plain(words), icon=":material/info:")
    st.markdown("Perhaps it was mistyped, or the link is older than the page's name. These are the pages:")
    for page in sorted(pages, key=lambda page: page.url_path not in close):
        st.page_link(page, label=page.title, icon=page.icon)
