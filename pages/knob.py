"""What does compression keep, and what does it discard?"""

import streamlit as st

from mmexplore.ui.failures import guarded, notices
from mmexplore.ui.frame import through_app
from mmexplore.ui.knob import STATE, drawn
from mmexplore.ui.knob.controls import sidebar
from mmexplore.ui.knob.live import live_block
from mmexplore.ui.knob.tabs import below

through_app()
STATE.sync()
drawn()
st.title("What does compression keep?", anchor=False)
notices(STATE)
with guarded(STATE), st.sidebar:
    sidebar()
live_block()
below()
