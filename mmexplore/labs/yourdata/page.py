"""The page, top to bottom."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.controls import settings
from mmexplore.labs.yourdata.ui.data import choose_data, current, stories, waiting_for_file
from mmexplore.labs.yourdata.ui.questions import answered
from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded

__all__ = ["STATE", "page"]


def page() -> None:
    """Draw what is below the headline."""
    action_row(STATE)
    with guarded(STATE):
        with st.sidebar:
            choose_data()
            dataset = current()
            if dataset is not None:
                settings(dataset)
        stories()
        if dataset is None:
            waiting_for_file()
        else:
            answered(dataset)
