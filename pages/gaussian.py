"""Two modalities that are vectors: what do they tell about a vector?"""

import streamlit as st

from mmexplore.ui.failures import guarded, notices
from mmexplore.ui.frame import through_app
from mmexplore.ui.gaussian import STATE
from mmexplore.ui.gaussian.controls import sidebar
from mmexplore.ui.gaussian.live import live_block

through_app()
STATE.sync()
st.title("Two modalities that are vectors: what do they tell about a vector?", anchor=False)
notices(STATE)
with guarded(STATE), st.sidebar:
    sidebar()
live_block()
