"""What do these two modalities tell about the target?"""

import streamlit as st

from mmexplore.ui.decompose import STATE
from mmexplore.ui.decompose.controls import sidebar
from mmexplore.ui.decompose.editor import table_editor
from mmexplore.ui.decompose.live import live_block
from mmexplore.ui.failures import guarded, notices
from mmexplore.ui.frame import through_app

through_app()
STATE.sync()
st.title("What do these two modalities tell about the target?", anchor=False)
notices(STATE)
with guarded(STATE):
    with st.sidebar:
        sidebar()
    if STATE.view.source == "draw":
        table_editor()
live_block()
