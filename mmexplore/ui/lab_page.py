"""What stands on every lab's page, and the whole page of a lab that has none of its own."""

from __future__ import annotations

from types import ModuleType

import streamlit as st

from mmexplore.lab import Lab
from mmexplore.ui.failures import notices
from mmexplore.ui.frame import through_app


def draw(lab: Lab, own: ModuleType | None) -> None:
    """Draw a lab's page.

    Args:
        lab: its declaration.
        own: its module `page`: a function `page` that draws what is below the headline, and, where the page has a view, its `STATE`.
    """
    through_app()
    state = getattr(own, "STATE", None)
    if state is not None:
        state.sync()
    st.title(lab.question, anchor=False)
    if state is not None:
        notices(state)
    if own is not None:
        own.page()
