"""The dashboard's entry: which pages there are, and what one server process does once."""

import streamlit as st

from mmexplore.ui import server

server.prepare()
st.set_page_config(page_title="mmexplore", page_icon=":material/join_inner:", layout="wide")
page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/decompose.py", title="Decompose", icon=":material/join_inner:"),
    ],
    position="top",
)
page.run()
