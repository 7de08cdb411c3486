"""The dashboard's entry: which pages there are, and what one server process does once."""

import streamlit as st

from mmexplore.ui import server
from mmexplore.ui.frame import frame
from mmexplore.ui.state import visiting

server.prepare()
frame()
page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/decompose.py", title="Decompose", icon=":material/join_inner:"),
        st.Page("pages/your_data.py", title="Your data", icon=":material/table_chart:"),
        st.Page("pages/gaussian.py", title="Gaussian", icon=":material/blur_on:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/fact_check:"),
        st.Page("pages/knob.py", title="Knob", icon=":material/tune:"),
        st.Page("pages/learn.py", title="Losses", icon=":material/filter_alt:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/manufacturing:"),
    ],
    position="top",
)
visiting(page.url_path)
page.run()
