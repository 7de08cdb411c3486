"""What are R, U and S on my data, and can I believe them?"""

import streamlit as st

from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded, notices
from mmexplore.ui.frame import through_app
from mmexplore.ui.yourdata import STATE
from mmexplore.ui.yourdata.controls import settings
from mmexplore.ui.yourdata.data import choose_data, current, stories, waiting_for_file
from mmexplore.ui.yourdata.questions import answered

through_app()
STATE.sync()
st.title("What do your two modalities tell, and can you believe it?", anchor=False)
notices(STATE)
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
