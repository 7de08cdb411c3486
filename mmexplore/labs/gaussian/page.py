"""The page, top to bottom."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.gaussian.ui import STATE
from mmexplore.labs.gaussian.ui.controls import sidebar
from mmexplore.labs.gaussian.ui.live import live_block
from mmexplore.ui.failures import guarded

__all__ = ["STATE", "page"]


def page() -> None:
    """Draw what is below the headline."""
    with guarded(STATE), st.sidebar:
        sidebar()
    live_block()
