"""The page, top to bottom."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.contest.ui import STATE
from mmexplore.labs.contest.ui.board import board
from mmexplore.labs.contest.ui.controls import sidebar
from mmexplore.ui.failures import guarded

__all__ = ["STATE", "page"]


def page() -> None:
    """Draw what is below the headline."""
    with guarded(STATE), st.sidebar:
        sidebar()
    with guarded(STATE):
        board()
