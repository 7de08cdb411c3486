"""Which estimator can be trusted, and where does each one fail?"""

import streamlit as st

from mmexplore.ui.compare import STATE
from mmexplore.ui.compare.board import board
from mmexplore.ui.compare.controls import sidebar
from mmexplore.ui.failures import guarded, notices
from mmexplore.ui.frame import through_app

through_app()
STATE.sync()
st.title("Which estimator can I trust, and where does each one fail?", anchor=False)
notices(STATE)
with guarded(STATE), st.sidebar:
    sidebar()
with guarded(STATE):
    board()
