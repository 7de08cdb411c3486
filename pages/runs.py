"""What has been trained here, and what is being trained now?"""

import streamlit as st

from mmexplore.ui.failures import notices
from mmexplore.ui.frame import through_app
from mmexplore.ui.runs.overview import STATE, overview

through_app()
STATE.sync()
st.title("What has been trained here, and what is running now?", anchor=False)
notices(STATE)
overview()
