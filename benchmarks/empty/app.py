"""An app of one fragment with nothing in it, on the same kind of server as the dashboard: what `benchmarks.moves` measures against."""

import streamlit as st

from mmexplore.serve import server

server.prepare()


@st.fragment
def nothing() -> None:
    """Run, and draw nothing."""


nothing()
