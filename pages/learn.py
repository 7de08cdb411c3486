"""Which information does a representation keep?"""

import streamlit as st

from mmexplore.ui.factorcl import STATE
from mmexplore.ui.factorcl.controls import sidebar
from mmexplore.ui.factorcl.live import live_block
from mmexplore.ui.failures import guarded
from mmexplore.ui.frame import through_app

through_app()
STATE.sync()
st.title("Which information does a loss keep?", anchor=False)
with guarded(STATE), st.sidebar:
    sidebar()
live_block()
