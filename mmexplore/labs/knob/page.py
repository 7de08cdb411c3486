"""The page, top to bottom."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.controls import sidebar
from mmexplore.labs.knob.ui.dials import Dials
from mmexplore.labs.knob.ui.live import live_block
from mmexplore.labs.knob.ui.tabs import below
from mmexplore.ui.failures import guarded

__all__ = ["STATE", "page"]


def page() -> None:
    """Draw what is below the headline."""
    with guarded(STATE), st.sidebar:
        sidebar()
    dials = Dials()
    live_block(dials)
    below(dials)
