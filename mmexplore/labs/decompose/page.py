"""The page, top to bottom."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.decompose.ui import STATE
from mmexplore.labs.decompose.ui.controls import sidebar
from mmexplore.labs.decompose.ui.editor import table_editor
from mmexplore.labs.decompose.ui.live import live_block
from mmexplore.ui.failures import guarded

__all__ = ["STATE", "page"]


def page() -> None:
    """Draw what is below the headline."""
    with guarded(STATE):
        with st.sidebar:
            sidebar()
        if STATE.view.source == "draw":
            table_editor()
    live_block()
